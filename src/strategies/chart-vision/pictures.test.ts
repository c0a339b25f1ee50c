import { expect, test } from 'vitest';
import { DEFAULT_CHART } from '#contract/model-bot-file.ts';
import type { BotId } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { firstOf } from '#tests/builders/candles.ts';
import { generateHours } from '#tests/builders/generated-candles.ts';
import { Indicators } from '../indicator-rules/operands.ts';
import { Pictures } from './pictures.ts';

const CANDLES = generateHours(120, 9);
const LOOK = { ...DEFAULT_CHART, candles: 50, timeframes: ['4h' as const] };

function picturesOf(candles = CANDLES) {
  const market = { botId: 'b' as BotId, symbol: 'BTC/USDT' as MarketSymbol, candles, tick: 0.01, decimals: 2 };
  const indicators = new Indicators(candles);
  const pictures = new Pictures(market, LOOK, indicators);
  indicators.advance(0, candles.length);
  return pictures;
}

test('a picture ends with its candle, its lines with it, and each pane has its guides', () => {
  const [own] = picturesOf().requestsAt(80);
  expect(own!.candles).toHaveLength(50);
  expect(own!.candles.at(-1)).toEqual(CANDLES.at(80));
  expect(own!.overlays.map(({ label, values }) => [label, values.length])).toEqual([
    ['ema(20)', 50],
    ['ema(50)', 50],
  ]);
  expect(own!.panes[0]!.guides).toEqual([30, 70]);
});

test('what comes later changes nothing of it', () => {
  const later = picturesOf();
  const now = picturesOf(firstOf(CANDLES, 81));
  for (let i = 60; i <= 80; i++) expect(now.requestsAt(i)).toEqual(later.requestsAt(i));
});

test('a higher timeframe is made of whole candles, and none is seen early', () => {
  const pictures = picturesOf();
  const requests = Array.from({ length: 12 }, (_, i) => pictures.requestsAt(i));
  // The first candles open at midnight: one of 4 h closes with the fourth.
  expect(requests.map((request) => request[1]?.candles.length ?? 0)).toEqual([0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3]);
  const [, four] = requests[3]!;
  expect(four!.timeframe).toBe('4h');
  expect(four!.candles[0]).toMatchObject({ open: CANDLES.at(0).open, close: CANDLES.at(3).close });
});

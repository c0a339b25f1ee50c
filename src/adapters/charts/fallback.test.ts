import { expect, test } from 'vitest';
import type { MarketSymbol } from '#core/instruments.ts';
import { type ChartFailure, type ChartImage, type ChartRequest, ChartUnavailable } from '#ports/charts.ts';
import { ChartsWithFallback } from './fallback.ts';

const REQUEST: ChartRequest = {
  ...{ symbol: 'BTC/USDT' as MarketSymbol, timeframe: '1h', priceDecimals: 1, theme: 'dark', width: 640, height: 480 },
  ...{ candles: [], overlays: [], panes: [] },
};
const image = (sha256: string): ChartImage => ({
  png: new Uint8Array(),
  drawnFrom: 'candles',
  sha256,
  width: 1,
  height: 1,
});

/** @param outcomes Of the first place: a failure, or "picture". */
async function drawn(outcomes: readonly (ChartFailure | 'picture')[]) {
  const said: string[] = [];
  const left = [...outcomes];
  const first = {
    draw: async () => {
      const outcome = left.shift()!;
      if (outcome !== 'picture') throw new ChartUnavailable(outcome, outcome);
      return image('first');
    },
  };
  const charts = new ChartsWithFallback(first, { draw: async () => image('second') }, (why) => said.push(why));
  const places: string[] = [];
  for (const _ of outcomes) places.push((await charts.draw(REQUEST)).sha256);
  return { places, said };
}

test.each<{ outcomes: (ChartFailure | 'picture')[]; places: string[]; said: string[] }>([
  { outcomes: ['picture'], places: ['first'], said: [] },
  { outcomes: ['stale', 'picture'], places: ['second', 'first'], said: ['stale'] },
  { outcomes: ['past', 'past'], places: ['second', 'second'], said: ['past'] },
  { outcomes: ['late', 'login'], places: ['second', 'second'], said: ['late', 'login'] },
  { outcomes: ['late', 'picture', 'late'], places: ['second', 'first', 'second'], said: ['late', 'late'] },
])('$outcomes', async ({ outcomes, places, said }) => {
  expect(await drawn(outcomes)).toEqual({ places, said });
});

test('another error is no reason for another picture', async () => {
  const broken = { draw: () => Promise.reject(new RangeError('no candles')) };
  const charts = new ChartsWithFallback(broken, { draw: async () => image('second') }, () => undefined);
  await expect(charts.draw(REQUEST)).rejects.toThrow('no candles');
});

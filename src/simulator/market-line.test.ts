import { describe, expect, test } from 'vitest';
import { Candles } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { US_STOCKS } from '#core/sessions/us-stocks.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import { MarketLine } from './market-line.ts';
import { type PriceStream, recordedPrices } from './price-streams.ts';

const START = Date.UTC(2026, 0, 5) as EpochMs;
const MINUTE = 60_000;

function stream(symbol: string, closes: readonly number[], timeframe: Timeframe = '1m', start = START): PriceStream {
  const candles = new Candles(timeframe);
  closes.forEach((close, k) => {
    const open = closes[k - 1] ?? close;
    const [high, low] = [Math.max(open, close) + 1, Math.min(open, close) - 1];
    candles.append({ openTime: (start + k * candles.durationMs) as EpochMs, open, high, low, close, volume: 5 });
  });
  return recordedPrices(symbol as MarketSymbol, candles);
}

/** What a listener heard, with the market's time and the number of closed candles as they were then. */
function logged(line: MarketLine): string[] {
  const log: string[] = [];
  const at = () => (line.now - START) / MINUTE;
  line.listen({
    onClosing: ({ symbol, candles }, i) =>
      log.push(`${at()} closing ${symbol} ${i} of ${candles.length}: ${candles.high.values[i]}`),
    onClosed: ({ symbol, candles }, i) => log.push(`${at()} closed ${symbol} ${i} of ${candles.length}`),
    onMoment: () => log.push(`${at()} moment`),
  });
  return log;
}

describe('the market line', () => {
  test('shows a running candle flat at its open, and whole only as it closes', () => {
    const line = new MarketLine([stream('BTC/USDT', [100, 110, 90])], 1);
    const series = line.find('BTC/USDT' as MarketSymbol)!;
    expect([line.now, series.candles.length, series.lastPrice(line.now)]).toEqual([START + MINUTE, 1, 100]);
    expect(series.running('1m', line.now)).toEqual({
      openTime: START + MINUTE,
      open: 100,
      high: 100,
      low: 100,
      close: 100,
      volume: 0,
    });
    const log = logged(line);
    line.advance();
    expect(log).toEqual(['1 closing BTC/USDT 1 of 1: 111', '2 closed BTC/USDT 1 of 2', '2 moment']);
    expect(series.candles.at(1)).toMatchObject({ open: 100, high: 111, close: 110, volume: 5 });
    expect(series.lastPrice(line.now)).toBe(110);
  });

  test('closes candles of several symbols together, and those of other lengths at their own times', () => {
    const line = new MarketLine([stream('A/USDT', [1, 2, 3, 4, 5, 6]), stream('B/USDT', [7, 8], '5m')], 0);
    const log = logged(line);
    expect(line.advance(5)).toBe(5);
    expect(log.filter((text) => text.startsWith('5'))).toEqual([
      '5 closed A/USDT 4 of 5',
      '5 closed B/USDT 0 of 1',
      '5 moment',
    ]);
    expect(log.filter((text) => text.includes('closing B'))).toEqual(['4 closing B/USDT 0 of 0: 8']);
  });

  test('ends with its recordings, and says how far it came', () => {
    const line = new MarketLine([stream('A/USDT', [1, 2, 3])], 1);
    expect(line.advance(5)).toBe(2);
    expect(line.isEnded).toBe(true);
    expect(line.series[0]!.lastPrice(line.now)).toBe(3);
    expect(line.advance()).toBe(0);
  });

  test('makes candles of higher timeframes, the running one included', () => {
    const line = new MarketLine([stream('A/USDT', [1, 2, 3, 4, 5, 6, 7])], 0);
    line.advance(6);
    const [series] = line.series;
    expect(series!.closed('5m')!.at(0)).toMatchObject({ open: 1, high: 6, low: 0, close: 5, volume: 25 });
    expect(series!.running('5m', line.now)).toMatchObject({
      openTime: START + 5 * MINUTE,
      open: 5,
      high: 7,
      close: 6,
      volume: 5,
    });
    expect(series!.closed('3m')?.length).toBe(2);
  });

  test('knows that a market is closed between two sessions', () => {
    const friday = Date.UTC(2025, 6, 3, 16, 59) as EpochMs;
    const monday = Date.UTC(2025, 6, 7, 13, 30) as EpochMs;
    const candles = new Candles('1m', undefined, 0, US_STOCKS);
    for (const openTime of [friday, monday])
      candles.append({ openTime, open: 600, high: 600, low: 600, close: 600, volume: 1 });
    const line = new MarketLine([recordedPrices('SPY/USD' as MarketSymbol, candles)], 0);
    const [series] = line.series;
    line.advance();
    expect(line.now).toBe(friday + MINUTE);
    expect(series!.running('1m', line.now)).toBeUndefined();
    expect(line.nextMoment).toBe(monday);
    line.step();
    expect([line.now, series!.candles.length, series!.running('1m', line.now)?.openTime]).toEqual([monday, 1, monday]);
  });

  test('refuses to run without prices', () => {
    expect(() => new MarketLine([], 0)).toThrow('Cannot simulate a market without prices: give at least one symbol');
  });
});

import { beforeEach, describe, expect, test } from 'vitest';
import { BoundaryFeed, type SourcedSeries } from '#adapters/market-data/feed.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { type EpochMs, TIMEFRAME_MS, type Timeframe } from '#core/time.ts';
import type { MarketData } from '#ports/market-data.ts';

const COUNT = 50;

/** A market with some symbols in some timeframe; it has at least fifty candles to come. */
export interface OpenedMarket {
  readonly market: MarketData<SourcedSeries> & { readonly start: EpochMs };
  readonly symbols: readonly MarketSymbol[];
  readonly timeframe: Timeframe;
}

/** What every market keeps: its candles are closed one after another, the same ones whenever they are asked for. */
export function describeMarketData(name: string, open: () => OpenedMarket): void {
  describe(`market data: ${name}`, () => {
    let opened: OpenedMarket;
    beforeEach(() => {
      opened = open();
    });

    function run(until?: EpochMs) {
      const series = opened.symbols.map((symbol) => opened.market.open(symbol, opened.timeframe, until)!);
      const time = { market: 0 as EpochMs };
      const matched: string[] = [];
      const exchange = (symbol: string) => ({
        match: (i: number) => matched.push(`${symbol} ${i}`),
        matchUntil: () => undefined,
        quietUntil: (from: number) => from,
      });
      const feed = new BoundaryFeed(
        series.map((source) => ({ source, exchange: exchange(source.symbol) })),
        time,
      );
      return { series, feed, time, matched };
    }

    test('closes every series at its boundaries, in order, and what trades in a candle is asked once', () => {
      const { series, feed, time, matched } = run();
      const before = series.map(({ candles }) => candles.length);
      let last = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < COUNT; k++) {
        expect(feed.next()).toBe(k);
        expect(time.market).toBeGreaterThan(last);
        last = time.market;
        for (const { candles } of series) expect(candles.closeTimeAt(candles.length - 1)).toBeLessThanOrEqual(last);
      }
      expect(new Set(matched).size).toBe(matched.length);
      expect(matched.length).toBe(series.reduce((sum, { candles }, k) => sum + candles.length - before[k]!, 0));
    });

    test('candles are sound, on the timeframe and on the instrument', () => {
      const { series, feed } = run();
      for (let k = 0; k < COUNT; k++) feed.next();
      for (const { candles } of series) {
        for (let i = 0; i < candles.length; i++) {
          const { openTime, open: first, high, low, close, volume } = candles.at(i);
          expect(openTime % TIMEFRAME_MS[opened.timeframe]).toBe(0);
          expect(Math.max(first, close)).toBeLessThanOrEqual(high);
          expect(Math.min(first, close)).toBeGreaterThanOrEqual(low);
          expect(low).toBeGreaterThan(0);
          expect(volume).toBeGreaterThanOrEqual(0);
        }
      }
    });

    test('opened again where it was left, it goes on with the same candles', () => {
      const whole = run();
      for (let k = 0; k < COUNT; k++) whole.feed.next();
      const reached = whole.time.market;
      for (let k = 0; k < 5; k++) whole.feed.next();
      const resumed = run(reached);
      for (let k = 0; k < 5; k++) resumed.feed.next();
      expect(resumed.time.market).toBe(whole.time.market);
      for (const [k, { candles }] of resumed.series.entries()) {
        const same = whole.series[k]!.candles;
        expect(candles.length).toBe(same.length);
        for (let i = 0; i < candles.length; i++) expect(candles.at(i)).toEqual(same.at(i));
      }
    });

    test('a candle that forms starts where the last one closed and never opens before it', () => {
      const { series, feed, time } = run();
      for (let k = 0; k < COUNT; k++) feed.next();
      for (const { candles, forming } of series.map((one) => ({
        candles: one.candles,
        forming: one.forming(time.market),
      }))) {
        if (forming) expect(forming.openTime).toBeGreaterThanOrEqual(candles.closeTimeAt(candles.length - 1));
      }
    });

    test('at a close its quotation is the close, and of moments before nothing is known any more', () => {
      const { series, feed, time } = run();
      for (let k = 0; k < COUNT; k++) feed.next();
      for (const source of series) {
        const { candles, inside } = source;
        const last = candles.length - 1;
        if (candles.closeTimeAt(last) !== time.market) continue;
        expect(source.quotation(time.market)?.price).toBe(candles.close.values[last]);
        if (inside !== undefined) expect(source.quotation((time.market - 1) as EpochMs)).toBeUndefined();
      }
    });

    test('a feed that was closed ends', () => {
      const { feed } = run();
      feed.next();
      feed.close();
      expect(feed.next()).toBe(-1);
    });
  });
}

import { beforeAll, describe, expect, test } from 'vitest';
import type { MarketSymbol } from '#core/instruments.ts';
import { candleCloseTime, type EpochMs, TIMEFRAME_MS, type Timeframe } from '#core/time.ts';
import { type MarketQueries, SeriesUnavailable } from '#ports/market-data.ts';

/** A market that can be asked, with some symbols in some timeframe; at least fifty candles of each have closed. */
export interface AskedMarket {
  readonly market: MarketQueries;
  readonly symbols: readonly MarketSymbol[];
  readonly timeframe: Timeframe;
  /** Market time. */
  readonly now: EpochMs;
}

const NOWHERE = 'NO/SUCH' as MarketSymbol;

/** What every market keeps when it is asked. */
export function describeMarketQueries(name: string, open: () => AskedMarket): void {
  describe(`market queries: ${name}`, () => {
    let asked: AskedMarket;
    beforeAll(() => {
      asked = open();
    });

    test('its list has each symbol once, with steps and minimums that an order can keep', () => {
      const instruments = asked.market.listings().map(({ instrument }) => instrument);
      const symbols = instruments.map(({ symbol }) => symbol);
      expect(new Set(symbols).size).toBe(symbols.length);
      expect(symbols).toEqual(expect.arrayContaining([...asked.symbols]));
      for (const { tick, lot, minQuantity, minNotional, calendar } of instruments) {
        expect(tick).toBeGreaterThan(0n);
        expect(lot).toBeGreaterThan(0n);
        expect(minQuantity).toBeGreaterThanOrEqual(lot);
        expect(minNotional).toBeGreaterThanOrEqual(0n);
        expect(calendar).toBe('always');
      }
    });

    test('a range of candles has the closed ones that open in it, in order, and no other', async () => {
      const { market, symbols, timeframe, now } = asked;
      const duration = TIMEFRAME_MS[timeframe];
      const running = (now - (now % duration)) as EpochMs;
      const from = (running - 50 * duration) as EpochMs;
      for (const symbol of symbols) {
        const range = { symbol, timeframe, from, to: (now + 5 * duration) as EpochMs };
        const candles = await market.candlesBetween(range);
        expect(candles.length).toBeGreaterThanOrEqual(48);
        for (const [k, { openTime }] of candles.entries()) {
          expect(openTime % duration).toBe(0);
          expect(openTime).toBeGreaterThanOrEqual(k === 0 ? from : candles[k - 1]!.openTime + duration);
          expect(candleCloseTime(openTime, timeframe)).toBeLessThanOrEqual(now);
        }
        const middle = candles[20]!.openTime;
        const halves = [
          ...(await market.candlesBetween({ ...range, to: middle })),
          ...(await market.candlesBetween({ ...range, from: middle })),
        ];
        expect(halves).toEqual(candles);
      }
    });

    test('an empty range has none, and so has one that is to come', async () => {
      const { market, symbols, timeframe, now } = asked;
      const [symbol] = symbols as [MarketSymbol];
      const opens = (now - (now % TIMEFRAME_MS[timeframe])) as EpochMs;
      const later = (opens + 10 * TIMEFRAME_MS[timeframe]) as EpochMs;
      expect(await market.candlesBetween({ symbol, timeframe, from: opens, to: opens })).toEqual([]);
      expect(await market.candlesBetween({ symbol, timeframe, from: opens, to: later })).toEqual([]);
    });

    test.each([
      { what: 'symbol', symbol: NOWHERE, timeframe: undefined },
      { what: 'timeframe', symbol: undefined, timeframe: '3m' },
    ] as const)('a $what that it does not have is refused with a sentence', async ({ symbol, timeframe }) => {
      const { market, symbols, now, timeframe: usual } = asked;
      const from = (now - TIMEFRAME_MS['1d']) as EpochMs;
      const range = { symbol: symbol ?? symbols[0]!, timeframe: timeframe ?? usual, from, to: now };
      await expect(market.candlesBetween(range)).rejects.toThrow(SeriesUnavailable);
      await expect(market.candlesBetween(range)).rejects.toThrow(/^Cannot read .* as .* must have/);
    });

    test('prices are those of the symbols, and what it does not have is missing with the reason', async () => {
      const { market, symbols, now } = asked;
      const { rows, missing } = await market.tickers([...symbols, NOWHERE]);
      expect([...rows.keys()].toSorted()).toEqual([...symbols].toSorted());
      expect([...missing.keys()]).toEqual([NOWHERE]);
      for (const { bid, ask, last, at } of rows.values()) {
        expect([bid, ask, last].some((price) => price !== undefined)).toBe(true);
        for (const price of [bid, ask, last]) if (price !== undefined) expect(price).toBeGreaterThan(0);
        if (bid !== undefined && ask !== undefined) expect(bid).toBeLessThanOrEqual(ask);
        expect(at).toBeLessThanOrEqual(now + 60_000);
      }
      expect(await market.tickers([])).toEqual({ rows: new Map(), missing: new Map() });
    });

    test('every symbol has a funding rate or the reason why not', async () => {
      const { market, symbols } = asked;
      const { rows, missing } = await market.fundingRates(symbols);
      expect([...rows.keys(), ...missing.keys()].toSorted()).toEqual([...symbols].toSorted());
      for (const { rate } of rows.values()) expect(Math.abs(rate)).toBeLessThan(1);
      for (const why of missing.values()) expect(why).not.toBe('');
    });
  });
}

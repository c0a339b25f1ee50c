import { beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '#adapters/clock/virtual.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs } from '#core/time.ts';
import { MarketUnavailable, type Ticker } from '#ports/market-data.ts';
import { TickerBoard } from './ticker-board.ts';

const START = Date.UTC(2026, 0, 5) as EpochMs;
const [A, B, C] = ['A/X', 'B/X', 'C/X'] as [MarketSymbol, MarketSymbol, MarketSymbol];

let clock: VirtualClock;
let asked: string[];
let isDown: boolean;
let board: TickerBoard;

beforeEach(() => {
  clock = new VirtualClock(START, 1);
  asked = [];
  isDown = false;
  // The price is the second at which it was asked.
  const tickers = async (symbols: readonly MarketSymbol[]) => {
    asked.push(symbols.join(' '));
    if (isDown) throw new MarketUnavailable('it is down');
    const last = (clock.wall() - START) / 1000;
    const row: Ticker = { bid: undefined, ask: undefined, last, at: clock.wall() };
    const known = symbols.filter((symbol) => symbol !== C);
    return {
      rows: new Map(known.map((symbol) => [symbol, row])),
      missing: new Map(symbols.filter((symbol) => symbol === C).map((symbol) => [symbol, 'no such symbol'])),
    };
  };
  board = new TickerBoard({ tickers }, clock);
});

const at = (second: number) => clock.run((START + second * 1000) as EpochMs);
const last = async (symbol: MarketSymbol, how: 'fresh' | 'shown') =>
  (await board[how]([symbol])).rows.get(symbol)?.last;

test('what is shown is asked every 30 s, what decides every 5 s, and both share what is there', async () => {
  const seen: unknown[] = [];
  for (let second = 0; second < 60; second++) {
    await at(second);
    seen.push(await last(A, 'shown'));
  }
  expect(asked).toHaveLength(2);
  expect(seen).toEqual([...Array(30).fill(0), ...Array(30).fill(30)]);
  for (let second = 60; second < 120; second++) {
    await at(second);
    expect(second - (await last(A, 'fresh'))!).toBeLessThan(5);
    expect(await last(A, 'shown')).toBe(await last(A, 'fresh'));
  }
  expect(asked).toHaveLength(2 + 12);
});

test('one call brings all symbols, for all who ask at once', async () => {
  await Promise.all([board.fresh([A]), board.fresh([A])]);
  expect(asked).toEqual(['A/X']);
  await Promise.all([board.fresh([B]), board.fresh([A, B]), board.shown([B, C])]);
  await at(6);
  await Promise.all([board.fresh([A]), board.fresh([B]), board.fresh([C])]);
  expect(asked.filter((symbols) => symbols === 'A/X B/X C/X').length).toBeGreaterThan(0);
  expect(asked.length).toBeLessThanOrEqual(4);
});

test('what is not to be had is missing with the reason, and is not asked again and again', async () => {
  expect(await board.shown([A, C])).toMatchObject({ missing: new Map([[C, 'no such symbol']]) });
  await board.fresh([C]);
  expect(asked).toHaveLength(1);
});

test('while the market does not answer, what is shown may be 60 s old, and what decides is refused', async () => {
  await board.shown([A]);
  isDown = true;
  await at(59);
  expect(await last(A, 'shown')).toBe(0);
  await expect(board.fresh([A])).rejects.toThrow(MarketUnavailable);
  await at(60);
  await expect(board.shown([A])).rejects.toThrow(MarketUnavailable);
  isDown = false;
  expect(await last(A, 'shown')).toBe(60);
});

test('a symbol that nobody wants any more is not asked for', async () => {
  await board.shown([A]);
  await at(301);
  await board.shown([B]);
  expect(asked).toEqual(['A/X', 'B/X']);
});

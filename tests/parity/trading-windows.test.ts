import { describe, expect, test } from 'vitest';
import { Candles } from '#core/candles.ts';
import type { EpochMs } from '#core/time.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { type BacktestFigures, backtestOf } from '#tests/builders/backtests.ts';
import { botOf } from '#tests/builders/bots.ts';
import { flat } from '#tests/builders/candles.ts';
import { stockCandles } from '#tests/builders/stock-candles.ts';

/** Minutes of the weeks around 2025-11-02, when the clocks of New York went back from UTC-4 to UTC-5. */
const FROM = '2025-10-30';
const TO = '2025-11-05';
const MINUTE_MS = 60_000;
const INSTRUMENT = { tick: '0.25' };
const MORNING = { start: '09:30', end: '12:00', zone: 'America/New_York' };
/** Enters whenever it is flat, and hardly ever leaves by itself. */
const EAGER = {
  entry: { long: ['close', '>', 1] },
  exit: { long: ['barsInTrade', '>', 100_000] },
  warmupCandles: 1,
};
const EVERY_DOZEN = { ...EAGER, exit: { long: ['barsInTrade', '>', 12] }, coolDownCandles: 2 };

/** Prices that wander, whatever the times. */
const PRICES = generateCandles(10_000, 9);

function stockMinutes(): Candles {
  return stockCandles(FROM, TO, '1m', (k) => {
    const { open, high, low, close, volume } = PRICES.at(k);
    return [open, high, low, close, volume];
  });
}

function everyMinute(): Candles {
  const candles = new Candles('1m');
  const first = Date.parse(`${FROM}T00:00Z`);
  for (let k = 0; k < PRICES.length; k++) {
    candles.append({ ...PRICES.at(k), openTime: (first + k * MINUTE_MS) as EpochMs });
  }
  return candles;
}

/** What the clocks of New York show, by the runtime's own calendar rather than ours: "2025-11-02 09:30". */
const clocks = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'short',
});
const newYork = (at: number) => clocks.format(at);

interface Traded {
  readonly figures: BacktestFigures;
  readonly entries: readonly string[];
  readonly exits: readonly string[];
}

async function trade(file: object, candles: Candles): Promise<Traded> {
  const figures = await backtestOf(botOf(file), candles, INSTRUMENT);
  const timeOf = (index: number) => (Number.isNaN(index) ? 'open' : newYork(candles.openTimeOf(index)));
  return {
    figures,
    entries: figures.trades.map(({ entryIndex }) => timeOf(entryIndex)),
    exits: figures.trades.map(({ exitIndex }) => timeOf(exitIndex)),
  };
}

const STOCK_DAYS = ['2025-10-30', '2025-10-31', '2025-11-03', '2025-11-04', '2025-11-05'];
const DAYS = ['2025-10-30', '2025-10-31', '2025-11-01', '2025-11-02', '2025-11-03', '2025-11-04', '2025-11-05'];
const at = (days: readonly string[], time: string) => days.map((day) => `${day} ${time}`);

describe.each([
  { market: 'stocks', candles: stockMinutes(), days: STOCK_DAYS, first: '09:31' },
  { market: 'a market that never closes', candles: everyMinute(), days: DAYS, first: '09:30' },
])('a window in New York, on $market', ({ candles, days, first }) => {
  test('enters from its start on, and is flat with the last order before its end', async () => {
    const { figures, entries, exits } = await trade(
      { ...EAGER, tradingWindow: { ...MORNING, flattenAtEnd: true } },
      candles,
    );
    expect(entries.slice(1)).toEqual(at(days.slice(1), first));
    expect(exits).toEqual(at(days, '11:59'));
    expect(figures.isOpen).toBe(false);
  });

  test('sends no order outside', async () => {
    const { figures } = await trade({ ...EVERY_DOZEN, tradingWindow: { ...MORNING, flattenAtEnd: true } }, candles);
    const times = figures.fills.map(([time]) => newYork(Number(time)).slice(11));
    expect(times.length).toBeGreaterThan(days.length * 17);
    expect(times.filter((time) => time < '09:30' || time >= '12:00')).toEqual([]);
    expect(figures.isOpen).toBe(false);
  });

  test('keeps what is open where it need not be flat', async () => {
    const { figures, entries } = await trade({ ...EAGER, tradingWindow: MORNING }, candles);
    expect(entries.map((time) => time.slice(0, 10))).toEqual([days[0]]);
    expect(figures.isOpen).toBe(true);
  });

  test('leaves by its rules outside as well', async () => {
    const late = { ...EAGER, exit: { long: ['barsInTrade', '>', 180] }, tradingWindow: MORNING };
    const byRule = await trade(late, candles);
    expect(byRule.entries.filter((time) => time.slice(11) >= '12:00')).toEqual([]);
    expect(byRule.exits.some((time) => time.slice(11) > '12:00')).toBe(true);
  });

  test('tells why it did nothing', async () => {
    const { figures } = await trade({ ...EVERY_DOZEN, tradingWindow: { ...MORNING, flattenAtEnd: true } }, candles);
    const whyAt = new Map(figures.reasons.map((why, i) => [newYork(candles.closeTimeOf(i)), why]));
    expect(whyAt.get('2025-11-03 12:00')).toBe('outside the trading window');
    expect(whyAt.get('2025-11-03 15:59')).toBe('outside the trading window');
    expect(figures.reasons).toContain('the trading window or the session ends, and the bot is to be flat then');
  });
});

test('a stop stays in place outside the window', async () => {
  // At 12:30 the price falls.
  const candles = stockCandles('2025-07-01', '2025-07-01', '1m', (k) => flat(k < 180 ? 100 : 90));
  const bot = { ...EAGER, brackets: { stop: { percent: 5 } }, tradingWindow: MORNING };
  const { figures, exits } = await trade(bot, candles);
  expect([exits, figures.trades[0]!.exitReason]).toEqual([['2025-07-01 12:30'], 'stop']);
});

describe('stocks without a window', () => {
  test('enter in no session that is over, and may stay overnight', async () => {
    const { figures, entries } = await trade(EVERY_DOZEN, stockMinutes());
    expect(entries.filter((time) => time.slice(11) <= '09:30')).toEqual([]);
    expect(entries.length).toBeGreaterThan(100);
    expect(figures.reasons.filter((why) => why === 'the market is closed').length).toBeGreaterThan(0);
  });

  test('of a day enter at the open after the second close, the first that is decided', async () => {
    const days = stockCandles('2025-06-30', '2025-07-10', '1d', () => [10, 10, 10, 10]);
    const bot = { ...EAGER, timeframe: '1d', exit: { long: ['barsInTrade', '>', 1] } };
    const { entries } = await trade(bot, days);
    expect(entries[0]).toBe('2025-07-02 09:30');
  });
});

test('a window that the session cuts short ends with it', async () => {
  // July 3rd closes at 13:00, the 4th is a holiday.
  const candles = stockCandles('2025-07-02', '2025-07-07', '5m', () => [10, 11, 9, 10]);
  const window = { start: '12:00', end: '15:00', zone: 'America/New_York', flattenAtEnd: true };
  const { entries, exits } = await trade({ ...EAGER, timeframe: '5m', tradingWindow: window }, candles);
  expect(entries).toEqual(at(['2025-07-02', '2025-07-03', '2025-07-07'], '12:00'));
  expect(exits).toEqual(['2025-07-02 14:55', '2025-07-03 12:55', '2025-07-07 14:55']);
});

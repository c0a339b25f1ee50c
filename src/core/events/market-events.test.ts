import fc from 'fast-check';
import { expect, test } from 'vitest';
import { candlesOf, firstOf, MONDAY, type Ohlc } from '#tests/builders/candles.ts';
import { PROPERTY_RUNS } from '#tests/builders/property-runs.ts';
import type { Candles } from '../candles.ts';
import type { EpochMs } from '../time.ts';
import { type MarketEvent, MarketEvents } from './market-events.ts';

const MINUTE = 60_000;
const ALL = Number.POSITIVE_INFINITY as EpochMs;
/** Enough for everything to be known. */
const CALM = 120;

/** What a candle does: its move as a fraction, its volume, a low of its own. */
interface Does {
  readonly move?: number;
  readonly volume?: number;
  readonly low?: number;
}
/** Where candles are missing, the price rose by 5 %. */
type Row = Does | 'missing';

/** A market that swings by 0.2 % with a volume of 10: every candle closes at its high or low, so that an ATR is 0.2 %. */
const calm = (k: number): Does => ({ move: k % 2 === 0 ? 0.002 : -0.002 });
const calmFor = (count: number): readonly Does[] => Array.from({ length: count }, (_, k) => calm(k));

function marketOf(rows: readonly Row[]): Candles {
  let price = 100;
  const candles = rows.map((row): Ohlc | undefined => {
    if (row === 'missing') {
      price *= 1.05;
      return undefined;
    }
    const { move = 0, volume = 10, low } = row;
    const open = price;
    price *= 1 + move;
    return [open, Math.max(open, price), Math.min(open, price, low ?? open), price, volume];
  });
  return candlesOf(candles);
}

function eventsOf(candles: Candles, cuts: readonly number[] = []): readonly MarketEvent[] {
  const events = new MarketEvents(candles);
  const bounds = [0, ...cuts, candles.length];
  for (let n = 1; n < bounds.length; n++) events.advance(bounds[n - 1]!, bounds[n]!);
  return events.between(0 as EpochMs, ALL);
}

/** "-3.0 % 7.5 ATR at 0": what happened, how much, and how many candles after the calm. */
function told(event: MarketEvent): string {
  const candle = (event.at - MONDAY) / MINUTE - 1 - CALM;
  if (event.kind !== 'flash-move') return `${event.kind} ${event.times.toFixed(1)} at ${candle}`;
  return `${(100 * event.change).toFixed(1)} % ${event.atrs.toFixed(1)} ATR at ${candle}`;
}

const times = (count: number, row: Does): readonly Does[] => Array.from({ length: count }, () => row);

test.each<{ name: string; rows: readonly Row[]; before?: readonly Row[]; expected: readonly string[] }>([
  { name: 'nothing in calm', rows: calmFor(200), expected: [] },
  { name: 'a fall', rows: [{ move: -0.03 }], expected: ['-3.0 % 15.0 ATR at 0'] },
  { name: 'a rise', rows: [{ move: 0.009 }], expected: ['0.9 % 4.5 ATR at 0'] },
  { name: 'no move of less than four ATR', rows: [{ move: 0.0078 }], expected: [] },
  {
    name: 'a fall and the rise after it',
    rows: [{ move: -0.03 }, { move: 0.05 }],
    expected: ['-3.0 % 15.0 ATR at 0', '5.0 % 12.1 ATR at 1', 'volatility-spike 5.8 at 1'],
  },
  {
    name: 'one fall that goes on',
    rows: [{ move: -0.01 }, calm(0), { move: -0.04 }, ...calmFor(10), { move: -0.04 }],
    expected: ['-1.0 % 5.0 ATR at 0'],
  },
  {
    name: 'two falls with calm between them',
    rows: [{ move: -0.01 }, ...calmFor(14), { move: -0.04 }],
    expected: ['-1.0 % 5.0 ATR at 0', expect.stringMatching(/^-4\.0 % 1\d\.\d ATR at 15$/)],
  },
  {
    name: 'no move of many ticks where nothing moved before',
    before: times(CALM, { move: 0.000001 }),
    rows: [{ move: 0.001 }],
    expected: [],
  },
  { name: 'a spike of volume', rows: [{ volume: 61 }], expected: ['volume-spike 6.1 at 0'] },
  { name: 'no volume of less than five times', rows: [{ volume: 49 }], expected: [] },
  {
    name: 'one storm of volume',
    rows: [...times(5, { volume: 60 }), ...times(8, { volume: 26 }), ...times(5, { volume: 90 })],
    expected: ['volume-spike 6.0 at 0'],
  },
  {
    name: 'two storms of volume',
    rows: [{ volume: 60 }, ...times(12, { volume: 24 }), { volume: 90 }],
    expected: ['volume-spike 6.0 at 0', 'volume-spike 9.0 at 13'],
  },
  { name: 'that volume dries up', rows: times(30, { volume: 1 }), expected: ['volume-dry-up 0.3 at 8'] },
  { name: 'that there is no volume left', rows: times(40, { volume: 0 }), expected: ['volume-dry-up 0.3 at 8'] },
  {
    name: 'a spike by the candles before it alone',
    before: [...calmFor(24), ...times(48, { volume: 10 }), ...times(48, { volume: 20 })],
    rows: [{ volume: 75 }],
    expected: ['volume-spike 5.0 at 0'],
  },
  {
    name: 'nothing of volume in a market that had none',
    before: calmFor(CALM).map((row) => ({ ...row, volume: 0 })),
    rows: [{ volume: 60 }],
    expected: [],
  },
  {
    name: 'a spike of volatility without a single flash move',
    rows: Array.from({ length: 30 }, (_, k) => ({ move: k % 2 === 0 ? 0.006 : -0.006 })),
    expected: ['volatility-spike 2.5 at 8'],
  },
  {
    name: 'no volatility where a market that stood still begins to move a little',
    before: times(CALM, { move: 0.00001 }),
    rows: times(30, { move: 0.0001 }),
    expected: [],
  },
  {
    name: 'nothing of a bad tick, there and back',
    rows: [{ move: -0.6 }, { move: 1.5 }, ...calmFor(130)],
    expected: [],
  },
  { name: 'nothing of a bad low', rows: [{ low: 1 }, { move: -0.03 }], expected: [] },
  {
    name: 'no move over candles that are missing',
    rows: ['missing', 'missing', { move: 0.001 }],
    expected: [],
  },
  { name: 'nothing with too few candles', before: calmFor(14), rows: [{ move: -0.03, volume: 900 }], expected: [] },
])('tells $name', ({ before = calmFor(CALM), rows, expected }) => {
  expect(eventsOf(marketOf([...before, ...rows])).map(told)).toEqual(expected);
});

const anyRow: fc.Arbitrary<Row> = fc.oneof(
  { weight: 6, arbitrary: fc.nat(1).map(calm) },
  fc.record({ move: fc.double({ min: -0.6, max: 1.5, noNaN: true }), volume: fc.constantFrom(0, 1, 10, 60) }),
  fc.record({ move: fc.constantFrom(-0.01, 0.007, 0.01), volume: fc.constantFrom(1, 60, 1000) }),
  fc.constant<Row>('missing'),
);
const anyMarket = fc
  .tuple(fc.constantFrom(0, 20, CALM, CALM), fc.array(anyRow, { minLength: 1, maxLength: 60, size: 'max' }))
  .map(([calmCandles, rows]) => marketOf([calm(0), ...calmFor(calmCandles), ...rows]));

test('the events are the same however the candles come, and those of the first candles are the first events', () => {
  let found = 0;
  fc.assert(
    fc.property(anyMarket, fc.array(fc.nat(CALM + 60), { maxLength: 8 }), (candles, cuts) => {
      const whole = eventsOf(candles);
      found += whole.length;
      const bounds = cuts.filter((cut) => cut <= candles.length).sort((a, b) => a - b);
      expect(eventsOf(candles, bounds)).toEqual(whole);
      for (const count of bounds.filter((cut) => cut > 0)) {
        const until = candles.closeTimeAt(count - 1);
        expect(eventsOf(firstOf(candles, count))).toEqual(whole.filter(({ at }) => at <= until));
      }
    }),
    { numRuns: PROPERTY_RUNS },
  );
  expect(found).toBeGreaterThan(PROPERTY_RUNS / 2);
});

test('those of a time are asked for, whatever was looked at since', () => {
  const rows = [{ volume: 60 }, ...calmFor(13), { volume: 90 }, { move: -0.03 }, calm(0)];
  const candles = marketOf([...calmFor(CALM), ...rows]);
  const events = new MarketEvents(candles);
  events.advance(0, candles.length);
  const between = (after: number, until: number) =>
    events.between(candles.closeTimeOf(CALM + after), candles.closeTimeOf(CALM + until)).map(told);
  expect(between(-1, 14)).toEqual(['volume-spike 6.0 at 0', 'volume-spike 9.0 at 14']);
  expect(between(0, 14)).toEqual(['volume-spike 9.0 at 14']);
  expect(between(0, 13)).toEqual([]);
  expect(between(14, 15)).toEqual(['-3.0 % 16.6 ATR at 15']);
});

import { expect, test } from 'vitest';
import type { SignalFilter } from './bots.ts';
import type { AttachedTrail } from './brackets.ts';
import { filterSignal, marketRefusal, rewardRisk, riskRefusal, score } from './signal-filter.ts';
import { type BracketDistances, type EntrySignal, REASONS } from './signals.ts';

interface SignalText {
  readonly direction?: 'long' | 'short';
  readonly brackets?: BracketDistances;
  readonly confidence?: number;
}

function signalOf({ direction = 'long', brackets, confidence }: SignalText = {}): EntrySignal {
  const reason = REASONS.longEntry;
  return { kind: 'enter', direction, reason, brackets, ...(confidence !== undefined && { confidence }) };
}

const NEVER = Infinity;
const BRACKETS = { stop: 2, target: 4 };

const trailOf = (distance: number): AttachedTrail => ({ distance: { kind: 'absolute', distance }, activation: 0 });

test.each([
  { name: 'without brackets' },
  { name: 'with a trail', brackets: { ...BRACKETS, trail: trailOf(99) } },
  { name: 'with a stop alone', brackets: { stop: 2, target: undefined } },
  { name: 'a short whose target lies above 0', direction: 'short' as const, brackets: { stop: 2, target: 99 } },
  { name: 'a long whose target is farther away than the price', brackets: { stop: 2, target: 300 } },
])('lets a signal through $name', (signal) => {
  expect(filterSignal(signalOf(signal), {}, 100, NEVER)).toBeUndefined();
});

test.each([
  { name: 'a stop at the entry', brackets: { stop: 0, target: 4 } },
  { name: 'a stop on the wrong side', brackets: { stop: -1, target: 4 } },
  { name: 'a stop below 0', brackets: { stop: 100, target: 4 } },
  { name: 'a stop that is no number', brackets: { stop: Number.NaN, target: 4 } },
  { name: 'a target on the wrong side', brackets: { stop: 2, target: -4 } },
  { name: 'a target that is no number', brackets: { stop: 2, target: Number.NaN } },
  { name: 'a target at no end', brackets: { stop: 2, target: Infinity } },
  { name: 'a trail without a distance', brackets: { ...BRACKETS, trail: trailOf(0) } },
  { name: 'a trail as wide as the price', brackets: { ...BRACKETS, trail: trailOf(100) } },
  { name: 'a trail that is no number', brackets: { ...BRACKETS, trail: trailOf(Number.NaN) } },
  { name: "a short's target below 0", direction: 'short' as const, brackets: { stop: 2, target: 100 } },
  { name: 'a close that is no price', close: Number.NaN },
])('refuses $name, whatever the bot demands', ({ close = 100, ...signal }) => {
  const { badBrackets } = REASONS;
  const refusal = filterSignal(signalOf(signal), {}, close, NEVER);
  expect(refusal).toEqual({ reason: badBrackets, why: badBrackets.why });
});

/** Each with the value that is just enough and the first one that is not. */
const LIMITS: readonly {
  readonly name: string;
  readonly filter: SignalFilter;
  readonly enough: SignalText & { readonly since?: number };
  readonly short: SignalText & { readonly since?: number };
  readonly reason: (typeof REASONS)[keyof typeof REASONS];
  readonly why: string;
}[] = [
  {
    name: 'confidence',
    filter: { minConfidence: 0.7 },
    enough: { confidence: 0.7 },
    short: { confidence: 0.699 },
    reason: REASONS.lowConfidence,
    why: 'the confidence must be >= 0.7: current value is 0.699',
  },
  {
    name: 'reward for the risk',
    filter: { minRewardRisk: 2 },
    enough: { brackets: BRACKETS },
    short: { brackets: { stop: 2, target: 3.9 } },
    reason: REASONS.lowRewardRisk,
    why: 'the reward/risk must be >= 2: current value is 1.95',
  },
  {
    name: 'reward without a target',
    filter: { minRewardRisk: 0.1 },
    enough: { brackets: BRACKETS },
    short: { brackets: { stop: 2, target: undefined } },
    reason: REASONS.lowRewardRisk,
    why: 'the reward/risk must be >= 0.1: there is none',
  },
  {
    name: 'least distance of the stop',
    filter: { minStopPercent: 2 },
    enough: { brackets: BRACKETS },
    short: { brackets: { stop: 1.99, target: 4 } },
    reason: REASONS.stopOutOfBounds,
    why: 'the stop must be >= 2 % from the entry: current value is 1.99',
  },
  {
    name: 'most distance of the stop',
    filter: { maxStopPercent: 2 },
    enough: { brackets: BRACKETS },
    short: { brackets: { stop: 2.01, target: 4 } },
    reason: REASONS.stopOutOfBounds,
    why: 'the stop must be <= 2 % from the entry: current value is 2.01',
  },
  {
    name: 'candles since the same signal',
    filter: { repeatAfterCandles: 5 },
    enough: { since: 6 },
    short: { since: 5 },
    reason: REASONS.repeated,
    why: 'more than 5 candles must pass before the same signal again: current value is 5',
  },
];

test.each(LIMITS)('demands $name', ({ filter, enough, short, reason, why }) => {
  const filtered = ({ since = Infinity, ...signal }: SignalText & { readonly since?: number }) =>
    filterSignal(signalOf(signal), filter, 100, since);
  expect(filtered(enough)).toBeUndefined();
  expect(filtered(short)).toEqual({ reason, why });
});

test('a signal that tells of no confidence is not asked for one', () => {
  expect(filterSignal(signalOf(), { minConfidence: 0.9 }, 100, NEVER)).toBeUndefined();
});

test.each([
  { name: 'no limit', filter: {}, risk: 1e9, refused: false },
  { name: 'just the limit', filter: { maxRiskPercent: 2 }, risk: 200, refused: false },
  { name: 'more', filter: { maxRiskPercent: 2 }, risk: 200.1, refused: true },
])('risk in equity: $name', ({ filter, risk, refused }) => {
  const expected = {
    reason: REASONS.tooRisky,
    why: 'the stop may cost at most 2 % of the equity: current value is 2.001',
  };
  expect(riskRefusal(filter, risk, 10_000)).toEqual(refused ? expected : undefined);
});

test('ranks by confidence x reward/risk, each 1 where a signal does not tell', () => {
  expect(rewardRisk(signalOf({ brackets: { stop: 2, target: 5 } }))).toBe(2.5);
  const scores = [
    {},
    { confidence: 0.6 },
    { brackets: { stop: 2, target: undefined } },
    { brackets: { stop: 2, target: 5 } },
    { brackets: { stop: 2, target: 5 }, confidence: 0.6 },
  ].map((signal) => score(signalOf(signal)));
  expect(scores).toEqual([1, 0.6, 1, 2.5, 1.5]);
});

const SPREAD = { maxSpreadPercent: 0.2 };
const AGE = { maxAgeSeconds: 30 };

test.each([
  { name: 'nothing is limited, nothing known', filter: {}, state: undefined, why: undefined },
  { name: 'a narrow spread', filter: SPREAD, state: { ageMs: 0, bid: 99.9, ask: 100.1 }, why: undefined },
  {
    name: 'a wide spread',
    filter: SPREAD,
    state: { ageMs: 0, bid: 99.8, ask: 100.2 },
    why: 'the spread must be <= 0.2 % of the price: current value is 0.4',
  },
  {
    name: 'no bid and ask',
    filter: SPREAD,
    state: { ageMs: 0 },
    why: 'the spread must be <= 0.2 % of the price: there is none',
  },
  {
    name: 'nothing known of the spread',
    filter: SPREAD,
    state: undefined,
    why: 'the spread must be <= 0.2 % of the price: there is none',
  },
  { name: 'a price as old as may be', filter: AGE, state: { ageMs: 30_000 }, why: undefined },
  {
    name: 'an older one',
    filter: AGE,
    state: { ageMs: 30_500 },
    why: 'the price must be <= 30 s old: current value is 30.5',
  },
  {
    name: 'nothing known of its age',
    filter: AGE,
    state: undefined,
    why: 'the price must be <= 30 s old: there is none',
  },
])('of the market: $name', ({ filter, state, why }) => {
  expect(marketRefusal(filter, state)?.why).toBe(why);
});

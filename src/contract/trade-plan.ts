import { z } from 'zod';
import type {
  Brackets,
  Distance,
  LimitEntry,
  SignalFilter,
  Sizing,
  SizingBounds,
  SwingDistance,
  TrailRule,
} from '../core/bots.ts';
import { money, quantity } from '../core/money.ts';
import type { RoiStep, RoiTable } from '../core/roi.ts';
import { positiveDecimal, positiveNumber, wholeNumber } from './numbers.ts';
import { choice, hasKey, section } from './problems.ts';

/** How a bot file says what a signal must be worth, how much to trade, and where a trade ends by itself. */

const STOP_PERCENT = 'must be a number above 0 and below 100, for example 1.5';
const stopPercent = z.number(STOP_PERCENT).positive(STOP_PERCENT).lt(100, STOP_PERCENT);

const percentOf = (percent: z.ZodType<number>) =>
  section({ percent }).transform((distance): Distance => ({ kind: 'percent', percent: distance.percent }));
const atrDistance = section({ atrMultiple: positiveNumber(100, 2), period: wholeNumber(1, 1000) }).transform(
  ({ atrMultiple, period }): Distance => ({ kind: 'atr', multiple: atrMultiple, period }),
);
const isAtr = (input: unknown) => hasKey(input, 'atrMultiple') || hasKey(input, 'period');

const SWING_OFFSET = 'must be a number from 0 and below 100, for example 0.1';
const swingDistance = section({
  swingCandles: wholeNumber(2, 1000),
  offsetPercent: z.number(SWING_OFFSET).min(0, SWING_OFFSET).lt(100, SWING_OFFSET).default(0),
}).transform(
  ({ swingCandles, offsetPercent }): SwingDistance => ({ kind: 'swing', candles: swingCandles, offsetPercent }),
);

const stop = choice<Brackets['stop']>((input) => {
  if (hasKey(input, 'percent')) return percentOf(stopPercent);
  if (hasKey(input, 'swingCandles')) return swingDistance;
  return isAtr(input) ? atrDistance : undefined;
}, 'must be {"percent": 1.5}, {"atrMultiple": 2, "period": 14} or {"swingCandles": 10}');

const riskTarget = section({ riskMultiple: positiveNumber(100, 2) }).transform(
  ({ riskMultiple }): NonNullable<Brackets['target']> => ({ kind: 'risk', multiple: riskMultiple }),
);
const target = choice<NonNullable<Brackets['target']>>((input) => {
  if (hasKey(input, 'percent')) return percentOf(positiveNumber(1000, 3));
  if (hasKey(input, 'riskMultiple')) return riskTarget;
  return isAtr(input) ? atrDistance : undefined;
}, 'must be {"percent": 3}, {"atrMultiple": 3, "period": 14} or {"riskMultiple": 2}');

const ACTIVATION = 'must be a number above 0 and up to 1000, for example 1.5';
const activation = { activateAfterPercent: z.number(ACTIVATION).positive(ACTIVATION).max(1000, ACTIVATION).default(0) };
const percentTrail = section({ percent: stopPercent, ...activation }).transform(
  ({ percent, activateAfterPercent }): TrailRule => ({ distance: { kind: 'percent', percent }, activateAfterPercent }),
);
const atrTrail = section({
  atrMultiple: positiveNumber(100, 3),
  period: wholeNumber(1, 1000),
  ...activation,
}).transform(
  ({ atrMultiple, period, activateAfterPercent }): TrailRule => ({
    distance: { kind: 'atr', multiple: atrMultiple, period },
    activateAfterPercent,
  }),
);
const trail = choice<TrailRule>((input) => {
  if (hasKey(input, 'percent')) return percentTrail;
  return isAtr(input) ? atrTrail : undefined;
}, 'must be {"percent": 2} or {"atrMultiple": 3, "period": 14}, perhaps with "activateAfterPercent"');

const ROI = 'must be an object of minutes and profit percents, for example {"0": 4, "30": 2, "120": 0}';
const ROI_MINUTES = 'must be named by a whole number of minutes from 0 to 525600, for example "30"';
const ROI_PERCENT = 'must be a number from 0 and below 100, for example 2';
const ROI_FALLS = 'must be less than the percent of fewer minutes: a trade that lasts asks for less';
const ROI_BEGINS = 'must have a percent for "0" minutes: the target that goes out with the entry';
const MOST_MINUTES = 525_600;

/** Minutes as keys, which JSON objects keep in any order. */
const roi = z.unknown().transform((input, context): RoiTable => {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    context.addIssue(ROI);
    return z.NEVER;
  }
  const say = (message: string, ...path: string[]) => void context.addIssue({ code: 'custom', path, message, input });
  const table: RoiStep[] = [];
  for (const [minutes, percent] of Object.entries(input)) {
    if (!/^(0|[1-9]\d{0,5})$/.test(minutes) || Number(minutes) > MOST_MINUTES) say(ROI_MINUTES, minutes);
    else if (typeof percent !== 'number' || !(percent >= 0 && percent < 100)) say(ROI_PERCENT, minutes);
    else table.push({ afterMinutes: Number(minutes), percent });
  }
  table.sort((a, b) => a.afterMinutes - b.afterMinutes);
  for (const [k, { afterMinutes, percent }] of table.entries())
    if (k > 0 && percent >= table[k - 1]!.percent) say(ROI_FALLS, String(afterMinutes));
  if (!hasKey(input, '0')) say(ROI_BEGINS);
  return table;
});

export const bracketsSchema: z.ZodType<Brackets> = section({
  stop,
  trail: trail.exactOptional(),
  target: target.exactOptional(),
  roi: roi.exactOptional(),
  anchor: z.enum(['signal', 'fill'], 'must be "signal" or "fill"').default('signal'),
  rounding: z.enum(['toward-entry', 'none'], 'must be "toward-entry" or "none"').default('toward-entry'),
});

const ENTRY_OFFSET = 'must be a number from 0 and below 100, for example 0.1';
const MOST_WAITING = 1000;

export const entryOrderSchema = section({
  limit: section({
    offsetPercent: z.number(ENTRY_OFFSET).min(0, ENTRY_OFFSET).lt(100, ENTRY_OFFSET),
    timeoutCandles: wholeNumber(1, MOST_WAITING),
    reprice: z.enum(['follow', 'never'], 'must be "follow" or "never"').default('never'),
    postOnly: z.boolean('must be true or false').default(false),
  }),
}).transform(({ limit }): LimitEntry => ({ kind: 'limit', ...limit }));

const bounds = {
  minQuantity: positiveDecimal(quantity, '0.01').exactOptional(),
  maxQuantity: positiveDecimal(quantity, '2').exactOptional(),
  minNotional: positiveDecimal(money, '10').exactOptional(),
  maxNotional: positiveDecimal(money, '5000').exactOptional(),
};

const byQuantity = section({ quantity: positiveDecimal(quantity, '0.5'), ...bounds }).transform(
  ({ quantity, ...rest }): Sizing => ({ kind: 'quantity', quantity, ...rest }),
);
const byCapital = section({ percentOfCapital: positiveNumber(100, 20), ...bounds }).transform(
  ({ percentOfCapital, ...rest }): Sizing => ({ kind: 'percent-of-capital', percent: percentOfCapital, ...rest }),
);
const byRisk = section({ riskPercent: positiveNumber(100, 1), ...bounds }).transform(
  ({ riskPercent, ...rest }): Sizing => ({ kind: 'risk-per-trade', percent: riskPercent, ...rest }),
);

export const sizingSchema: z.ZodType<Sizing> = choice<Sizing>((input) => {
  if (hasKey(input, 'quantity')) return byQuantity;
  if (hasKey(input, 'percentOfCapital')) return byCapital;
  return hasKey(input, 'riskPercent') ? byRisk : undefined;
}, 'must be {"quantity": 1}, {"percentOfCapital": 20} or {"riskPercent": 1}');

const MOST_REPEAT_CANDLES = 100_000;
const MOST_AGE_SECONDS = 86_400;

export const filterSchema: z.ZodType<SignalFilter> = section({
  minConfidence: positiveNumber(1, 0.6).exactOptional(),
  minRewardRisk: positiveNumber(100, 1.5).exactOptional(),
  maxRiskPercent: positiveNumber(100, 2).exactOptional(),
  minStopPercent: positiveNumber(100, 0.2).exactOptional(),
  maxStopPercent: positiveNumber(100, 5).exactOptional(),
  maxSpreadPercent: positiveNumber(100, 0.1).exactOptional(),
  maxAgeSeconds: positiveNumber(MOST_AGE_SECONDS, 60).exactOptional(),
  repeatAfterCandles: wholeNumber(0, MOST_REPEAT_CANDLES).exactOptional(),
});

/** Of each pair of bounds, the ones whose least is above their most. */
export function crossedBounds(bounds: SizingBounds & SignalFilter): readonly string[] {
  const pairs = [
    ['minQuantity', 'maxQuantity'],
    ['minNotional', 'maxNotional'],
    ['minStopPercent', 'maxStopPercent'],
  ] as const;
  return pairs.flatMap(([least, most]) => {
    const [low, high] = [bounds[least], bounds[most]];
    return low !== undefined && high !== undefined && low > high ? [least] : [];
  });
}

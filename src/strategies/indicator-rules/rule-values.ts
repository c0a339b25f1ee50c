import type { Comparison, Condition, Operand } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import { comparisonWords } from '#core/rule-words.ts';
import { compile, type RuleContext } from './compile.ts';
import { type Indicators, sourceOf } from './operands.ts';

/** A line of a rule as it stands at a close: a comparison, or a group of the deeper lines after it. */
export interface RuleLine {
  readonly depth: number;
  readonly text: string;
  /** Null where it has no value yet, depends on an open trade, or is a number of the file. */
  readonly left: number | null;
  readonly right: number | null;
  /** Null where it depends on an open trade, or nothing has a value yet. */
  readonly isMet: boolean | null;
}

/** As it is asked at closes, of a bot that has no position. */
const FLAT: RuleContext = { entryIndex: -1, price: Number.NaN };

/** The lines of a rule with what they read; made before the indicators are filled, asked after. */
export function ruleLines(
  condition: Condition,
  candles: Candles,
  indicators: Indicators,
  depth = 0,
): (i: number) => readonly RuleLine[] {
  if (condition.kind === 'comparison') return comparisonLine(condition, candles, indicators, depth);
  const met = metAt(condition, candles, indicators);
  const parts = condition.of.map((part) => ruleLines(part, candles, indicators, depth + 1));
  const text = condition.kind === 'all' ? 'all of' : 'any of';
  return (i) => [{ depth, text, left: null, right: null, isMet: met(i) }, ...parts.flatMap((part) => part(i))];
}

function comparisonLine(comparison: Comparison, candles: Candles, indicators: Indicators, depth: number) {
  const { left, right } = comparison;
  const [leftAt, rightAt] = [valueAt(left, candles, indicators), valueAt(right, candles, indicators)];
  const met = metAt(comparison, candles, indicators);
  const text = comparisonWords(comparison);
  return (i: number): readonly RuleLine[] => [{ depth, text, left: leftAt(i), right: rightAt(i), isMet: met(i) }];
}

function valueAt(operand: Operand, candles: Candles, indicators: Indicators): (i: number) => number | null {
  const source = sourceOf(operand, candles, indicators);
  if (source.kind === 'constant' || source.kind === 'bars-in-trade') return () => null;
  const column = source.kind === 'column' ? source.column : candles.close;
  return (i) => {
    const value = column.values[i]! * source.factor;
    return Number.isFinite(value) ? value : null;
  };
}

function metAt(condition: Condition, candles: Candles, indicators: Indicators): (i: number) => boolean | null {
  if (asksForTrade(condition)) return () => null;
  const rule = compile(condition, candles, indicators, FLAT);
  return (i) => (i < 1 ? null : rule(i));
}

function asksForTrade(condition: Condition): boolean {
  if (condition.kind !== 'comparison') return condition.of.some(asksForTrade);
  return [condition.left, condition.right].some(ofTrade);
}

function ofTrade(operand: Operand): boolean {
  return operand.kind === 'bars-in-trade' || (operand.kind === 'multiple' && ofTrade(operand.of));
}

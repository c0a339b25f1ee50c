import type { Comparison, Condition, Group, Operand } from '#core/bots.ts';
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
  const { kind } = condition;
  const parts = condition.of.map((part) => ruleLines(part, candles, indicators, depth + 1));
  return (i) => {
    const lines = parts.map((part) => part(i));
    const isMet = groupMet(
      kind,
      lines.map(([first]) => first!.isMet),
    );
    return [{ depth, text: `${kind} of`, left: null, right: null, isMet }, ...lines.flat()];
  };
}

/** One that is met decides an `any`, and one that is not an `all`, whatever is not known of the others. */
function groupMet(kind: Group['kind'], parts: readonly (boolean | null)[]): boolean | null {
  const decides = kind === 'any';
  if (parts.includes(decides)) return decides;
  return parts.includes(null) ? null : !decides;
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

function metAt(comparison: Comparison, candles: Candles, indicators: Indicators): (i: number) => boolean | null {
  if ([comparison.left, comparison.right].some(ofTrade)) return () => null;
  const rule = compile(comparison, candles, indicators, FLAT);
  return (i) => (i < 1 ? null : rule(i));
}

function ofTrade(operand: Operand): boolean {
  return operand.kind === 'bars-in-trade' || (operand.kind === 'multiple' && ofTrade(operand.of));
}

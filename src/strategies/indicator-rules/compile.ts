import type { Comparison, Condition, Operator } from '#core/bots.ts';
import { unreachable } from '#core/brand.ts';
import type { Candles } from '#core/candles.ts';
import type { Column } from '#core/indicators/column.ts';
import { type Indicators, type Source, sourceOf } from './operands.ts';

/**
 * A rule as it runs: whether it is met at the close of candle `i`, or after it where the context has a price. NaN on either
 * side meets nothing.
 */
export type Rule = (i: number) => boolean;

/** What rules may know beside columns; the strategy sets it before it asks. */
export interface RuleContext {
  /** Index of the candle in which the entry filled; -1 while flat. */
  entryIndex: number;
  /** What the market trades at between closes; only rules that are made for there look at it. */
  price: number;
}

/** When rules are asked: at closes, where the last price is the close, or between them. */
export type Asked = 'at-closes' | 'between-closes';

/** A condition as one closure over columns, specialised by what its operands are: the common shapes call nothing. */
export function compile(
  condition: Condition,
  candles: Candles,
  indicators: Indicators,
  context: RuleContext,
  asked: Asked = 'at-closes',
): Rule {
  if (condition.kind === 'comparison') return compileComparison(condition, candles, indicators, context, asked);
  const rules = condition.of.map((part) => compile(part, candles, indicators, context, asked));
  if (rules.length === 1) return rules[0]!;
  return condition.kind === 'all' ? all(rules) : any(rules);
}

function all(rules: readonly Rule[]): Rule {
  return (i) => {
    for (const rule of rules) if (!rule(i)) return false;
    return true;
  };
}

function any(rules: readonly Rule[]): Rule {
  return (i) => {
    for (const rule of rules) if (rule(i)) return true;
    return false;
  };
}

function compileComparison(
  { left, operator, right }: Comparison,
  candles: Candles,
  indicators: Indicators,
  context: RuleContext,
  asked: Asked,
): Rule {
  const [x, y] = [sourceOf(left, candles, indicators), sourceOf(right, candles, indicators)];
  const [a, b] = [atCloses(x, candles), atCloses(y, candles)];
  if (asked === 'between-closes' && (a !== x || b !== y)) {
    return compareSinceClose([reader(x, context), reader(a, context)], operator, [
      reader(y, context),
      reader(b, context),
    ]);
  }
  if (isPlainColumn(a) && isPlainColumn(b)) return compareColumns(a.column, operator, b.column);
  if (isPlainColumn(a) && b.kind === 'constant') return compareToLevel(a.column, operator, b.value);
  return compareValues(reader(a, context), operator, reader(b, context));
}

/** The last price at a close is the close. */
function atCloses(source: Source, { close }: Candles): Source {
  return source.kind === 'live-price' ? { kind: 'column', column: close, factor: source.factor } : source;
}

function isPlainColumn(source: Source): source is Extract<Source, { kind: 'column' }> {
  return source.kind === 'column' && source.factor === 1;
}

function compareColumns(a: Column, operator: Operator, b: Column): Rule {
  switch (operator) {
    case '>':
      return (i) => a.values[i]! > b.values[i]!;
    case '<':
      return (i) => a.values[i]! < b.values[i]!;
    case 'crosses-above':
      return (i) => a.values[i]! >= b.values[i]! && a.values[i - 1]! < b.values[i - 1]!;
    case 'crosses-below':
      return (i) => a.values[i]! <= b.values[i]! && a.values[i - 1]! > b.values[i - 1]!;
    default:
      return unreachable(operator);
  }
}

function compareToLevel(a: Column, operator: Operator, level: number): Rule {
  switch (operator) {
    case '>':
      return (i) => a.values[i]! > level;
    case '<':
      return (i) => a.values[i]! < level;
    case 'crosses-above':
      return (i) => a.values[i]! >= level && a.values[i - 1]! < level;
    case 'crosses-below':
      return (i) => a.values[i]! <= level && a.values[i - 1]! > level;
    default:
      return unreachable(operator);
  }
}

type Reader = (i: number) => number;

function reader(source: Source, context: RuleContext): Reader {
  switch (source.kind) {
    case 'constant':
      return () => source.value;
    case 'column': {
      const { column, factor } = source;
      return (i) => column.values[i]! * factor;
    }
    case 'live-price': {
      const { factor } = source;
      return () => context.price * factor;
    }
    case 'bars-in-trade': {
      const { factor } = source;
      // The entry's own candle counts as one.
      return (i) => (context.entryIndex < 0 ? 0 : Math.max(0, i - context.entryIndex + 1)) * factor;
    }
    default:
      return unreachable(source);
  }
}

/** The general shape: two closures read, then compared. */
function compareValues(a: Reader, operator: Operator, b: Reader): Rule {
  switch (operator) {
    case '>':
      return (i) => a(i) > b(i);
    case '<':
      return (i) => a(i) < b(i);
    case 'crosses-above':
      return (i) => a(i) >= b(i) && a(i - 1) < b(i - 1);
    case 'crosses-below':
      return (i) => a(i) <= b(i) && a(i - 1) > b(i - 1);
    default:
      return unreachable(operator);
  }
}

/** Between closes, where the price stands on a side: each side as it is now, and as it was when candle `i` closed. */
function compareSinceClose([a, aBefore]: [Reader, Reader], operator: Operator, [b, bBefore]: [Reader, Reader]): Rule {
  switch (operator) {
    case '>':
      return (i) => a(i) > b(i);
    case '<':
      return (i) => a(i) < b(i);
    case 'crosses-above':
      return (i) => a(i) >= b(i) && aBefore(i) < bBefore(i);
    case 'crosses-below':
      return (i) => a(i) <= b(i) && aBefore(i) > bBefore(i);
    default:
      return unreachable(operator);
  }
}

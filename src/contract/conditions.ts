import { z } from 'zod';
import type { Comparison, Condition, Group, Operand } from '../core/bots.ts';
import { INDICATOR_NAMES, isIndicatorName, parseIndicator } from '../core/indicators/registry.ts';
import { isTimeframe, TIMEFRAMES } from '../core/time.ts';
import { choice, hasKey, readBy, section, unknownName } from './problems.ts';

/** Operands that are one word. */
const WORDS: Readonly<Record<string, Operand>> = {
  open: { kind: 'price', field: 'open' },
  high: { kind: 'price', field: 'high' },
  low: { kind: 'price', field: 'low' },
  close: { kind: 'price', field: 'close' },
  price: { kind: 'live-price' },
  volume: { kind: 'volume' },
  barsInTrade: { kind: 'bars-in-trade' },
};
const NAMES = [...Object.keys(WORDS), ...INDICATOR_NAMES];

/**
 * Reads a word ("close"), or an indicator with an optional higher timeframe ("ema(50)@4h").
 * @throws Error with a sentence that says what is wrong and what exists.
 */
export function parseOperand(text: string): Operand {
  const [name] = /^[^(.@]*/.exec(text) ?? [''];
  const word = name.trim();
  const isWord = Object.hasOwn(WORDS, word);
  if (!isWord && !isIndicatorName(word)) throw new Error(unknownName('operand', word, NAMES));
  if (isWord && name !== text) throw new Error(`"${word}" must stand alone: only an indicator takes more`);
  if (isWord) return WORDS[word];
  const [indicatorText, ...timeframes] = text.split('@');
  const indicator = parseIndicator(indicatorText);
  if (timeframes.length === 0) return { kind: 'indicator', indicator };
  const timeframe = timeframes.join('@').trim();
  if (!isTimeframe(timeframe)) throw new Error(unknownName('timeframe', timeframe, TIMEFRAMES));
  return { kind: 'indicator', indicator, timeframe };
}

const MOST_CONDITIONS = 50;
const OPERAND_RULE = 'must be a number, a text such as "close" or "sma(10)", or {"multiple": 1.5, "of": "atr(14)"}';

const numberOperand = z.number(OPERAND_RULE).transform((value): Operand => ({ kind: 'number', value }));
const textOperand = readBy((text) => parseOperand(String(text)));
const multipleOperand = z.lazy(() =>
  section({ multiple: z.number('must be a number, for example 1.5'), of: operandSchema }).transform(
    ({ multiple, of }): Operand => ({ kind: 'multiple', factor: multiple, of }),
  ),
);

/** 30, "close", "macd(12,26,9).signal", "ema(50)@4h", {"multiple": 1.5, "of": "atr(14)"} */
export const operandSchema: z.ZodType<Operand> = choice((input) => {
  if (typeof input === 'number') return numberOperand;
  if (typeof input === 'string') return textOperand;
  return hasKey(input, 'multiple') || hasKey(input, 'of') ? multipleOperand : undefined;
}, OPERAND_RULE);

const operatorSchema = z.enum(
  ['>', '<', 'crosses-above', 'crosses-below'],
  'must be ">", "<", "crosses-above" or "crosses-below"',
);

const comparison = z
  .tuple(
    [operandSchema, operatorSchema, operandSchema],
    'must be [left, operator, right], for example ["sma(10)", ">", "sma(30)"]',
  )
  .transform(([left, operator, right]): Comparison => ({ kind: 'comparison', left, operator, right }));

const conditions = z.lazy(() => {
  const rule = `must be a list of 1 to ${MOST_CONDITIONS} conditions`;
  return z.array(conditionSchema, rule).min(1, rule).max(MOST_CONDITIONS, rule);
});
const all = section({ all: conditions }).transform((group): Group => ({ kind: 'all', of: group.all }));
const any = section({ any: conditions }).transform((group): Group => ({ kind: 'any', of: group.any }));

/** ["sma(10)", ">", "sma(30)"], {"all": [...]}, {"any": [...]} */
export const conditionSchema: z.ZodType<Condition> = choice<Condition>((input) => {
  if (Array.isArray(input)) return comparison;
  if (hasKey(input, 'all')) return hasKey(input, 'any') ? undefined : all;
  return hasKey(input, 'any') ? any : undefined;
}, 'must be {"all": [...]}, {"any": [...]} or [left, operator, right]');

/** An indicator that a condition reads, and where in the file it stands. */
export interface IndicatorUse {
  readonly operand: Extract<Operand, { kind: 'indicator' }>;
  readonly path: readonly (string | number)[];
}

/** Every indicator of a condition. @param path Where the condition stands. */
export function indicatorsOf(condition: Condition, path: IndicatorUse['path']): readonly IndicatorUse[] {
  if (condition.kind !== 'comparison') {
    return condition.of.flatMap((inner, k) => indicatorsOf(inner, [...path, condition.kind, k]));
  }
  return [...indicatorsIn(condition.left, [...path, 0]), ...indicatorsIn(condition.right, [...path, 2])];
}

function indicatorsIn(operand: Operand, path: IndicatorUse['path']): readonly IndicatorUse[] {
  if (operand.kind === 'multiple') return indicatorsIn(operand.of, [...path, 'of']);
  return operand.kind === 'indicator' ? [{ operand, path }] : [];
}

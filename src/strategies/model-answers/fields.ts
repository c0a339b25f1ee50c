import type { Trend } from '#core/market-figures.ts';
import type { Recommendation } from '#core/votes.ts';

/**
 * What is read out of a field of an answer: its value, undefined where it is left out or null, and `BAD` where there is
 * something that cannot be taken for what it should be. Nothing is guessed: a range, a thousands comma or a word is bad.
 */
export const BAD = Symbol('bad');
export type Field<Value> = Value | undefined | typeof BAD;

const PLAIN_NUMBER = /^[+-]?\d+(\.\d+)?$/;
const LONGEST_TEXT = 4_000;

/** A price: a positive finite number, also as text. */
export function priceIn(value: unknown): Field<number> {
  const number = numberIn(value);
  if (number === undefined || number === BAD) return number;
  return number > 0 ? number : BAD;
}

/** A part of 1: 0 to 1, also as text; "85%" and 85 are 0.85. */
export function fractionIn(value: unknown): Field<number> {
  const isPercent = typeof value === 'string' && value.trim().endsWith('%');
  const number = numberIn(isPercent ? (value as string).trim().slice(0, -1).trim() : value);
  if (number === undefined || number === BAD) return number;
  const fraction = isPercent || number > 1 ? number / 100 : number;
  return fraction >= 0 && fraction <= 1 ? fraction : BAD;
}

export function recommendationIn(value: unknown): Field<Recommendation> {
  if (value === undefined || value === null) return undefined;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  return word === 'buy' || word === 'sell' || word === 'hold' ? word : BAD;
}

export function trendIn(value: unknown): Field<Trend> {
  if (value === undefined || value === null) return undefined;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  return word === 'up' || word === 'down' || word === 'sideways' ? word : BAD;
}

/** A field of an answer; what is no object has none, and what an object inherits is none of its own. */
export function fieldIn(answer: unknown, name: string): unknown {
  if (typeof answer !== 'object' || answer === null || !Object.hasOwn(answer, name)) return undefined;
  return (answer as Readonly<Record<string, unknown>>)[name];
}

/** Somebody else's words, no longer than they are read: control characters are taken out. */
export function textIn(value: unknown): string {
  return typeof value === 'string'
    ? value
        .replace(/\p{Cc}+/gu, ' ')
        .trim()
        .slice(0, LONGEST_TEXT)
    : '';
}

function numberIn(value: unknown): Field<number> {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') {
    const text = value.trim().replace(/^\$\s*/, '');
    return PLAIN_NUMBER.test(text) ? finite(Number(text)) : BAD;
  }
  return typeof value === 'number' ? finite(value) : BAD;
}

function finite(value: number): Field<number> {
  return Number.isFinite(value) ? value : BAD;
}

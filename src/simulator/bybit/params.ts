import { BYBIT_CODES } from '#protocols/bybit-codes.ts';
import { Refusal } from './refusal.ts';

/** The parameters of a request: texts of a query, or the fields of a JSON body. Unknown ones are ignored. */
export class Params {
  private readonly values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.values = values;
  }

  static ofQuery(query: string): Params {
    return new Params(Object.fromEntries(new URLSearchParams(query)));
  }

  /** @throws Refusal unless it is one JSON object. */
  static ofBody(body: string): Params {
    let parsed: unknown;
    try {
      parsed = JSON.parse(body === '' ? '{}' : body);
    } catch {
      throw badParameter('request body is not valid JSON');
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      throw badParameter('request body must be a JSON object');
    }
    return new Params(Object.fromEntries(Object.entries(parsed)));
  }

  /** Text, or a number or boolean as text; undefined where it is missing or empty. */
  text(name: string): string | undefined {
    const value = this.values[name];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'object') throw badParameter(`params error: ${name} invalid`);
    return String(value);
  }

  need(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw badParameter(`params error: ${name} is required`);
    return text;
  }

  /** One of some words. */
  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const word = words.find((one) => one === text);
    if (word === undefined) throw badParameter(`params error: ${name} invalid`);
    return word;
  }

  needOneOf<Word extends string>(name: string, words: readonly Word[]): Word {
    const word = this.oneOf(name, words);
    if (word === undefined) throw badParameter(`params error: ${name} is required`);
    return word;
  }

  /** A whole number from 0 on. */
  whole(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^\d{1,16}$/.test(text)) throw badParameter(`params error: ${name} invalid`);
    return Number(text);
  }

  /** How many rows are asked for: more than the most are as many as the most. */
  limit(usual: number, most: number): number {
    return Math.max(1, Math.min(most, this.whole('limit') ?? usual));
  }

  flag(name: string): boolean {
    return this.text(name) === 'true';
  }

  /** Objects of a list. */
  list(name: string): readonly Params[] {
    const value = this.values[name];
    if (!Array.isArray(value)) throw badParameter(`params error: ${name} is required`);
    return value.map((one: unknown) => new Params(typeof one === 'object' && one !== null ? { ...one } : {}));
  }

  with(name: string, value: unknown): Params {
    return new Params({ ...this.values, [name]: value });
  }
}

export function badParameter(text: string): Refusal {
  return new Refusal(BYBIT_CODES.badParameter, text);
}

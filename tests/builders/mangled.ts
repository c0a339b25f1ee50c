import type { Chance } from '#core/random.ts';

/** How many messages a fuzz test makes. A million take minutes: AUTOTRADER_FUZZ_RUNS=1000000. */
export const FUZZ_RUNS = Number(process.env.AUTOTRADER_FUZZ_RUNS ?? 20_000);

const JUNK: readonly unknown[] = [
  ...[
    '',
    ' ',
    '0',
    '-0',
    '-1',
    '1e309',
    '1e-9',
    'NaN',
    'Infinity',
    '0x10',
    '1,5',
    '.5',
    '5.',
    '+1',
    '٣',
    '\u0000',
    '0.0',
  ],
  ...['999999999999999999999', '0.1234567890123456789', '9'.repeat(400), 'Buy', 'Sell', 'None', 'BTCUSDT', 'ETHUSDT'],
  ...[0, -1, 1, 0.1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, null, undefined, true, false],
  ...[[], {}, [[]], ['1'], { list: [] }, { toString: 'no' }],
];

/** The same message with some of its values, keys or letters made into something else. */
export function mangled(message: unknown, chance: Chance): unknown {
  if (typeof message === 'string') return mangledText(message, chance);
  if (chance.next() < 0.02) return junk(chance);
  const copy = structuredClone(message);
  for (let more = true; more; more = chance.next() < 0.4) mangleOnce(copy, chance);
  return copy;
}

/** The same as JSON can carry it: what cannot is left out or null there. */
export function mangledJson(message: unknown, chance: Chance): string {
  const whole = JSON.stringify(mangled(message, chance));
  const text: string = whole ?? 'null';
  return chance.next() < 0.1 ? mangledText(text, chance) : text;
}

/** A text with letters changed, taken out or put in, or cut off. */
export function mangledText(text: string, chance: Chance): string {
  let other = text;
  for (let more = true; more; more = chance.next() < 0.5) other = otherText(other, chance);
  return chance.next() < 0.1 ? other.slice(0, Math.floor(chance.next() * other.length)) : other;
}

export function one<Value>(values: readonly Value[], chance: Chance): Value {
  return values[Math.floor(chance.next() * values.length)]!;
}

/** Whether there is a number in it that is none. */
export function hasNaN(value: unknown): boolean {
  if (typeof value === 'number') return Number.isNaN(value);
  if (value instanceof Map) return [...value.values()].some(hasNaN);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasNaN);
}

/** Its own copy: what is put in may be mangled again. */
function junk(chance: Chance): unknown {
  return structuredClone(one(JUNK, chance));
}

function mangleOnce(value: unknown, chance: Chance): void {
  if (typeof value !== 'object' || value === null) return;
  const names = Object.keys(value);
  if (names.length === 0) return;
  const name = one(names, chance);
  const before: unknown = Reflect.get(value, name);
  const act = chance.next();
  if (typeof before === 'object' && before !== null && chance.next() < 0.8) mangleOnce(before, chance);
  else if (act < 0.15 && Array.isArray(value)) value.splice(Number(name), 1);
  else if (act < 0.15) Reflect.deleteProperty(value, name);
  else if (act < 0.3 && typeof before === 'string') Reflect.set(value, name, otherText(before, chance));
  else Reflect.set(value, name, junk(chance));
}

function otherText(text: string, chance: Chance): string {
  const at = Math.floor(chance.next() * (text.length + 1));
  const put = one(['-', '.', 'e', '9', '0', ' ', 'x', '', '{', '}', '"', '\\', '['], chance);
  return text.slice(0, at) + put + text.slice(at + 1);
}

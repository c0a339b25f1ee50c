/** A text that is no JSON document for us; the message is one sentence with the line and the column. */
export class JsonTextError extends Error {
  override readonly name = 'JsonTextError';
  /** Both counted from 1. */
  readonly line: number;
  readonly column: number;

  constructor(text: string, at: number, problem: string) {
    const before = text.slice(0, at).split('\n');
    const column = before[before.length - 1].length + 1;
    super(`line ${before.length}, column ${column}: ${problem}`);
    this.line = before.length;
    this.column = column;
  }
}

/** Deeper nesting is a mistake or an attack: what reads the document afterwards may recurse. */
const MOST_NESTED = 32;

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;
/** Of a long word its beginning. */
const FOUND = /[\w.+-]{1,60}|[\s\S]?/y;

/** What may stand next, and how a person would say so. */
const EXPECTED = {
  value: 'a value',
  'value or ]': 'a value or "]"',
  key: 'a key in double quotes',
  'key or }': 'a key in double quotes or "}"',
  colon: '":"',
  'comma or }': '"," or "}"',
  'comma or ]': '"," or "]"',
  end: 'the end of the text',
} as const;
type Expected = keyof typeof EXPECTED;

/** An object (with the keys it has so far) or a list whose end has not come yet. */
type Open = Set<string> | 'list';

/**
 * `JSON.parse` with the place of a mistake, which engines tell in different ways or not at all. A key that stands twice
 * in one object is a mistake too: the first would silently be lost. So is nesting of more than 32 levels.
 * @throws JsonTextError
 */
export function parseJson(text: string): unknown {
  const open: Open[] = [];
  let expected: Expected = 'value';
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    at += found?.length ?? 0;
    return found;
  };
  for (;;) {
    take(SPACE);
    const from = at;
    if (at === text.length && expected === 'end') return JSON.parse(text);
    const next = step(expected, open, take);
    if (next === undefined) throw unexpected(text, from, expected);
    if (next === 'twice')
      throw new JsonTextError(text, from, 'the key stands twice in one object; remove one of the two');
    if (open.length > MOST_NESTED)
      throw new JsonTextError(text, from, `more than ${MOST_NESTED} levels; nest less deeply`);
    expected = next;
  }
}

/** Takes the next piece of text; answers what may follow it, or undefined when it may not stand there. */
function step(
  expected: Expected,
  open: Open[],
  take: (pattern: RegExp) => string | undefined,
): Expected | 'twice' | undefined {
  const inside = open[open.length - 1];
  const closes = expected.endsWith(']') ? /\]/y : expected.endsWith('}') ? /\}/y : undefined;
  if (closes && take(closes)) {
    open.pop();
    return afterValue(open);
  }
  if (expected.startsWith('value')) {
    if (take(STRING) ?? take(SCALAR)) return afterValue(open);
    if (take(/\{/y)) {
      open.push(new Set());
      return 'key or }';
    }
    if (!take(/\[/y)) return undefined;
    open.push('list');
    return 'value or ]';
  }
  if (expected.startsWith('key') && inside instanceof Set) {
    const key = take(STRING);
    if (key === undefined) return undefined;
    const name: string = JSON.parse(key);
    if (inside.has(name)) return 'twice';
    inside.add(name);
    return 'colon';
  }
  if (expected === 'colon') return take(/:/y) ? 'value' : undefined;
  return expected === 'end' || !take(/,/y) ? undefined : inside === 'list' ? 'value' : 'key';
}

function afterValue(open: readonly Open[]): Expected {
  if (open.length === 0) return 'end';
  return open[open.length - 1] === 'list' ? 'comma or ]' : 'comma or }';
}

function unexpected(text: string, at: number, expected: Expected): JsonTextError {
  FOUND.lastIndex = at;
  const [found = ''] = FOUND.exec(text) ?? [];
  let fix = '';
  if (/[}\]]/.test(found) && /,\s*$/.test(text.slice(0, at))) fix = '; remove the comma before it';
  if (found === '/') fix = '; JSON has no comments, remove it';
  const what = found === '' ? 'the end of the text' : JSON.stringify(found);
  return new JsonTextError(text, at, `expected ${EXPECTED[expected]}, found ${what}${fix}`);
}

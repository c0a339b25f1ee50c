import { JSONRepairError, jsonrepair } from 'jsonrepair';

/** What was found in the text of an answer. */
export type AnswerText =
  | { readonly kind: 'value'; readonly value: Readonly<Record<string, unknown>> }
  /** @param why The end of a sentence: "as it ...". */
  | { readonly kind: 'unreadable'; readonly why: string };

/** Longer than any answer to us: what is longer is not looked at. */
const LONGEST = 200_000;
/** Slips are mended in what is no longer: the time for it grows with the square of the length. */
const LONGEST_MENDED = 20_000;
const DEEPEST = 32;

const THOUGHT_TAG = /<(\/?)(?:think|thinking|reasoning)>/gi;
const FENCE = '```';
const INVISIBLE = /[\u200b-\u200f\u2060\ufeff]/g;
const FULL_WIDTH: Readonly<Record<string, string>> = {
  '：': ':',
  '，': ',',
  '｛': '{',
  '｝': '}',
  '［': '[',
  '］': ']',
  '＂': '"',
};

/**
 * The JSON object in what a model wrote: bare, in a fence, after its thoughts, or between sentences; with the slips that models
 * make (trailing commas, single or curly quotes, comments, True and None).
 *
 * What is cut off is never completed, and two objects that differ are no answer: which one is meant nobody knows. A value
 * is no more than JSON; whoever asked checks what is in it.
 */
export function readAnswerText(text: string): AnswerText {
  if (text.length > LONGEST) return unreadable(`is longer than ${LONGEST} characters`);
  const said = withoutThoughts(plain(text)).trim();
  if (said === '') return unreadable('is empty');
  const fenced = fencedIn(said);
  const found = (fenced.some((one) => one.includes('{')) ? fenced : [said]).flatMap(objectsIn);
  if (found.some((value) => isDeeper(value, DEEPEST))) return unreadable('is nested too deeply');
  const values = new Map(found.map((value) => [JSON.stringify(value), value]));
  if (values.size > 1) return unreadable('holds several objects that differ');
  const [value] = values.values();
  if (value === undefined) return unreadable(said.includes('{') ? 'holds no whole JSON object' : 'holds no JSON');
  return { kind: 'value', value };
}

function plain(text: string): string {
  return text.replace(INVISIBLE, '').replace(/[：，｛｝［］＂]/g, (sign) => FULL_WIDTH[sign]!);
}

/**
 * Drafts are no answers. A thought that does not end was cut off before the answer; one that ends without a beginning began
 * before the text.
 */
function withoutThoughts(text: string): string {
  let kept = '';
  let from = 0;
  let isThought = false;
  for (const { 0: tag, 1: slash, index } of text.matchAll(THOUGHT_TAG)) {
    if (slash === '/') {
      if (!isThought) kept = '';
      isThought = false;
      from = index + tag.length;
    } else if (!isThought) {
      kept += text.slice(from, index);
      isThought = true;
    }
  }
  return isThought ? kept : kept + text.slice(from);
}

/** What stands in fences that are closed; the name behind the first is part of it. */
function fencedIn(text: string): string[] {
  const parts = text.split(FENCE);
  return parts.filter((_, k) => k % 2 === 1 && k < parts.length - 1);
}

/** Every whole object at the top level of a text. */
function objectsIn(text: string): Readonly<Record<string, unknown>>[] {
  const found: Readonly<Record<string, unknown>>[] = [];
  for (let from = text.indexOf('{'); from >= 0; ) {
    const end = endOfObject(text, from);
    if (end < 0) return found;
    const value = parsed(text.slice(from, end));
    if (value !== undefined) found.push(value);
    from = text.indexOf('{', end);
  }
  return found;
}

/** The index after the brace that closes the one at `from`; -1 where none does. */
function endOfObject(text: string, from: number): number {
  let depth = 0;
  let quote = '';
  for (let i = from; i < text.length; i++) {
    const sign = text[i]!;
    if (quote !== '') {
      if (sign === '\\') i += 1;
      else if (sign === quote) quote = '';
    } else if (sign === '"' || sign === '“') {
      quote = sign === '“' ? '”' : sign;
    } else if (sign === '{') {
      depth += 1;
    } else if (sign === '}') {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return -1;
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return text.length > LONGEST_MENDED ? undefined : repaired(text);
  }
}

function repaired(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return objectOf(JSON.parse(jsonrepair(text)));
  } catch (error) {
    if (error instanceof JSONRepairError || error instanceof SyntaxError || error instanceof RangeError)
      return undefined;
    throw error;
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** Goes no deeper than asked: an answer may be nested deeper than calls can be. */
function isDeeper(value: unknown, than: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return than === 0 || Object.values(value).some((inner) => isDeeper(inner, than - 1));
}

function unreadable(why: string): AnswerText {
  return { kind: 'unreadable', why };
}

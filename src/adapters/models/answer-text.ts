import { JSONRepairError, jsonrepair } from 'jsonrepair';

/** What was found in the text of an answer. */
export type AnswerText =
  | { readonly kind: 'value'; readonly value: Readonly<Record<string, unknown>> }
  /** @param why The end of a sentence: "as it ...". */
  | { readonly kind: 'unreadable'; readonly why: string };

/** Longer than any answer to us: what is longer is not looked at. */
const LONGEST = 200_000;
const DEEPEST = 32;

const THOUGHTS = /<(think|thinking|reasoning)>[\s\S]*?<\/\1>/gi;
const OPEN_THOUGHT = /<(think|thinking|reasoning)>/i;
const CLOSED_THOUGHT = /^[\s\S]*<\/(?:think|thinking|reasoning)>/i;
const FENCED = /```[a-z]*\s*\n?([\s\S]*?)```/gi;
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
  const fenced = [...said.matchAll(FENCED)].map(([, inside]) => inside!);
  const found = (fenced.some((one) => one.includes('{')) ? fenced : [said]).flatMap(objectsIn);
  const values = new Map(found.map((value) => [JSON.stringify(value), value]));
  if (values.size > 1) return unreadable('holds several objects that differ');
  const [value] = values.values();
  if (value === undefined) return unreadable(said.includes('{') ? 'holds no whole JSON object' : 'holds no JSON');
  return depthOf(value) > DEEPEST ? unreadable('is nested too deeply') : { kind: 'value', value };
}

function plain(text: string): string {
  return text.replace(INVISIBLE, '').replace(/[：，｛｝［］＂]/g, (sign) => FULL_WIDTH[sign]!);
}

/** Drafts are no answers. A thought that does not end was cut off before the answer. */
function withoutThoughts(text: string): string {
  const rest = text.replace(THOUGHTS, '').replace(CLOSED_THOUGHT, '');
  const open = OPEN_THOUGHT.exec(rest);
  return open === null ? rest : rest.slice(0, open.index);
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
    return repaired(text);
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

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let deepest = 0;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner));
  return deepest + 1;
}

function unreadable(why: string): AnswerText {
  return { kind: 'unreadable', why };
}

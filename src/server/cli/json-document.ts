import type { Writable } from 'node:stream';

declare global {
  /** Text that is already JSON; `JSON.stringify` writes it as it stands. */
  interface RawJson {
    readonly rawJSON: string;
  }
  interface JSON {
    /** @throws SyntaxError unless the text is one JSON number, text, boolean or null. */
    rawJSON(text: string): RawJson;
  }
}

const WRITE_CHARACTERS = 1 << 16;

/** A plain decimal as a JSON number with exactly these digits: no float stands between. */
export function exact(decimal: string): RawJson {
  return JSON.rawJSON(decimal);
}

/**
 * Writes one JSON document: a line for each field and for each item of a list, so that two documents can be compared
 * line by line. Items are made as they are written, so a long list never stands in memory.
 *
 * @param fields A field's value is whatever `JSON.stringify` takes, or an iterable of that.
 */
export async function writeDocument(out: Writable, fields: Readonly<Record<string, unknown>>): Promise<void> {
  let text = '';
  for (const piece of piecesOf(fields)) {
    text += piece;
    if (text.length < WRITE_CHARACTERS) continue;
    await write(out, text);
    text = '';
  }
  await write(out, text);
}

function* piecesOf(fields: Readonly<Record<string, unknown>>): Generator<string> {
  let before = '{\n';
  for (const [key, value] of Object.entries(fields)) {
    yield `${before}${JSON.stringify(key)}: `;
    if (isList(value)) yield* itemsOf(value);
    else yield JSON.stringify(value);
    before = ',\n';
  }
  yield '\n}\n';
}

function* itemsOf(list: Iterable<unknown>): Generator<string> {
  let before = '[\n';
  for (const item of list) {
    yield before + JSON.stringify(item);
    before = ',\n';
  }
  yield before === '[\n' ? '[]' : '\n]';
}

function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** Resolves when the stream has taken the text; rejects when it cannot. */
function write(out: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    out.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

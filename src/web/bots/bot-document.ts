/** A bot file as the form edits it: JSON that may be anything, changed at one place at a time. */
export type BotDocument = Readonly<Record<string, unknown>>;
export type Path = readonly (string | number)[];

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined for a text that is no JSON object: it can be mended as a text only. */
export function readDocument(text: string): BotDocument | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function textOfDocument(document: BotDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** What stands at a place; undefined where there is nothing. */
export function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

/** The document with another value at a place; undefined takes away what is there, and a section with its last field. */
export function withValue(document: BotDocument, path: Path, value: unknown): BotDocument {
  return changed(document, path, value) as BotDocument;
}

function changed(part: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const made = changed(valueAt(part, [key]), rest, value);
  const inner = value === undefined && isObject(made) && Object.keys(made).length === 0 ? undefined : made;
  if (typeof key === 'number') {
    const list = Array.isArray(part) ? part : [];
    return inner === undefined ? list.toSpliced(key, 1) : list.toSpliced(key, 1, inner);
  }
  const { [key]: _, ...others } = isObject(part) ? part : {};
  if (inner === undefined) return others;
  return isObject(part) ? { ...part, [key]: inner } : { [key]: inner };
}

/** At how many places two documents differ: each number, text or list counts once. */
export function changesBetween(before: unknown, after: unknown): number {
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].reduce((sum, key) => sum + changesBetween(before[key], after[key]), 0);
  }
  return JSON.stringify(before) === JSON.stringify(after) ? 0 : 1;
}

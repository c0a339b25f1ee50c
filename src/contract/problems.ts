import { z } from 'zod';
import { nearest } from '../core/indicators/nearest.ts';

type Path = readonly PropertyKey[];

const LONGEST_VALUE_SHOWN = 60;
/** A document with more is no bot file with mistakes: nobody mends it by reading on. */
const MOST_TOLD = 100;

/** A JSON object with these keys and no others. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const keys = Object.keys(shape);
  return z.strictObject(shape, {
    // For unknown keys the message only carries the known ones: `problemLines` makes a sentence of each.
    error: ({ code }) => (code === 'unrecognized_keys' ? keys.join(' ') : `must be an object with ${keys.join(', ')}`),
  });
}

/**
 * One of several shapes. Other than a union it decides by a look at the value which one is meant, so that a mistake is
 * reported once, at its place, by the one shape.
 * @param choose The shape that the value tries to be, if it can be told.
 * @param rule What to say when it cannot.
 */
export function choice<Out>(choose: (input: unknown) => z.ZodType<Out> | undefined, rule: string) {
  return z.unknown().transform((input, context): Out => {
    const shape = choose(input);
    const result = shape?.safeParse(input);
    if (result?.success) return result.data;
    if (!result) context.addIssue(rule);
    for (const issue of result?.error.issues ?? []) context.issues.push({ ...issue, input } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
}

/** What `read` makes of the value; the message of what it throws is the rule that the value breaks. */
export function readBy<Out>(read: (input: unknown) => Out) {
  return z.unknown().transform((input, context): Out => {
    try {
      return read(input);
    } catch (error) {
      context.addIssue(error instanceof Error ? error.message : String(error));
      return z.NEVER;
    }
  });
}

export function hasKey(input: unknown, key: string): boolean {
  return typeof input === 'object' && input !== null && Object.hasOwn(input, key);
}

/** What is wrong at one place of a document. */
export interface FileProblem {
  /** As people write it: entry.long.all[0][2]. Empty where the text is no document yet. */
  readonly path: string;
  /** The rule with a fix, and the value. */
  readonly message: string;
}

/** Each problem with its place; after so many, only how many more there are. */
export function fileProblems(issues: readonly z.core.$ZodIssue[], document: unknown): readonly FileProblem[] {
  const found = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownKey(issue, key))
      : () => problemOf(issue, document),
  );
  const more = found.length - MOST_TOLD;
  const told = found.slice(0, MOST_TOLD).map((tell) => tell());
  return more > 0 ? [...told, { path: '', message: `there are ${more} more problems; mend these first` }] : told;
}

function problemOf(issue: z.core.$ZodIssue, document: unknown): FileProblem {
  const value = shown(valueAt(document, issue.path));
  return { path: pathText(issue.path), message: `${issue.message} (${value})` };
}

/** Told on demand: the nearest of the known keys is looked for. */
function unknownKey({ path, message }: z.core.$ZodIssue, key: string): () => FileProblem {
  return () => ({ path: pathText([...path, key]), message: unknownName('key', key, message.split(' ')) });
}

/** A line for each problem: its path in the document, the rule with a fix, and the value. */
export function problemLines(issues: readonly z.core.$ZodIssue[], document: unknown): readonly string[] {
  return fileProblems(issues, document).map(problemLine);
}

export function problemLine({ path, message }: FileProblem): string {
  return path === '' ? message : `${path}: ${message}`;
}

/** "there is no key "stopp"; did you mean "stop"? There are stop, target". */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  const guess = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return `there is no ${what} ${JSON.stringify(name)}${guess}${guess ? ' There are' : '; there are'} ${known.join(', ')}`;
}

function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (const key of path) value = hasKey(value, String(key)) ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  return value;
}

function shown(value: unknown): string {
  if (value === undefined) return 'it is missing';
  const text = JSON.stringify(value);
  return `it is ${text.length > LONGEST_VALUE_SHOWN ? `${text.slice(0, LONGEST_VALUE_SHOWN)}…` : text}`;
}

/** As people write it: entry.long.all[0][2]. */
export function pathText(path: Path): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'the file' : text.replace(/^\./, '');
}

import { z } from 'zod';
import { badRequest } from './failure.ts';

/** A file that came with a request. */
export interface SentFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a method was called with: values as they came (of a form they are all texts), and files by their part's name. */
export interface Parameters {
  readonly values: Readonly<Record<string, unknown>>;
  readonly files: ReadonlyMap<string, SentFile>;
}

/** Reads parameters from the query and from a body of JSON or a form. @throws TelegramFailure 400 */
export async function parametersOf(query: URLSearchParams, type: string, body: Uint8Array): Promise<Parameters> {
  const values: Record<string, unknown> = Object.fromEntries(query);
  const files = new Map<string, SentFile>();
  if (body.length === 0) return { values, files };
  if (/^application\/json\b/i.test(type)) return { values: { ...values, ...jsonObject(body) }, files };
  const form = await formOf(type, body);
  for (const [name, part] of form) {
    if (typeof part === 'string') values[name] = part;
    else files.set(name, { name: part.name, bytes: new Uint8Array(await part.arrayBuffer()) });
  }
  return { values, files };
}

function jsonObject(body: Uint8Array): object {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, as for every other body that is no object.
  }
  throw badRequest("can't parse request JSON object");
}

async function formOf(type: string, body: Uint8Array): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  } catch {
    throw badRequest("can't parse request body");
  }
}

/** Reads one method's parameters. @throws TelegramFailure 400 that names the first one that is wrong. */
export function read<Shape extends z.ZodType>(shape: Shape, values: Readonly<Record<string, unknown>>): z.infer<Shape> {
  const result = shape.safeParse(values);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  if (path[0] === 'chat_id' && values.chat_id === undefined) throw badRequest('chat_id is empty');
  throw badRequest(`invalid parameter "${path.join('.')}": ${message}`);
}

/** A whole number, written as one or as text. */
export const whole = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);

/** A value that a form carries as JSON text. */
export function structured<Shape extends z.ZodType>(shape: Shape) {
  return z.preprocess((value) => (typeof value === 'string' ? jsonOrText(value) : value), shape);
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

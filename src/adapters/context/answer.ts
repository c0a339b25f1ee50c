import { z } from 'zod';

/** An answer that is not what it should be. The message is a part of a sentence: the rule and the value. */
export class AnswerRefused extends Error {
  override readonly name = 'AnswerRefused';
}

/** A number that some sources write as text; nothing but digits is one. */
export const numberText = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

/** UTC seconds, as far as dates go. */
export const epochSeconds = z.number().int().positive().max(8.64e12);

/** Where the first problem lies, and what it is. */
export function problemOf({ issues: [issue] }: z.ZodError): string {
  return `${issue!.path.join('.') || 'all of it'}: ${issue!.message}`;
}

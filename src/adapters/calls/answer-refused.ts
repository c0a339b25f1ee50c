import type { z } from 'zod';

/** An answer that is not what it should be; the message is the rule and the value. */
export class AnswerRefused extends Error {
  override readonly name = 'AnswerRefused';
}

/** Where the first problem lies, and what it is. */
export function problemOf({ issues: [issue] }: z.ZodError): string {
  return `${issue!.path.join('.')} ${issue!.message}`;
}

import type { z } from 'zod';

/** Reads what the control port was given for a command. @throws Error in a sentence that names what is wrong. */
export function commandInput<Shape extends z.ZodType>(command: string, shape: Shape, input: unknown): z.infer<Shape> {
  const read = shape.safeParse(input);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `"${path.join('.')}": ${message}`);
  throw new Error(`Cannot do "${command}" as its input is not as it must be: ${problems.join('; ')}`);
}

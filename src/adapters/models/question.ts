import { createHash } from 'node:crypto';
import type { ModelQuestion } from '#ports/models.ts';

/**
 * SHA-256 of all that is asked, lower-case hex. Of images it is what they were drawn from: the same question has the same hash on
 * any machine, also where one draws a shade differently.
 */
export function questionId(question: ModelQuestion): string {
  const images = question.images.map(({ drawnFrom }) => drawnFrom);
  return createHash('sha256').update(textOf(question, images)).digest('hex');
}

/** All that is asked as one JSON text: what a recording keeps of it, of images the hashes of their bytes. */
export function questionText(question: ModelQuestion): string {
  return textOf(
    question,
    question.images.map(({ sha256 }) => sha256),
  );
}

function textOf(
  { model, promptName, system, user, facts, schema, parameters }: ModelQuestion,
  images: readonly string[],
): string {
  const { temperature = null, maxTokens, extras } = parameters;
  return JSON.stringify({
    ...{ model, promptName, system, user, facts, images },
    schema: { name: schema.name, json: schema.json },
    // Left out where there are none: what was recorded without them keeps its hash.
    parameters: { temperature, maxTokens, ...(extras !== undefined && { extras }) },
  });
}

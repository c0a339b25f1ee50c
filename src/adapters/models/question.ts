import { createHash } from 'node:crypto';
import type { ModelQuestion } from '#ports/models.ts';

/** SHA-256 of all that is asked, lower-case hex; of images their own hashes. The same question has the same on any machine. */
export function questionId(question: ModelQuestion): string {
  return createHash('sha256').update(questionText(question)).digest('hex');
}

/** All that is asked as one JSON text: what a recording keeps of it. */
export function questionText({
  model,
  promptName,
  system,
  user,
  facts,
  images,
  schema,
  parameters,
}: ModelQuestion): string {
  return JSON.stringify({
    model,
    promptName,
    system,
    user,
    facts,
    images: images.map(({ sha256 }) => sha256),
    schema: { name: schema.name, json: schema.json },
    parameters: { temperature: parameters.temperature ?? null, maxTokens: parameters.maxTokens },
  });
}

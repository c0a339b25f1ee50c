import { getRandomValues } from 'node:crypto';
import type { Random } from '#ports/random.ts';

/** The machine's own chance. */
export const systemRandom: Random = {
  seed: () => getRandomValues(new Uint32Array(1))[0]!,
};

import { expect, test } from 'vitest';
import { imagesToRemove, type KeptImage } from './image-retention.ts';

const DAY = 86_400_000;
const NOW = 100 * DAY;

/** @param ages Days, by name. */
function imagesOf(ages: Readonly<Record<string, number>>, bytes = 10): readonly KeptImage[] {
  return Object.entries(ages).map(([sha256, days]) => ({ sha256, bytes, keptAt: NOW - days * DAY }));
}

test.each([
  { name: 'nothing', images: [], removed: [] },
  { name: 'what is young and small', images: imagesOf({ a: 1, b: 2 }), removed: [] },
  { name: 'what is exactly as old as allowed', images: imagesOf({ a: 0, b: 30 }), removed: [] },
  { name: 'what is too old', images: imagesOf({ b: 30.1, a: 0, c: 90 }), removed: ['b', 'c'] },
  { name: 'the oldest of too many', images: imagesOf({ c: 3, a: 1, b: 2 }, 40), removed: ['c'] },
  { name: 'the newest, however old', images: imagesOf({ b: 91, a: 90 }), removed: ['b'] },
  { name: 'the newest, however large', images: imagesOf({ a: 1, b: 2 }, 500), removed: ['b'] },
  {
    name: 'a small old one, where a larger newer one had no room',
    images: [...imagesOf({ a: 1 }, 60), ...imagesOf({ b: 2 }, 60), ...imagesOf({ c: 3 }, 1)],
    removed: ['b', 'c'],
  },
  { name: 'of those kept at once the later by hash', images: imagesOf({ b: 1, a: 1 }, 60), removed: ['b'] },
])('$name', ({ images, removed }) => {
  const found = imagesToRemove(images, { days: 30, bytes: 100 }, NOW);
  expect(found.map(({ sha256 }) => sha256)).toEqual(removed);
});

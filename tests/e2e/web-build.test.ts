import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startProduct } from './product.ts';

test('two first starts at once: one builds the pages, the other waits for it, and both serve them', async () => {
  rmSync('src/web/out/.stamp', { force: true });
  const started = await Promise.allSettled([1, 2].map(() => startProduct(['--market', 'simulated'])));
  const products = started.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  try {
    expect(started.filter(({ status }) => status === 'rejected')).toEqual([]);
    for (const { address } of products) expect((await fetch(address)).status).toBe(200);
  } finally {
    for (const product of products) await product.stop();
  }
});

import { expect, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { Journal } from './journal.ts';

const came = (body: string) =>
  ({ service: 'bybit', kind: 'frame', route: 'STREAM /', query: '', headers: {}, body }) as const;

test('forgets the oldest beyond so many bytes, and never the newest', () => {
  const journal = new Journal(systemClock, 100_000);
  for (let k = 1; k <= 1_000; k++) {
    journal.note(came('x'.repeat(1_000)));
    const kept = journal.list();
    expect(kept.at(-1)!.number).toBe(k);
    // 1,000 characters and what stands around them are 2,616 bytes.
    expect(kept.length).toBeLessThanOrEqual(38);
    if (k > 38) expect(kept.length).toBeGreaterThanOrEqual(19);
  }
  journal.note(came('y'.repeat(200_000)));
  expect(journal.list().map(({ number }) => number)).toEqual([1_001]);
  journal.note(came('z'));
  expect(journal.list().at(-1)!.number).toBe(1_002);
});

test('counts headers and queries too', () => {
  const journal = new Journal(systemClock, 100_000);
  for (let k = 0; k < 100; k++)
    journal.note({ ...came(''), query: 'q'.repeat(500), headers: { agent: 'h'.repeat(500) } });
  expect(journal.list().length).toBeLessThan(40);
});

import { describe, expect, test } from 'vitest';
import { seededChance } from '#core/random.ts';
import type { EpochMs } from '#core/time.ts';
import { PaperRun } from './paper-run.ts';

const HOURS = 24;

async function undisturbed(marketSeed: number, orderSeed: number): Promise<PaperRun> {
  const run = new PaperRun(marketSeed, orderSeed);
  await run.start();
  await run.pass(HOURS);
  return run;
}

async function crashed(marketSeed: number, orderSeed: number, crashes: number): Promise<PaperRun> {
  const chance = seededChance(orderSeed + 1);
  const run = new PaperRun(marketSeed, orderSeed);
  let passed = 0;
  for (let k = 0; k < crashes; k++) {
    await run.start();
    const hours = (chance.next() * 2 * HOURS) / crashes / 2;
    await run.pass(hours);
    passed += hours;
    run.kill();
  }
  await run.start();
  await run.pass(HOURS - passed);
  return run;
}

describe('the cycle on a virtual clock', () => {
  test('the same seed gives the same trace', async () => {
    const [first, again] = [await undisturbed(7, 1), await undisturbed(7, 1)];
    expect(first.trace.length).toBeGreaterThan(20);
    expect(again.traceHash).toBe(first.traceHash);
  });

  test('another seed gives another trace', async () => {
    expect((await undisturbed(8, 1)).traceHash).not.toBe((await undisturbed(7, 1)).traceHash);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'killed and started again, seed %i: no fill twice and none lost',
    async (seed) => {
      const run = await crashed(7, seed, 6);
      const calm = await undisturbed(7, 1);
      // Slow commits hold the market up, so one may be a few candles ahead: all that both have come to is compared.
      const until = Math.min(await run.reached(), await calm.reached());
      const earlier = <Row>(rows: readonly Row[], timeOf: (row: Row) => number) =>
        rows.filter((row) => timeOf(row) < until);
      const fillsOf = async ({ store }: PaperRun) => earlier(await store.fills({}), ({ executedAt }) => executedAt);
      expect((await fillsOf(run)).length).toBeGreaterThan(30);
      expect(await fillsOf(run)).toEqual(await fillsOf(calm));
      const snapshotsOf = async ({ store, accountId }: PaperRun) =>
        earlier(await store.snapshots(accountId, 0 as EpochMs, Number.MAX_SAFE_INTEGER as EpochMs), ({ at }) => at);
      expect(await snapshotsOf(run)).toEqual(await snapshotsOf(calm));
    },
  );
});

import { describe, expect, test } from 'vitest';
import { seededChance } from '#core/random.ts';
import type { EpochMs } from '#core/time.ts';
import { PaperRun } from './paper-run.ts';

const HOURS = 24;
/** Ticks that seldom fall on a close. */
const BETWEEN = {
  tradingFrequency: 100,
  entry: { long: ['price', 'crosses-above', 'sma(5)'], short: ['price', 'crosses-below', 'sma(5)'] },
  exit: { long: ['price', '<', 'sma(12)'], short: ['price', '>', 'sma(12)'] },
};

async function undisturbed(marketSeed: number, orderSeed: number, changes?: object): Promise<PaperRun> {
  const run = new PaperRun(marketSeed, orderSeed, changes);
  await run.start();
  await run.pass(HOURS);
  return run;
}

async function crashed(marketSeed: number, orderSeed: number, crashes: number, changes?: object): Promise<PaperRun> {
  const chance = seededChance(orderSeed + 1);
  const run = new PaperRun(marketSeed, orderSeed, changes);
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

  const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
  test.each([
    ...SEEDS.map((seed) => ({ name: 'at closes', changes: {}, seed })),
    ...SEEDS.slice(0, 4).map((seed) => ({ name: 'every 100 s', changes: BETWEEN, seed })),
  ])('killed and started again, $name, seed $seed: no fill twice and none lost', async ({ changes, seed }) => {
    const run = await crashed(7, seed, 6, changes);
    const calm = await undisturbed(7, 1, changes);
    // Slow commits hold the market up, so one may be a few candles ahead: all that both have come to is compared.
    const reached = Math.min(await run.reached(), await calm.reached());
    // A fill tells the open of its candle, which may still be running.
    const until = reached - (reached % 60_000);
    const earlier = <Row>(rows: readonly Row[], timeOf: (row: Row) => number) =>
      rows.filter((row) => timeOf(row) < until);
    const fillsOf = async ({ store }: PaperRun) => earlier(await store.fills({}), ({ executedAt }) => executedAt);
    expect((await fillsOf(run)).length).toBeGreaterThan(30);
    expect(await fillsOf(run)).toEqual(await fillsOf(calm));
    const snapshotsOf = async ({ store, accountId }: PaperRun) =>
      earlier(await store.snapshots(accountId, 0 as EpochMs, Number.MAX_SAFE_INTEGER as EpochMs), ({ at }) => at);
    expect(await snapshotsOf(run)).toEqual(await snapshotsOf(calm));
  });
});

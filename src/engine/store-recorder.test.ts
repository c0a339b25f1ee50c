import { expect, test } from 'vitest';
import { MarketClock } from '#adapters/clock/market-clock.ts';
import { VirtualClock } from '#adapters/clock/virtual.ts';
import { MemoryStore } from '#adapters/store/memory/store.ts';
import type { EpochMs } from '#core/time.ts';
import { StoreUnavailable } from '#ports/store.ts';
import { StoreRecorder } from './store-recorder.ts';

test('once something could not be stored nothing is stored any more: what it held would be missing', async () => {
  const store = new MemoryStore();
  let commits = 0;
  store.commit = async () => {
    commits += 1;
    if (commits === 1) throw new StoreUnavailable('the disk is full');
    return { alreadyThere: 0 };
  };
  const clock = new MarketClock(0 as EpochMs, new VirtualClock(0 as EpochMs, 1));
  const subject = { market: 'm', runs: [], snapshot: () => undefined, onStored: () => undefined };
  const recorder = new StoreRecorder(store, clock, subject);
  await expect(recorder.beforeSending()).rejects.toThrow('the disk is full');
  await expect(recorder.beforeSending()).rejects.toThrow('the disk is full');
  await expect(recorder.flush()).rejects.toThrow('the disk is full');
  expect(commits).toBe(1);
});

/** A child process for tests: takes the engine lock of argv[2], says how that went in one line, and lives on if it has it. */
import { setImmediate } from 'node:timers/promises';
import { acquireEngineLock, EngineLockHeld } from '#adapters/store/sqlite/lock.ts';

/** Drops the lock it took on purpose: it must outlive the garbage collector. */
function take(directory: string): string {
  try {
    acquireEngineLock(directory);
    return 'held';
  } catch (error) {
    if (error instanceof EngineLockHeld) return `refused, as ${error.holder.pid} has it`;
    throw error;
  }
}

const said = take(process.argv[2]);
for (let round = 0; round < 5; round++) {
  await setImmediate();
  globalThis.gc?.();
}
process.stdout.write(`${said}\n`);
if (said === 'held') setInterval(() => {}, 1_000_000);

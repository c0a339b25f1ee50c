import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { acquireEngineLock, EngineLockHeld } from '#adapters/store/sqlite/lock.ts';
import { StoreUnavailable } from '#ports/store.ts';

const HOLDER = join(import.meta.dirname, 'engine-lock-holder.ts');

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'autotrader-lock-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
});

interface Contender {
  readonly child: ChildProcess;
  /** What it said of its try. */
  readonly said: string;
}

/** Starts another process that takes the lock, and waits for what it says. */
async function contend(): Promise<Contender> {
  const child = spawn(process.execPath, ['--expose-gc', HOLDER, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { child, said };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/** The error of trying to take the lock here. */
function refusal(): EngineLockHeld {
  try {
    acquireEngineLock(directory).release();
  } catch (error) {
    if (error instanceof EngineLockHeld) return error;
    throw error;
  }
  throw new Error('The lock was free');
}

test('names who holds it: process, host and since when', async () => {
  const before = Date.now();
  const { child, said } = await contend();
  expect(said).toBe('held\n');
  const { holder, message } = refusal();
  expect(holder).toEqual({ pid: child.pid, host: hostname(), since: expect.any(Number) });
  expect(holder.since).toBeGreaterThanOrEqual(before);
  expect(holder.since).toBeLessThanOrEqual(Date.now());
  expect(message).toBe(
    `Cannot start on "${directory}" as one engine at a time may use it: process ${child.pid} on ${hostname()} has it ` +
      `since ${new Date(holder.since).toISOString()}; stop that process, or set DATA_DIR to another directory`,
  );
});

test('is free at once when its holder was killed, again and again', async () => {
  for (let kill = 0; kill < 3; kill++) {
    const { child, said } = await contend();
    expect(said).toBe('held\n');
    await end(child, 'SIGKILL');
    acquireEngineLock(directory).release();
  }
});

test('is not taken from a process that is alive but does not move', async () => {
  const { child } = await contend();
  child.kill('SIGSTOP');
  expect(refusal().holder.pid).toBe(child.pid);
  await end(child, 'SIGKILL');
  acquireEngineLock(directory).release();
});

test('is given to one of many that start together', async () => {
  const contenders = await Promise.all(Array.from({ length: 5 }, contend));
  const holders = contenders.filter(({ said }) => said === 'held\n');
  expect(holders).toHaveLength(1);
  const [{ child }] = holders;
  const rest = contenders.filter((contender) => !holders.includes(contender)).map(({ said }) => said);
  expect(rest).toEqual(Array(4).fill(`refused, as ${child.pid} has it\n`));
});

test('is refused to the process that has it already, which keeps it', async () => {
  const lock = acquireEngineLock(directory);
  expect(refusal().holder.pid).toBe(process.pid);
  expect((await contend()).said).toBe(`refused, as ${process.pid} has it\n`);
  lock.release();
  lock.release();
  expect((await contend()).said).toBe('held\n');
});

test.each([
  { name: 'a directory that is not there', prepare: () => rmSync(directory, { recursive: true }) },
  {
    name: 'a lock file that is something else',
    prepare: () => writeFileSync(join(directory, 'engine.lock'), 'x'.repeat(999)),
  },
])('says what is wrong with $name', ({ prepare }) => {
  prepare();
  expect(() => acquireEngineLock(directory)).toThrow(StoreUnavailable);
  expect(() => acquireEngineLock(directory)).toThrow('Cannot take the engine lock as');
});

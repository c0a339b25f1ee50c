import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { EpochMs } from '#core/time.ts';
import { explain, isBusy } from './faults.ts';

/** Long enough for another process to write its name, short enough to say soon that the lock is held. */
const BUSY_TIMEOUT_MS = 500;

/** The right to be the one engine of a data directory, held until `release` or until the process ends, however it ends. */
export interface EngineLock {
  release(): void;
}

/** Who holds a lock. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: EpochMs;
}

/** Another engine runs on this data directory. */
export class EngineLockHeld extends Error {
  override readonly name = 'EngineLockHeld';
  readonly holder: Holder;

  constructor(directory: string, holder: Holder) {
    const { pid, host, since } = holder;
    super(
      `Cannot start on "${directory}" as one engine at a time may use it: process ${pid} on ${host} has it since ` +
        `${new Date(since).toISOString()}; stop that process, or set DATA_DIR to another directory`,
    );
    this.holder = holder;
  }
}

/** Keeps held locks from the garbage collector, which would close and so free them. */
const held = new Set<DatabaseSync>();

/**
 * Takes the engine lock of a data directory: an open write transaction on a SQLite file of its own, which the operating
 * system ends with the process. Who holds it is a committed row, so another process can read it meanwhile. Nothing else
 * in the process may open `engine.lock`: closing it would drop the lock. The directory must be on a local disk.
 *
 * @throws EngineLockHeld while another process has it, or this one already.
 * @throws StoreUnavailable when the lock file cannot be written.
 */
export function acquireEngineLock(directory: string): EngineLock {
  const path = join(directory, 'engine.lock');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    hold(database, directory);
    return keep(database);
  } catch (error) {
    database?.close();
    throw explain(error, 'take the engine lock', path);
  }
}

/** Ends inside a write transaction, with our own row committed before it. */
function hold(database: DatabaseSync, directory: string): void {
  const token = randomUUID();
  for (;;) {
    if (!beginWriting(database)) throw new EngineLockHeld(directory, readHolder(database));
    database.exec('CREATE TABLE IF NOT EXISTS holder (token TEXT, pid INTEGER, host TEXT, since INTEGER)');
    if (database.prepare('SELECT 1 FROM holder WHERE token = ?').get(token) !== undefined) return;
    database.exec('DELETE FROM holder');
    database.prepare('INSERT INTO holder VALUES (?, ?, ?, ?)').run(token, process.pid, hostname(), Date.now());
    database.exec('COMMIT'); // Another may slip in here and write its own name: hence the loop.
  }
}

function beginWriting(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

function readHolder(database: DatabaseSync): Holder {
  const row = database.prepare('SELECT pid, host, since FROM holder').get();
  return { pid: Number(row?.pid), host: String(row?.host), since: Number(row?.since) as EpochMs };
}

function keep(database: DatabaseSync): EngineLock {
  held.add(database);
  return {
    release() {
      if (held.delete(database)) database.close();
    },
  };
}

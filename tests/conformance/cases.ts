import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';

/**
 * The cases of other platforms lie beside the repository and are no part of it, as are the recordings that some of them
 * speak of. A path in AUTOTRADER_CASES is meant from the repository's folder.
 */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CASES = resolve(ROOT, process.env.AUTOTRADER_CASES ?? '../shared/data/cases');

/** A file of the cases folder, or beside it: `casesPath('..', 'candles', ...)`. */
export function casesPath(...names: readonly string[]): string {
  return join(CASES, ...names);
}

/** Whether all of these are there. Where one is not, a skipped test of that name says so. */
export function areThere(what: string, ...paths: readonly string[]): boolean {
  const missing = paths.find((path) => !existsSync(path));
  if (missing === undefined) return true;
  test(`${what}: not compared`, ({ skip }) => {
    skip(`there is no ${missing}: set AUTOTRADER_CASES to the folder that holds the cases`);
  });
  return false;
}

/** A document of the cases folder; undefined where it is not there, and then a skipped test says so. */
export function readCases<Document>(what: string, file: string): Document | undefined {
  const path = casesPath(file);
  return areThere(what, path) ? (JSON.parse(readFileSync(path, 'utf8')) as Document) : undefined;
}

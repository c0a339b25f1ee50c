import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const DOOR = `${ROOT}src/server/cli/autotrader.js`;
const LONGEST_OUTPUT = 1 << 28;
/** One that should have ended does not stay behind. */
const LONGEST_MS = 50_000;

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a user's shell would, in the repository's folder. */
export function runCli(
  args: readonly string[],
  nodeArgs: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const options = { cwd: ROOT, maxBuffer: LONGEST_OUTPUT, timeout: LONGEST_MS, env: { ...process.env, ...env } };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...nodeArgs, DOOR, ...args], options, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

/** Bad input: nothing on stdout, exit code 2, and these words, without a stack. */
export function expectRefused({ code, stdout, stderr }: Ran, ...words: readonly string[]): void {
  for (const word of words) expect(stderr).toContain(word);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
}

const SHARED = `${ROOT}../shared/`;

/** The path of a file that is not in the repository, and whether it is there to test with. */
export function sharedFile(path: string): { readonly path: string; readonly missing: boolean } {
  return { path: SHARED + path, missing: !existsSync(SHARED + path) };
}

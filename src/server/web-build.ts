import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isBusy } from '#adapters/store/sqlite/faults.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WEB = join(ROOT, 'src/web');
const OUT = join(WEB, 'out');
/** Where next.config.ts lets the export land, and where the last one goes before it is deleted. */
const FRESH = join(WEB, '.next/export-whole');
const OLD = join(WEB, '.next/export-old');
const STAMP = '.stamp';
/** Whose turn it is to build; not in `.next`, which Next clears. */
const TURN = join(ROOT, 'node_modules/.cache/autotrader/web-build.lock');
const TURN_ASKED_MS = 250;

/** What the pages are made from. A change in any of it makes the export out of date. */
const SOURCES = ['src/web/**/*', 'src/contract/**/*.ts', 'src/core/**/*.ts', 'package-lock.json'];
const NOT_SOURCES = /(^|\/)(\.next|out|next-env\.d\.ts)(\/|$)|\.test\.tsx?$/;

const TIME_LIMIT_MS = 10 * 60_000;
const LINES_OF_A_FAILURE = 30;

async function stampOfSources(): Promise<string> {
  const files: string[] = [];
  for await (const entry of glob(SOURCES, {
    cwd: ROOT,
    withFileTypes: true,
    exclude: ({ name }) => NOT_SOURCES.test(name),
  })) {
    if (entry.isFile()) files.push(join(entry.parentPath, entry.name));
  }
  const hash = createHash('sha256');
  for (const file of files.sort())
    hash
      .update(file.slice(ROOT.length))
      .update('\0')
      .update(await readFile(file))
      .update('\0');
  return hash.digest('hex');
}

async function stampOf(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, STAMP), 'utf8');
  } catch {
    return undefined; // Never built, or not to its end.
  }
}

/** One build at a time: the write lock of a file, which the operating system frees however its holder ends. */
async function takeTurn(say: (line: string) => void): Promise<DatabaseSync> {
  await mkdir(dirname(TURN), { recursive: true });
  const turn = new DatabaseSync(TURN, { timeout: 0 });
  for (let asked = 0; !isTaken(turn); asked++) {
    if (asked === 0) say('Another process is building the web pages: waiting for it');
    await setTimeout(TURN_ASKED_MS);
  }
  return turn;
}

function isTaken(turn: DatabaseSync): boolean {
  try {
    turn.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

/** An environment of its own: no key reaches the build, and it comes out the same for everyone. */
const BUILD_ENVIRONMENT = {
  NODE_ENV: 'production',
  NEXT_TELEMETRY_DISABLED: '1',
  NO_COLOR: '1',
  PATH: dirname(process.execPath),
} as const;

/** @throws Error with the last lines of Next's output when it fails or takes too long. */
function runNext(): Promise<void> {
  const next = spawn(process.execPath, [join(ROOT, 'node_modules/next/dist/bin/next'), 'build'], {
    cwd: WEB,
    env: BUILD_ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIME_LIMIT_MS,
  });
  let output = '';
  const keep = (text: string) => {
    output += text;
  };
  next.stdout.setEncoding('utf8').on('data', keep);
  next.stderr.setEncoding('utf8').on('data', keep);
  return new Promise((resolve, reject) => {
    next.on('error', (cause) => reject(new Error('Cannot start the build of the web pages', { cause })));
    next.on('close', (code, signal) => {
      if (code === 0) return resolve();
      const end = output.trimEnd().split('\n').slice(-LINES_OF_A_FAILURE).join('\n');
      reject(new Error(`The web pages could not be built (${signal ?? `exit code ${code}`}):\n${end}`));
    });
  });
}

/** Takes the place of `out` in one step, so that a build that is killed never serves half. */
async function replaceExport(stamp: string): Promise<void> {
  await writeFile(join(FRESH, STAMP), stamp);
  await rm(OLD, { recursive: true, force: true });
  if (existsSync(OUT)) await rename(OUT, OLD);
  await rename(FRESH, OUT);
  await rm(OLD, { recursive: true, force: true });
}

/**
 * Builds the pages when they were never built, or were built from something else than what stands here now.
 *
 * @param say Takes a line for people.
 * @returns The folder to serve.
 * @throws Error with one sentence and the last lines of Next's output.
 */
export async function buildWebIfNeeded(say: (line: string) => void): Promise<string> {
  const stamp = await stampOfSources();
  if ((await stampOf(OUT)) === stamp) return OUT;
  const turn = await takeTurn(say);
  try {
    // Whoever had the turn before may have built them.
    if ((await stampOf(OUT)) !== stamp) await build(stamp, say);
  } finally {
    turn.close();
  }
  return OUT;
}

async function build(stamp: string, say: (line: string) => void): Promise<void> {
  say(
    existsSync(OUT) ? 'The web pages have changed: building them again' : 'Building the web pages, once (10 to 30 s)',
  );
  const startedAt = performance.now();
  await rm(FRESH, { recursive: true, force: true });
  await runNext();
  await replaceExport(stamp);
  say(`The web pages are built (${((performance.now() - startedAt) / 1_000).toFixed(1)} s)`);
}

if (import.meta.main) {
  try {
    const folder = await buildWebIfNeeded((line) => console.log(line));
    console.log(`The web pages are in ${folder}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

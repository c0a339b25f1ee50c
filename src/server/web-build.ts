import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { acquireEngineLock, type EngineLock, EngineLockHeld } from '#adapters/store/sqlite/lock.ts';
import { awaitedBuild, BuildUnderway } from './awaited-build.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WEB = join(ROOT, 'src/web');
const OUT = join(WEB, 'out');
/** Where next.config.ts lets the export land, and where the last one goes before it is deleted. */
const FRESH = join(WEB, '.next/export-whole');
const OLD = join(WEB, '.next/export-old');
/** Who builds: Next empties its own folder. */
const LOCK = join(ROOT, 'node_modules/.cache/web-build');
const STAMP = '.stamp';

/** What the pages are made from. A change in any of it makes the export out of date. */
const SOURCES = ['src/web/**/*', 'src/contract/**/*.ts', 'src/core/**/*.ts', 'package-lock.json'];
const NOT_SOURCES = /(^|\/)(\.next|out|next-env\.d\.ts)(\/|$)|\.test\.tsx?$/;

const TIME_LIMIT_MS = 10 * 60_000;
const PAUSE_MS = 1_000;
const LINES_OF_A_FAILURE = 30;
/** What Next says where another of its builds holds the lock of the folder. */
const UNDERWAY = 'Another next build process is already running';

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

/** An environment of its own: no key reaches the build, and it comes out the same for everyone. */
const BUILD_ENVIRONMENT = {
  NODE_ENV: 'production',
  NEXT_TELEMETRY_DISABLED: '1',
  NO_COLOR: '1',
  PATH: dirname(process.execPath),
} as const;

/** @throws BuildUnderway; Error with the last lines of Next's output when it fails or takes too long. */
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
      const Failure = output.includes(UNDERWAY) ? BuildUnderway : Error;
      reject(new Failure(`The web pages could not be built (${signal ?? `exit code ${code}`}):\n${end}`));
    });
  });
}

/** From before Next builds until `out` is in its place: Next's own lock ends between, but outlives an engine that is killed. */
async function buildLock(): Promise<EngineLock> {
  await mkdir(LOCK, { recursive: true });
  try {
    return acquireEngineLock(LOCK);
  } catch (cause) {
    throw cause instanceof EngineLockHeld ? new BuildUnderway('Another engine builds the web pages', { cause }) : cause;
  }
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
 * Builds the pages when they were never built, or were built from something else than what stands here now. A build of
 * another engine, or one that went on as its engine was killed, is waited for: bots with positions wait for the pages.
 *
 * @param say Takes a line for people.
 * @returns The folder to serve.
 * @throws Error with one sentence and the last lines of Next's output.
 */
export async function buildWebIfNeeded(say: (line: string) => void): Promise<string> {
  const stamp = await stampOfSources();
  if ((await stampOf(OUT)) === stamp) return OUT;
  say(
    existsSync(OUT) ? 'The web pages have changed: building them again' : 'Building the web pages, once (10 to 30 s)',
  );
  const startedAt = performance.now();
  const isThere = async () => (await stampOf(OUT)) === stamp;
  const build = async () => {
    const lock = await buildLock();
    try {
      await runNext(); // It empties the folder of the export itself.
      await replaceExport(stamp);
    } finally {
      lock.release();
    }
  };
  let waits = false;
  const pause = async () => {
    if (!waits) say('Another process is building the web pages: waiting for it');
    waits = true;
    await setTimeout(PAUSE_MS);
  };
  await awaitedBuild({ isThere, build, pause }, TIME_LIMIT_MS / PAUSE_MS);
  say(`The web pages are built (${((performance.now() - startedAt) / 1_000).toFixed(1)} s)`);
  return OUT;
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

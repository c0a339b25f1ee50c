import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path/posix';
import { expect, test } from 'vitest';
import { cyclesIn, type Import, importsOf, withoutComments } from './tidy/imports.ts';

/** The architecture: what each room may import. A change here needs a page in docs/decisions/. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ports: ['core'],
  protocols: ['core'],
  contract: ['core'],
  // Strangers to each other.
  strategies: ['core', 'ports'],
  adapters: ['core', 'ports', 'protocols'],
  engine: ['core', 'ports'],
  simulator: ['core', 'ports', 'protocols'],
  // It names its version.
  server: ['core', 'ports', 'contract', 'strategies', 'adapters', 'engine', 'simulator', 'package.json'],
  web: ['core', 'contract'],
};

/** The packages that a room may import; a room that is not named takes what it needs, and `node:` with it. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ports: [],
  protocols: [],
  strategies: [],
  engine: [],
  contract: ['zod'],
};

/** Words that would break a room's promise, and what to write instead. */
const FORBIDDEN: readonly { readonly in: RegExp; readonly word: RegExp; readonly instead: string }[] = [
  {
    in: /^src\/(core|strategies|engine)\//,
    word: /\bDate\.now\b|\bnew Date\b|\bDate\(\)|\bMath\.random\b|\bperformance\.(now|timeOrigin)\b|\bset(Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bAbortSignal\.timeout\b|\bPromise\.race\b|\bcrypto\.random|\brandomUUID\b|\bgetRandomValues\b|\bprocess\.(hrtime|nextTick)\b|\bTemporal\.Now\b/,
    instead: 'ask the Clock or Random port, or pass a seed',
  },
  {
    in: /^src\/(core|ports|protocols|contract)\//,
    word: /\b(process|globalThis|console|fetch|Buffer)\b\s*[.(]/,
    instead: 'leave what the outside has to whoever calls',
  },
  {
    in: /^src\/(?!web\/)/,
    word: /\bis(Live|Paper|Backtest)\b/,
    instead: 'choose the port in server/compose.ts',
  },
  {
    in: /^src\/(core|strategies|engine|simulator|adapters\/(?!store\/))/,
    word: /(['"`])(live|paper|backtest)\1/,
    instead: 'choose the port in server/compose.ts: below it nothing knows the mode',
  },
  {
    in: /^src\/(?!web\/|server\/(compose|config)\.ts$)/,
    word: /\bmode\s*[!=]==?|\bswitch\s*\([\w.]*mode\)/,
    instead: 'choose by the mode in server/compose.ts: elsewhere it is a row to be stored and shown',
  },
  {
    in: /^src\/(?!server\/config\.ts$)/,
    word: /\bprocess\.env\b/,
    instead: 'read it in server/config.ts and pass it down',
  },
];

const NAMELESS = /^(utils?|helpers?|common|misc|manager|shared|stuff)(\.|$)|-(utils?|helpers?|manager)\./;

const GENERATED = ['src/web/.next/**', 'src/web/out/**', '**/next-env.d.ts'];
const files = globSync(['src/**/*.{ts,tsx,js,mjs}', 'tests/**/*.ts'], { exclude: GENERATED }).sort();
const isTest = (file: string) => /\.test\.tsx?$/.test(file) || file.startsWith('tests/');
const sources = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
const imports = new Map([...sources].map(([file, source]) => [file, importsOf(source)]));
const ours = files.filter((file) => !isTest(file));
const roomOf = (path: string) => (path.startsWith('src/') ? (path.split('/')[1] ?? '') : (path.split('/')[0] ?? ''));

/** Where an import leads within the repository; undefined for a package. */
function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('#tests/')) return specifier.slice(1);
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`;
  return specifier.startsWith('.') ? join(dirname(file), specifier) : undefined;
}

function importProblem(file: string, { specifier }: Import): string | undefined {
  const room = roomOf(file);
  const target = targetOf(file, specifier);
  if (target === undefined) {
    const packages = MAY_USE[room];
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
    return packages === undefined || packages.includes(name) ? undefined : `${file}: ${room} may not use ${specifier}`;
  }
  const to = roomOf(target);
  if (isTest(target)) return `${file}: only tests may import ${target}`;
  return to === room || MAY_IMPORT[room]?.includes(to)
    ? undefined
    : `${file}: ${room} may not import ${to} (${target})`;
}

function loadedBy(file: string, { specifier, isTypeOnly }: Import): readonly string[] {
  const target = targetOf(file, specifier);
  return target !== undefined && !isTypeOnly && sources.has(target) ? [target] : [];
}

test('every room is in the table', () => {
  expect([...new Set(ours.map(roomOf))].filter((room) => !Object.hasOwn(MAY_IMPORT, room))).toEqual([]);
});

test('imports go one way', () => {
  const problems = ours.flatMap((file) => imports.get(file)!.map((one) => importProblem(file, one)));
  expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
});

test('no word breaks the promise of its room', () => {
  const problems = ours.flatMap((file) => {
    const code = withoutComments(sources.get(file)!);
    const broken = FORBIDDEN.filter((rule) => rule.in.test(file) && rule.word.test(code));
    return broken.map(({ word, instead }) => `${file}: found "${word.exec(code)?.[0]}"; ${instead}`);
  });
  expect(problems).toEqual([]);
});

/** Types may go round: nothing is loaded for them. */
test('no file loads itself by way of others', () => {
  const graph = new Map(ours.map((file) => [file, imports.get(file)!.flatMap((one) => loadedBy(file, one))]));
  expect(cyclesIn(graph)).toEqual([]);
});

test('files and folders are named after what they hold', () => {
  const nameless = files.filter((file) => file.split('/').some((part) => NAMELESS.test(part)));
  expect(nameless.map((file) => `${file}: "${basename(file)}" says nothing`)).toEqual([]);
});

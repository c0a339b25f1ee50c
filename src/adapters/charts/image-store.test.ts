import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { EpochMs } from '#core/time.ts';
import type { ChartImage } from '#ports/charts.ts';
import { ImageStore } from './image-store.ts';

const DAY = 86_400_000;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** 108 bytes that begin like a PNG. */
function imageOf(text: string): ChartImage {
  const png = Buffer.concat([PNG, Buffer.alloc(100, text)]);
  return { png, sha256: createHash('sha256').update(png).digest('hex'), drawnFrom: 'candles', width: 1, height: 1 };
}

function folderOf(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'autotrader-images-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  return dataDir;
}

async function opened({ bytes = 1_000, dataDir = folderOf(), at = 0 } = {}) {
  const time = { now: at };
  const clock = { wall: () => time.now as EpochMs };
  const store = await ImageStore.open({ dataDir, retention: { days: 30, bytes }, clock });
  return { store, time, dataDir, names: () => readdirSync(join(dataDir, 'charts')).sort() };
}

const fileOf = ({ sha256 }: ChartImage) => `${sha256}.png`;

test('a picture is a file by its hash, once, and nothing else is left there', async () => {
  const { store, dataDir, names } = await opened();
  const image = imageOf('a');
  await store.keep(image);
  await Promise.all([store.keep(image), store.keep(image)]);
  expect(names()).toEqual([fileOf(image)]);
  expect(readFileSync(join(dataDir, 'charts', fileOf(image)))).toEqual(image.png);
});

test('the oldest go when there is no room, and what is kept again counts as new', async () => {
  const [a, b, c] = [imageOf('a'), imageOf('b'), imageOf('c')];
  const { store, time, names } = await opened({ bytes: 216 });
  for (const [k, image] of [a, b, a, c].entries()) {
    time.now = k;
    await store.keep(image);
  }
  expect(names()).toEqual([fileOf(a), fileOf(c)].sort());
});

test('what is too old goes when the store is opened again', async () => {
  const first = await opened({ at: DAY });
  await first.store.keep(imageOf('a'));
  first.time.now = 20 * DAY;
  await first.store.keep(imageOf('b'));
  await opened({ dataDir: first.dataDir, at: 31 * DAY });
  expect(first.names()).toHaveLength(2);
  await opened({ dataDir: first.dataDir, at: 31 * DAY + 1 });
  expect(first.names()).toEqual([fileOf(imageOf('b'))]);
});

test('other files are left alone', async () => {
  const { store, dataDir, names } = await opened({ bytes: 1 });
  writeFileSync(join(dataDir, 'charts', 'notes.txt'), 'mine');
  await opened({ dataDir, bytes: 1, at: 99 * DAY });
  await store.keep(imageOf('a'));
  expect(names()).toEqual([fileOf(imageOf('a')), 'notes.txt'].sort());
});

test('what was not written to its end goes when it is old', async () => {
  const { dataDir, names } = await opened();
  const draft = `${fileOf(imageOf('a'))}.00000000-0000-4000-8000-000000000000`;
  writeFileSync(join(dataDir, 'charts', draft), 'half');
  await opened({ dataDir, at: Date.now() });
  expect(names()).toEqual([draft]);
  await opened({ dataDir, at: Date.now() + DAY });
  expect(names()).toEqual([]);
});

test('a link is replaced, never followed', async () => {
  const { store, dataDir } = await opened();
  const image = imageOf('a');
  const target = join(dataDir, 'precious');
  writeFileSync(target, 'precious');
  symlinkSync(target, join(dataDir, 'charts', fileOf(image)));
  await store.keep(image);
  expect(readFileSync(target, 'utf8')).toBe('precious');
});

test('a folder that is a link to elsewhere is refused', async () => {
  const dataDir = folderOf();
  symlinkSync(folderOf(), join(dataDir, 'charts'));
  await expect(opened({ dataDir })).rejects.toThrow('it is a link');
});

const GOOD = imageOf('a');

test.each([
  { name: 'a hash that leads elsewhere', change: { sha256: '../../x' }, says: 'must be a SHA-256' },
  { name: 'a hash in upper case', change: { sha256: GOOD.sha256.toUpperCase() }, says: 'must be a SHA-256' },
  { name: 'what is no PNG', change: { png: Buffer.from('<svg>') }, says: 'must be a PNG' },
  { name: 'no bytes', change: { png: new Uint8Array() }, says: 'must be a PNG' },
  { name: 'the hash of others', change: { sha256: imageOf('b').sha256 }, says: 'must be the hash of its bytes' },
])('refuses $name', async ({ change, says }) => {
  const { store, names } = await opened();
  await expect(store.keep({ ...GOOD, ...change })).rejects.toThrow(says);
  expect(names()).toEqual([]);
});

import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { exact, writeDocument } from './json-document.ts';

async function written(fields: Readonly<Record<string, unknown>>): Promise<string> {
  const out = new PassThrough();
  const [all] = await Promise.all([text(out), writeDocument(out, fields).finally(() => out.end())]);
  return all;
}

function* squares(count: number) {
  for (let k = 0; k < count; k++) yield { k, square: k * k };
}

test('has a line for each field and each item of a list', async () => {
  const lines = (await written({ name: 'a', empty: [], none: null, list: squares(2) })).split('\n');
  expect(lines).toEqual([
    ...['{', '"name": "a",', '"empty": [],', '"none": null,', '"list": ['],
    ...['{"k":0,"square":0},', '{"k":1,"square":1}', ']', '}', ''],
  ]);
});

test('keeps every digit of a decimal', async () => {
  expect(await written({ sum: exact('9007199254740993.000000000001') })).toContain(
    '"sum": 9007199254740993.000000000001',
  );
});

test('waits for a slow reader and loses nothing', async () => {
  const document = JSON.parse(await written({ list: squares(50_000) }));
  expect(document.list).toHaveLength(50_000);
  expect(document.list.at(-1)).toEqual({ k: 49_999, square: 49_999 ** 2 });
});

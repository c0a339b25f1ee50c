import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openKraken } from '#tests/builders/loopback-kraken.ts';
import { areThere, casesPath } from '../cases.ts';

/** Answers and messages that were recorded from Kraken, or stand in its documentation. */
const RECORDED = casesPath('..', 'wire', 'kraken', 'nautilus');

function recorded(name: string): unknown {
  const file = readFileSync(join(RECORDED, name));
  return JSON.parse((name.endsWith('.gz') ? gunzipSync(file) : file).toString());
}

/**
 * What `theirs` has and `ours` has not, or in another form, as paths. Lists are compared by their first rows; the rows of
 * tables, which are lists of plain values, place by place.
 */
function lacking(theirs: unknown, ours: unknown, path = ''): string[] {
  if (Array.isArray(theirs)) {
    if (!Array.isArray(ours)) return [`${path} is no list`];
    if (theirs.length === 0 || ours.length === 0) return [];
    const isRow = theirs.some((value) => typeof value !== 'object');
    if (isRow) return theirs.flatMap((value, k) => lacking(value, ours[k], `${path}[${k}]`));
    return lacking(theirs[0], ours[0], `${path}[0]`);
  }
  if (typeof theirs !== 'object' || theirs === null) {
    return typeof theirs === typeof ours ? [] : [`${path}: ${typeof ours} in place of ${typeof theirs}`];
  }
  return Object.entries(theirs).flatMap(([name, value]) => {
    const own: unknown = Object(ours)[name];
    return own === undefined ? [`${path}.${name} is missing`] : lacking(value, own, `${path}.${name}`);
  });
}

test('what is lacking is found', () => {
  expect(lacking({ a: 1, b: [{ c: '1' }], d: [1, '2'] }, { a: '1', b: [{}], d: [1, 2] })).toEqual([
    '.a: string in place of number',
    '.b[0].c is missing',
    '.d[1]: number in place of string',
  ]);
  expect(lacking({ a: [], b: { c: 1 } }, { a: [1], b: { c: 2, d: 3 } })).toEqual([]);
});

describe.skipIf(!areThere('what Kraken said', RECORDED))('the twin says all that Kraken said, in the same form', () => {
  /** Only pairs with leverage have them, and the twin's have none. */
  const lacks = ['long', 'short'].map((side) => `.result.XBTUSDT.${side}_position_limit is missing`);

  test.each([
    { file: 'http_server_time.json', path: 'Time' },
    { file: 'http_system_status.json', path: 'SystemStatus' },
    { file: 'http_asset_pairs.json', path: 'AssetPairs?pair=XBTUSDT', lacks },
    { file: 'http_ticker.json', path: 'Ticker?pair=XBTUSDT' },
    { file: 'http_ohlc.json.gz', path: 'OHLC?pair=XBTUSDT' },
    { file: 'http_trades.json.gz', path: 'Trades?pair=XBTUSDT' },
    { file: 'http_order_book.json', path: 'Depth?pair=XBTUSDT&count=5' },
  ])('$file', async ({ file, path, lacks = [] }) => {
    const { ask } = await openKraken();
    expect(lacking(recorded(file), await ask(path))).toEqual(lacks);
  });

  test('messages of the stream', async () => {
    const { simulator } = await openKraken();
    const socket = new WebSocket(simulator.service('kraken').urls.stream!);
    onTestFinished(() => socket.close());
    const heard: { channel?: string; method?: string; type?: string }[] = [];
    const wanted: { file: string; is: (message: (typeof heard)[number]) => boolean }[] = [
      { file: 'ws_pong.json', is: ({ method }) => method === 'pong' },
      { file: 'ws_subscribe_response.json', is: ({ method }) => method === 'subscribe' },
      { file: 'ws_ticker_snapshot.json', is: ({ channel, type }) => channel === 'ticker' && type === 'snapshot' },
      { file: 'ws_ohlc_update.json', is: ({ channel, type }) => channel === 'ohlc' && type === 'update' },
      { file: 'ws_trade_update.json', is: ({ channel, type }) => channel === 'trade' && type === 'update' },
      { file: 'ws_book_snapshot.json', is: ({ channel, type }) => channel === 'book' && type === 'snapshot' },
      { file: 'ws_book_update.json', is: ({ channel, type }) => channel === 'book' && type === 'update' },
    ];
    const all = new Promise<void>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        heard.push(JSON.parse(String(data)));
        // The last subscription is answered: the market may move on.
        if (heard.at(-1)!.method === 'pong') simulator.line.advance();
        if (wanted.every(({ is }) => heard.some(is))) resolve();
      });
    });
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    for (const channel of ['ticker', 'ohlc', 'trade', 'book']) {
      socket.send(JSON.stringify({ method: 'subscribe', params: { channel, symbol: ['BTC/USD'] }, req_id: 1 }));
    }
    socket.send(JSON.stringify({ method: 'ping', req_id: 42 }));
    await all;
    const problems = wanted.map(({ file, is }) => [file, lacking(recorded(file), heard.find(is))]);
    expect(problems).toEqual(wanted.map(({ file }) => [file, []]));
  });
});

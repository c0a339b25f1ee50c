import { decode } from '@msgpack/msgpack';
import { expect, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { coins, openAlpaca, type Row, shares } from '#tests/builders/alpaca-exchange.ts';
import { openSocket } from '#tests/builders/alpaca-socket.ts';

const BUY = { symbol: 'SPY', qty: '10', side: 'buy', type: 'market', time_in_force: 'day' } as const;
const LOGIN = { action: 'authenticate', data: { key_id: 'testkey', secret_key: 'testsecret' } } as const;
const LISTEN = { action: 'listen', data: { streams: ['trade_updates'] } } as const;
const AUTH = { action: 'auth', key: 'testkey', secret: 'testsecret' } as const;

test('trade updates come in binary frames of JSON text, once each even when asked for twice', async () => {
  const { service, place } = await openAlpaca([shares('SPY', 600)]);
  const socket = await openSocket(service, '/stream');
  socket.send(LOGIN);
  const first = await socket.frames.next();
  expect(first.isBinary).toBe(true);
  expect(JSON.parse(first.bytes.toString())).toEqual({
    stream: 'authorization',
    data: { status: 'authorized', action: 'authenticate' },
  });
  socket.send(LISTEN);
  socket.send(LISTEN);
  const listening = { stream: 'listening', data: { streams: ['trade_updates'] } };
  expect([await socket.json(), await socket.json()]).toEqual([listening, listening]);
  const { id } = await place(BUY);
  const events = [await socket.json(), await socket.json(), await socket.json()];
  expect(events.map(({ data }) => [data.event, data.order.status])).toEqual([
    ['pending_new', 'pending_new'],
    ['new', 'new'],
    ['fill', 'filled'],
  ]);
  expect(events[2].data).toMatchObject({
    price: '600',
    qty: '10',
    position_qty: '10',
    order: { id, filled_qty: '10' },
  });
  expect(events[0].data).not.toHaveProperty('price');
  expect(socket.frames.left()).toEqual([]);
});

test('the frames of a funded account may be text: what they are is not documented', async () => {
  const { service } = await openAlpaca([shares('SPY', 600)]);
  service.command('frames', { binary: false });
  const socket = await openSocket(service, '/stream');
  // The older form of a login.
  socket.send(AUTH);
  expect((await socket.frames.next()).isBinary).toBe(false);
});

test('nobody hears of an account without its keys', async () => {
  const { service, place } = await openAlpaca([shares('SPY', 600)]);
  const socket = await openSocket(service, '/stream');
  socket.send(LISTEN);
  expect(await socket.json()).toEqual({ stream: 'authorization', data: { status: 'unauthorized', action: 'listen' } });
  socket.send({ action: 'authenticate', data: { key_id: 'testkey', secret_key: 'wrong' } });
  expect(await socket.json()).toMatchObject({ data: { status: 'unauthorized', action: 'authenticate' } });
  socket.send(LISTEN);
  expect(await socket.json()).toMatchObject({ data: { status: 'unauthorized' } });
  await place(BUY);
  expect(socket.frames.left()).toEqual([]);
});

test('market data in text: the whole list of subscriptions each time, then bars, their corrections and the day', async () => {
  const rows: readonly Row[] = [
    [600, 602, 599, 601, 700],
    [601, 603, 600, 602, 900],
  ];
  const { service, simulator } = await openAlpaca([shares('SPY', 600, rows)]);
  const socket = await openSocket(service, '/v2/iex');
  expect(await socket.json()).toEqual([{ T: 'success', msg: 'connected' }]);
  socket.send({ action: 'subscribe', bars: ['SPY'] });
  expect(await socket.json()).toEqual([{ T: 'error', code: 401, msg: 'not authenticated' }]);
  socket.send({ ...AUTH, secret: 'wrong' });
  expect(await socket.json()).toEqual([{ T: 'error', code: 402, msg: 'auth failed' }]);
  socket.send(AUTH);
  expect(await socket.json()).toEqual([{ T: 'success', msg: 'authenticated' }]);
  socket.send(AUTH);
  expect(await socket.json()).toEqual([{ T: 'error', code: 403, msg: 'already authenticated' }]);
  socket.send({ action: 'subscribe', bars: ['*'], trades: ['QQQ'] });
  const none = { updatedBars: [], dailyBars: [], quotes: [], statuses: [], lulds: [] };
  expect(await socket.json()).toEqual([
    { T: 'subscription', ...none, trades: ['QQQ'], bars: ['*'], corrections: ['QQQ'], cancelErrors: ['QQQ'] },
  ]);
  socket.send({ action: 'subscribe', updatedBars: ['SPY'], dailyBars: ['SPY'], quotes: ['SPY'] });
  socket.send({ action: 'unsubscribe', trades: ['QQQ'] });
  await socket.json();
  expect(await socket.json()).toMatchObject([{ trades: [], bars: ['*'], updatedBars: ['SPY'], corrections: [] }]);
  simulator.line.advance(2);
  const messages = [];
  while (messages.length < 8) messages.push(...(await socket.json()));
  expect(messages.map(({ T, c }) => [T, c])).toEqual([
    ['q', ['R']],
    ['b', 601],
    ['u', 600],
    ['d', 601],
    ['q', ['R']],
    ['b', 602],
    ['u', 601],
    ['d', 602],
  ]);
  expect(messages[1]).toEqual({
    T: 'b',
    S: 'SPY',
    o: 600,
    h: 602,
    l: 599,
    c: 601,
    v: 700,
    n: 7,
    vw: 600.666667,
    t: '2025-07-03T13:31:00Z',
  });
  expect(messages[7]).toMatchObject({ o: 600, h: 603, v: 1700, t: '2025-07-03T04:00:00Z' });
});

test.each([
  { name: 'what is no message', path: '/v2/iex', message: 'hello', code: 400 },
  {
    name: 'a channel that the feed has not',
    path: '/v2/iex',
    message: { action: 'subscribe', orderbooks: ['SPY'] },
    code: 410,
  },
  { name: 'no list', path: '/v2/iex', message: { action: 'subscribe', bars: 'SPY' }, code: 400 },
  {
    name: 'more symbols than the plan has',
    path: '/v2/iex',
    message: { action: 'subscribe', bars: Array.from({ length: 31 }, (_, k) => `S${k}`) },
    code: 405,
  },
])('market data refuses $name', async ({ path, message, code }) => {
  const { service } = await openAlpaca([shares('SPY', 600)]);
  const socket = await openSocket(service, path);
  await socket.json();
  socket.send(AUTH);
  await socket.json();
  socket.send(message);
  expect(await socket.json()).toMatchObject([{ T: 'error', code }]);
});

test('one connection to a feed, none to one that is paid for, and one that does not log in is closed', async () => {
  let late = (): void => {};
  const clock = {
    ...systemClock,
    wall: () => systemClock.wall(),
    mono: () => systemClock.mono(),
    sleep: (ms: number, abort: AbortSignal) =>
      ms === 10_000
        ? new Promise<void>((resolve) => {
            late = resolve;
          })
        : systemClock.sleep(ms, abort),
  };
  const { service } = await openAlpaca([shares('SPY', 600)], { clock });
  const keys = { 'apca-api-key-id': 'testkey', 'apca-api-secret-key': 'testsecret' };
  const first = await openSocket(service, '/v2/iex', keys);
  expect([await first.json(), await first.json()]).toEqual([
    [{ T: 'success', msg: 'connected' }],
    [{ T: 'success', msg: 'authenticated' }],
  ]);
  const second = await openSocket(service, '/v2/iex', keys);
  await second.json();
  expect(await second.json()).toEqual([{ T: 'error', code: 406, msg: 'connection limit exceeded' }]);
  await second.closed;
  const paid = await openSocket(service, '/v2/sip', keys);
  await paid.json();
  expect(await paid.json()).toEqual([{ T: 'error', code: 409, msg: 'insufficient subscription' }]);
  const silent = await openSocket(service, '/v2/iex');
  await silent.json();
  late();
  expect(await silent.json()).toEqual([{ T: 'error', code: 404, msg: 'auth timeout' }]);
  await silent.closed;
});

test('crypto in MessagePack: times are timestamps, and ids of trades are longer than a float holds', async () => {
  const { service, simulator } = await openAlpaca([coins('BTC/USD', 60_000)]);
  const socket = await openSocket(service, '/v1beta3/crypto/us', { 'content-type': 'application/msgpack' });
  const next = async () => {
    const { bytes, isBinary } = await socket.frames.next();
    expect(isBinary).toBe(true);
    return decode(bytes, { useBigInt64: true }) as readonly Record<string, unknown>[];
  };
  expect(await next()).toEqual([{ T: 'success', msg: 'connected' }]);
  // {"action":"auth","key":"testkey","secret":"testsecret"}, as the client of 4.0.2 packs it.
  socket.sendBytes(
    Buffer.from('83a6616374696f6ea461757468a36b6579a7746573746b6579a6736563726574aa74657374736563726574', 'hex'),
  );
  expect(await next()).toEqual([{ T: 'success', msg: 'authenticated' }]);
  socket.sendBytes(Buffer.from('82a6616374696f6ea9737562736372696265a674726164657391a74254432f555344', 'hex'));
  expect(await next()).toMatchObject([{ T: 'subscription', trades: ['BTC/USD'], orderbooks: [] }]);
  simulator.line.advance(1);
  const [trade] = await next();
  expect(trade).toMatchObject({ T: 't', S: 'BTC/USD', p: 60_000, t: new Date(simulator.line.now) });
  expect(trade!.i).toBeGreaterThan(2n ** 53n);
});

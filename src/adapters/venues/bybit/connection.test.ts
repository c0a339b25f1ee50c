import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { VenueRefused } from '#ports/venue.ts';
import { CHILD_ROW, EXECUTION_ROW, FUNDING_ROW, ORDER_ROW } from '#tests/fixtures/bybit-messages.ts';
import { PrivateConnection } from './connection.ts';
import { loadPrivateStream } from './library.ts';

let server: WebSocketServer;
/** What a login is answered. */
let login: object;
let told: string[];
/** Resolves with the next thing that is told. */
let heard: () => Promise<void>;
let socket: WebSocket;

beforeEach(async () => {
  login = { success: true, ret_msg: '' };
  told = [];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  server.on('connection', (client) => {
    socket = client;
    client.on('message', (message) => {
      const { op, req_id } = JSON.parse(String(message));
      client.send(JSON.stringify({ success: true, op, req_id, conn_id: 'c', ...(op === 'auth' && login) }));
    });
  });
  await new Promise((listening) => void server.once('listening', listening));
});

async function connect(): Promise<PrivateConnection> {
  const { port } = server.address() as { port: number };
  const credentials = { key: 'testkey', secret: 'testsecret' };
  const address = `http://127.0.0.1:${port}`;
  const client = await loadPrivateStream({ environment: 'testnet', credentials, address }, 0);
  let next = Promise.withResolvers<void>();
  heard = () => next.promise;
  const tell = (line: string) => {
    told.push(line);
    next.resolve();
    next = Promise.withResolvers();
  };
  const connection = new PrivateConnection(client, {
    onOrder: ({ state }) => {
      tell(`order ${state}`);
      if (state === 'rejected') throw new Error('a fault of whoever hears it');
    },
    onFill: ({ venueTradeId }) => tell(`fill ${venueTradeId}`),
    onFunding: ({ id }) => tell(`funding ${id}`),
    onGap: () => tell('gap'),
  });
  onTestFinished(() => connection.end(new Error('the test is over')));
  return connection;
}

const send = (message: object) => socket.send(JSON.stringify({ creationTime: 1767225600000, id: 'm', ...message }));

test('begins with a gap, and tells what comes in its order', async () => {
  const connection = await connect();
  await connection.open();
  send({ topic: 'order.linear', data: [ORDER_ROW, { ...CHILD_ROW, orderStatus: 'Cancelled' }] });
  send({ topic: 'execution.linear', data: [EXECUTION_ROW, { ...EXECUTION_ROW, symbol: 'BTCPERP' }, FUNDING_ROW] });
  while (told.length < 5) await heard();
  expect(told).toEqual([
    'gap',
    'order open',
    'order canceled',
    `fill ${EXECUTION_ROW.execId}`,
    `funding ${FUNDING_ROW.execId}`,
  ]);
});

test.each<{ name: string; message: object; expected: string[] }>([
  {
    name: 'a row that cannot be read',
    message: { topic: 'order.linear', data: [{ ...ORDER_ROW, qty: '' }] },
    expected: [],
  },
  { name: 'no data', message: { topic: 'execution.linear' }, expected: [] },
  {
    name: 'a fault of who hears it',
    message: { topic: 'order.linear', data: [{ ...ORDER_ROW, orderStatus: 'Rejected' }] },
    expected: ['order rejected'],
  },
])('what cannot be told is a gap: $name', async ({ message, expected }) => {
  const connection = await connect();
  await connection.open();
  send(message);
  while (told.length < expected.length + 2) await heard();
  expect(told).toEqual(['gap', ...expected, 'gap']);
});

test('ends when it is cut', async () => {
  const connection = await connect();
  await connection.open();
  socket.terminate();
  await connection.cut;
});

test.each([
  { name: 'without a code', answer: { success: false, ret_msg: 'no' }, says: 'check the API key' },
  { name: 'for its key', answer: { success: false, retCode: 10003 }, says: 'must be one of this environment' },
])('a login that is refused $name is told with what to do', async ({ answer, says }) => {
  login = answer;
  const opened = (await connect()).open();
  await expect(opened).rejects.toThrow(VenueRefused);
  await expect(opened).rejects.toThrow(says);
});

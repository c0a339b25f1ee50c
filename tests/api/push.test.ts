import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { io } from 'socket.io-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SOCKET_PATH } from '#contract/sockets.ts';
import { Push } from '#server/sockets/push.ts';
import type { LiveState } from '#server/views/live-state.ts';

const HOST = '127.0.0.1';
const AT_BREAKFAST = { id: 'b', status: 'running', why: null, lastDecision: null, dayPnl: '10' };

const http = createServer();
let bot = AT_BREAKFAST;
let push: Push;

/** One bot with a position, on a market whose candles do not matter here. */
const state = {
  marketTime: 0,
  silentSince: null,
  traders: [],
  positions: () => [{}],
  accounts: () => [],
  bots: () => [bot],
} as unknown as LiveState;

beforeEach(async () => {
  http.listen(0, HOST);
  await once(http, 'listening');
  push = new Push(http, state, HOST);
});

afterEach(() => push.close());

test('a price that moves changes the P&L of a bot on every page, without a decision in between', async () => {
  const socket = io(`http://${HOST}:${(http.address() as AddressInfo).port}`, {
    path: SOCKET_PATH,
    transports: ['websocket'],
  });
  const told: string[] = [];
  socket.on('bot_status_changed', ({ dayPnl }: typeof AT_BREAKFAST) => told.push(dayPnl));
  await expect.poll(() => told, { timeout: 10_000 }).toEqual(['10']);
  bot = { ...AT_BREAKFAST, dayPnl: '-25' };
  await expect.poll(() => told, { timeout: 10_000 }).toEqual(['10', '-25']);
  socket.disconnect();
});

import { RestClientV5 } from 'bybit-api';
import { describe, expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import { systemClock } from '#adapters/clock/system.ts';
import type { Fault } from '#simulator/faults.ts';
import { openBybit, scripted, still } from '#tests/builders/bybit-exchange.ts';

/** What the simulator itself waits for. */
const LONG = 500;
const BTC = { category: 'linear', symbol: 'BTCUSDT' } as const;
const ORDER = { ...BTC, side: 'Buy', orderType: 'Limit', qty: '0.01', price: '50000' } as const;

async function open() {
  const slept: number[] = [];
  // Nobody waits here: how long it would be is noted.
  const clock = {
    ...systemClock,
    sleep: async (ms: number, abort: AbortSignal) => (ms < LONG ? void slept.push(ms) : systemClock.sleep(ms, abort)),
  };
  const simulator = await openBybit([scripted('BTC/USDT', still(60_000, 8))], { history: 1, clock });
  const service = simulator.service('bybit');
  const client = new RestClientV5({ key: 'testkey', secret: 'testsecret', baseUrl: service.address });
  const fail = (route: string, fault: Fault, count = 1) =>
    simulator.faults.set({ service: 'bybit', route, fault, count });
  const placed = async () => (await client.getActiveOrders(BTC)).result.list.map(({ orderLinkId }) => orderLinkId);
  return { simulator, service, client, fail, placed, slept };
}

describe('a request', () => {
  test('is lost before it is acted on, or its answer after it was', async () => {
    const { client, fail, placed } = await open();
    fail('POST /v5/order/create', { kind: 'drop-request' });
    await expect(client.submitOrder({ ...ORDER, orderLinkId: 'lost' })).rejects.toBeDefined();
    expect(await placed()).toEqual([]);
    fail('POST /v5/order/*', { kind: 'drop-reply' });
    await expect(client.submitOrder({ ...ORDER, orderLinkId: 'unheard' })).rejects.toBeDefined();
    expect(await placed()).toEqual(['unheard']);
    expect((await client.submitOrder({ ...ORDER, orderLinkId: 'unheard' })).retCode).toBe(110072);
  });

  test('is answered otherwise, acted on or not', async () => {
    const { client, fail, placed } = await open();
    const body = '{"retCode":10016,"retMsg":"Internal error.","result":{},"retExtInfo":{},"time":1}';
    fail('POST /v5/order/create', { kind: 'answer', status: 200, body });
    expect((await client.submitOrder({ ...ORDER, orderLinkId: 'a' })).retCode).toBe(10016);
    expect(await placed()).toEqual([]);
    fail('POST /v5/order/create', { kind: 'answer', status: 200, body, acts: true });
    expect((await client.submitOrder({ ...ORDER, orderLinkId: 'b' })).retCode).toBe(10016);
    expect(await placed()).toEqual(['b']);
    fail('POST *', {
      kind: 'answer',
      status: 502,
      body: '<html>Bad Gateway</html>',
      headers: { 'content-type': 'text/html' },
    });
    await expect(client.submitOrder({ ...ORDER, orderLinkId: 'c' })).rejects.toMatchObject({ code: 502 });
  });

  test('is answered in part, slowly, or late', async () => {
    const { simulator, service, fail, slept } = await open();
    const time = `${service.address}/v5/market/time`;
    fail('GET /v5/market/time', { kind: 'truncate', bytes: 20 });
    await expect(fetch(time).then((answer) => answer.text())).rejects.toThrow('terminated');
    fail('GET /v5/market/time', { kind: 'slow-body', bytesPerSecond: 1000 });
    expect(await (await fetch(time)).json()).toMatchObject({ retCode: 0 });
    expect(slept).toEqual([100, 100]);
    fail('GET /v5/market/time', { kind: 'delay', ms: 30 });
    await fetch(time);
    expect(slept).toEqual([100, 100, 30]);
    expect(simulator.faults.list().map(({ fault, struck }) => [fault.kind, struck])).toEqual([
      ['truncate', 1],
      ['slow-body', 1],
      ['delay', 1],
    ]);
    expect(simulator.journal.list({ route: 'GET /v5/market/time' })).toHaveLength(3);
  });

  test('fails as often as the seed says', async () => {
    const { simulator, service } = await open();
    const fault: Fault = { kind: 'answer', status: 503, body: '' };
    simulator.faults.set({ service: '*', route: 'GET *', fault, probability: 0.3 });
    const statuses: number[] = [];
    for (let k = 0; k < 40; k++) statuses.push((await fetch(`${service.address}/v5/market/time`)).status);
    expect(statuses.filter((status) => status === 503).length).toBe(simulator.faults.list()[0]!.struck);
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(4);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(15);
  });
});

describe('a stream', () => {
  async function subscribed() {
    const opened = await open();
    const socket = new WebSocket(opened.service.urls['public-linear']!);
    onTestFinished(() => socket.terminate());
    const heard: string[] = [];
    let wake: () => void = () => undefined;
    socket.on('message', (data) => {
      const { topic, data: rows } = JSON.parse(String(data));
      heard.push(topic === undefined ? 'ack' : String(rows[0].start ?? rows[0].T));
      wake();
    });
    const until = async (count: number) => {
      while (heard.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return heard;
    };
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send('{"op":"subscribe","args":["publicTrade.BTCUSDT"]}');
    await until(1);
    heard.length = 0;
    return { ...opened, socket, until };
  }
  const TRADES = 'STREAM /v5/public/linear publicTrade.BTCUSDT';

  test('misses a message, repeats one, and turns two around', async () => {
    const { simulator, fail, until } = await subscribed();
    const at = (minutes: number) => String(simulator.line.series[0]!.candles.openTimeAt(0) + minutes * 60_000);
    fail(TRADES, { kind: 'mute' });
    simulator.line.advance(2);
    expect(await until(1)).toEqual([at(3)]);
    fail(TRADES, { kind: 'duplicate' });
    simulator.line.advance(1);
    expect(await until(3)).toEqual([at(3), at(4), at(4)]);
    fail(TRADES, { kind: 'reorder' });
    simulator.line.advance(2);
    expect((await until(5)).slice(3)).toEqual([at(6), at(5)]);
    fail(TRADES, { kind: 'delay', ms: 20 });
    simulator.line.advance(2);
    expect((await until(7)).slice(5)).toEqual([at(7), at(8)]);
  });

  test('breaks', async () => {
    const { simulator, fail, socket } = await subscribed();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    fail(TRADES, { kind: 'disconnect' });
    simulator.line.advance(1);
    await closed;
  });
});

describe('a service', () => {
  test('is being worked on', async () => {
    const { service, client } = await open();
    service.conditions.maintenance = true;
    await expect(client.getServerTime()).rejects.toMatchObject({ code: 503 });
    service.conditions.maintenance = false;
    expect((await client.getServerTime()).retCode).toBe(0);
  });

  test('has a clock of its own', async () => {
    const { service, client } = await open();
    service.conditions.skewMs = 10_000;
    expect((await client.getPositionInfo(BTC)).retCode).toBe(10002);
    const { time } = await client.getServerTime();
    expect(time).toBeGreaterThan(Date.now() + 9_000);
  });

  test('shows orders and fills later than they are', async () => {
    const { service, client } = await open();
    service.conditions.orderLagMs = 60_000;
    await client.submitOrder({ ...ORDER, orderLinkId: 'slow' });
    expect((await client.getActiveOrders(BTC)).result.list).toEqual([]);
    service.conditions.orderLagMs = 0;
    expect((await client.getActiveOrders(BTC)).result.list).toHaveLength(1);
    service.conditions.fillLagMs = 60_000;
    await client.submitOrder({ ...BTC, side: 'Buy', orderType: 'Market', qty: '0.01' });
    expect((await client.getExecutionList(BTC)).result.list).toEqual([]);
    service.conditions.fillLagMs = 0;
    expect((await client.getExecutionList(BTC)).result.list).toHaveLength(1);
  });

  test('refuses stops, and fills in parts', async () => {
    const { simulator, service, client } = await open();
    service.conditions.rejectStops = true;
    expect((await client.submitOrder({ ...ORDER, stopLoss: '49000' })).retCode).toBe(10001);
    service.conditions.volumeShare = 0.001;
    const placed = await client.submitOrder({
      ...BTC,
      side: 'Buy',
      orderType: 'Limit',
      qty: '0.25',
      price: '60000',
      orderLinkId: 'parts',
    });
    expect(placed.retMsg).toBe('OK');
    const states: (readonly string[])[] = [];
    for (let k = 0; k < 3; k++) {
      simulator.line.advance(1);
      const { result } = await client.getActiveOrders({ ...BTC, orderLinkId: 'parts' });
      states.push([result.list[0]!.orderStatus, result.list[0]!.cumExecQty]);
    }
    expect(states).toEqual([
      ['PartiallyFilled', '0.1'],
      ['PartiallyFilled', '0.2'],
      ['Filled', '0.25'],
    ]);
  });

  test('sees its owner trade by hand', async () => {
    const { service, client } = await open();
    service.command('place-order', { symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01' });
    expect((await client.getPositionInfo(BTC)).result.list).toMatchObject([{ side: 'Buy', size: '0.01' }]);
    service.command('close-position', { symbol: 'BTCUSDT' });
    expect((await client.getPositionInfo(BTC)).result.list).toMatchObject([{ side: '', size: '0' }]);
    expect(() => service.command('dance')).toThrow(
      'has no command "dance": those that there are: place-order, cancel-order',
    );
  });
});

import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { systemRandom } from '#adapters/random/system.ts';
import { BrokerVenue } from '#adapters/venues/broker-venue.ts';
import { BybitBroker } from '#adapters/venues/bybit/broker.ts';
import type { Execution } from '#core/fills.ts';
import { Grid, type GridPrice } from '#core/grid.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { Order } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';
import { DEFAULT_ACCOUNT } from '#simulator/accounts.ts';
import type { Simulator } from '#simulator/simulator.ts';
import { openBybit, type Row, START, scripted, still } from '#tests/builders/bybit-exchange.ts';
import { levels, orderOf } from '#tests/builders/orders.ts';

const BTC = 'BTC/USDT' as MarketSymbol;

/** Our orders over a Bybit account on the twin: what they come to, as it is told. In ticks of 0.1 and lots of 0.001. */
async function open(rows: readonly Row[]) {
  const simulator = await openBybit([scripted('BTC/USDT', rows)], { history: 1 });
  const { key, secret } = DEFAULT_ACCOUNT;
  const clock = { ...systemClock, now: () => simulator.line.now };
  const { address } = simulator.service('bybit');
  const broker = await BybitBroker.open(
    { environment: 'testnet', credentials: { key, secret }, address },
    { clock, random: systemRandom, retries: 1, firstPauseMs: 1 },
  );
  const abort = new AbortController();
  onTestFinished(() => {
    abort.abort();
    broker.close();
  });
  const said: string[] = [];
  const told: string[] = [];
  const venue = new BrokerVenue(
    {
      broker,
      clock,
      abort: abort.signal,
      store: async () => undefined,
      say: (line) => said.push(line),
      marketNow: () => 0 as EpochMs,
    },
    START,
  );
  const grid = new Grid((await broker.instrument(BTC))!, await broker.feeRates(BTC));
  venue.open(BTC, grid, simulator.line.find(BTC)!.candles);
  venue.listen(BTC, {
    onOrder: ({ leg, state }: Order) => told.push(`${leg} ${state.kind}`),
    onFill: ({ order, quantity, price }: Execution) => told.push(`${order.leg} ${quantity} @ ${price}`),
  });
  await venue.start();
  return { simulator, venue, told, said };
}

/** Lets candles close, and asks for what came of it. */
async function pass(simulator: Simulator, venue: BrokerVenue, candles: number): Promise<void> {
  simulator.line.advance(candles);
  await venue.catchUp();
}

const ROWS: readonly Row[] = [
  ...still(60_000, 2),
  [60_000, 60_100, 59_900, 60_000],
  [60_000, 60_000, 58_900, 59_000],
  ...still(59_000, 3),
];

test('an entry with its stop and target comes to its end, told once', async () => {
  const { simulator, venue, told, said } = await open(ROWS);
  const entry = orderOf({ quantity: 100, attached: levels(590_000, 620_000) });
  entry.submitted();
  expect(await venue.submit(entry)).toEqual({ kind: 'accepted' });
  await pass(simulator, venue, 1);
  expect(entry.state.kind).toBe('filled');
  expect(await venue.position(BTC)).toBe(100);
  expect(new Set(told)).toEqual(new Set(['entry open', 'entry 100 @ 600000', 'stop open', 'target open']));
  await pass(simulator, venue, 2);
  expect(await venue.position(BTC)).toBe(0);
  expect(told.slice(4)).toEqual(expect.arrayContaining(['stop -100 @ 590000', 'target canceled']));
  expect(told).toHaveLength(6);
  expect(said).toEqual([]);
});

test('an order whose answer was lost is looked up until it is there, and its stop with it', async () => {
  const { simulator, venue, told } = await open(ROWS);
  simulator.faults.set({
    service: 'bybit',
    route: 'POST /v5/order/create',
    count: 1,
    fault: { kind: 'drop-reply' },
  });
  const entry = orderOf({ type: 'limit', price: 599_000, quantity: 100, attached: levels(595_000) });
  entry.submitted();
  expect(await venue.submit(entry)).toMatchObject({ kind: 'unknown' });
  expect(await venue.find(entry)).toMatchObject({ kind: 'open' });
  await pass(simulator, venue, 2);
  expect(told).toEqual(expect.arrayContaining(['entry open', 'entry 100 @ 599000', 'stop open']));
  await pass(simulator, venue, 1);
  expect(await venue.position(BTC)).toBe(0);
});

test('a limit order is moved, canceled, and leaves nothing', async () => {
  const { simulator, venue } = await open(ROWS);
  const entry = orderOf({ type: 'limit', price: 580_000, quantity: 100 });
  entry.submitted();
  await venue.submit(entry);
  expect(await venue.amend(entry, { price: 581_000 as GridPrice })).toEqual({ kind: 'accepted' });
  expect(await venue.cancel(entry, 'too old')).toEqual({ kind: 'canceled' });
  expect(entry.state).toMatchObject({ kind: 'canceled', why: 'too old', filled: 0 });
  await pass(simulator, venue, 3);
  expect(await venue.position(BTC)).toBe(0);
});

test('what the owner adds by hand stops entries, and what he closes of ours is an exit', {
  timeout: 30_000,
}, async () => {
  const { simulator, venue, told, said } = await open(still(60_000, 14));
  const twin = simulator.service('bybit');
  const byHand = { symbol: 'BTCUSDT', orderType: 'Market', qty: '0.05' };
  const entry = orderOf({ quantity: 100, attached: levels(590_000) });
  entry.submitted();
  await venue.submit(entry);
  await pass(simulator, venue, 1);
  twin.command('place-order', { ...byHand, side: 'Buy' });
  await pass(simulator, venue, 1);
  expect(said).toEqual([
    expect.stringMatching(/^Bybit holds 0\.15 of BTC\/USDT and the bot has traded 0\.1: .* sell 0\.05 /),
  ]);
  const more = orderOf({ occasion: 2, quantity: 100 });
  expect(await venue.submit(more)).toMatchObject({ kind: 'rejected', why: expect.stringContaining('somebody else') });
  twin.command('place-order', { ...byHand, side: 'Sell', reduceOnly: true });
  await pass(simulator, venue, 1);
  expect(said.slice(1)).toEqual(['Bybit holds of BTC/USDT what the bot has traded again; it may enter.']);
  twin.command('close-position', { symbol: 'BTCUSDT' });
  await pass(simulator, venue, 1);
  expect(said.slice(2)).toEqual([expect.stringContaining("Somebody else closed 0.1 of the bot's BTC/USDT")]);
  expect(told).toEqual(expect.arrayContaining(['exit -100 @ 600000', 'stop canceled']));
});

test('an entry that waits is taken back when the owner trades by hand; what protects stays', {
  timeout: 30_000,
}, async () => {
  const { simulator, venue, told, said } = await open(still(60_000, 14));
  const twin = simulator.service('bybit');
  const entry = orderOf({ quantity: 100, attached: levels(590_000) });
  entry.submitted();
  await venue.submit(entry);
  await pass(simulator, venue, 1);
  const waiting = orderOf({ occasion: 2, type: 'limit', price: 595_000, quantity: 100, attached: levels(590_000) });
  waiting.submitted();
  await venue.submit(waiting);
  twin.command('place-order', { symbol: 'BTCUSDT', orderType: 'Market', qty: '0.05', side: 'Buy' });
  await pass(simulator, venue, 1);
  expect(said).toEqual([expect.stringContaining('takes back entries that wait')]);
  await pass(simulator, venue, 1);
  expect(waiting.state).toMatchObject({ kind: 'canceled', filled: 0, why: 'somebody else traded there' });
  const { orders } = twin.command('account', {}) as { orders: { orderType: string; triggerPrice: string }[] };
  expect(orders).toMatchObject([{ triggerPrice: '59000', reduceOnly: true }]);
  expect(told.at(-1)).toBe('entry canceled');
});

test('a stop that the owner cancels is sent anew', async () => {
  const { simulator, venue, said } = await open(still(60_000, 14));
  const twin = simulator.service('bybit');
  const entry = orderOf({ quantity: 100, attached: levels(590_000) });
  entry.submitted();
  await venue.submit(entry);
  await pass(simulator, venue, 1);
  const stops = () => {
    const { orders } = twin.command('account', {}) as {
      orders: { orderId: string; triggerPrice: string; qty: string }[];
    };
    return orders.map(({ orderId, triggerPrice, qty }) => ({ orderId, level: Number(triggerPrice), qty }));
  };
  const [first] = stops();
  twin.command('cancel-order', { symbol: 'BTCUSDT', orderId: first!.orderId });
  expect(stops()).toEqual([]);
  await venue.catchUp();
  expect(stops()).toEqual([{ orderId: expect.any(String), level: 59_000, qty: '0.1' }]);
  expect(said).toEqual([]);
});

import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { systemRandom } from '#adapters/random/system.ts';
import { AlpacaBroker } from '#adapters/venues/alpaca/broker.ts';
import { BrokerVenue } from '#adapters/venues/broker-venue.ts';
import type { Execution } from '#core/fills.ts';
import { Grid, type GridPrice } from '#core/grid.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { Order } from '#core/orders.ts';
import type { EpochMs } from '#core/time.ts';
import { openAlpaca, type Row, SHORT_DAY_OPEN, shares } from '#tests/builders/alpaca-exchange.ts';
import { type InstrumentText, instrumentOf } from '#tests/builders/instruments.ts';
import { levels, type OrderText, orderOf, ownerOf } from '#tests/builders/orders.ts';

const SPY = 'SPY/USD' as MarketSymbol;
const WHOLE: InstrumentText = { symbol: 'SPY/USD', tick: '0.01', lot: '1' };
/** A price of 600 on the free grid of whole shares: nine decimals. */
const DOLLAR = 1_000_000_000;
const OWNER = ownerOf({ symbol: 'SPY/USD' });
const STILL: Row = [600, 600, 600, 600];

/** Our orders over an Alpaca account on the twin: what they come to, as it is told. */
async function open(rows: readonly Row[], rules: InstrumentText = WHOLE) {
  const twin = await openAlpaca([shares('SPY', 600, rows)]);
  const { simulator, service } = twin;
  service.conditions.rateLimits = false;
  const broker = await AlpacaBroker.open(
    { host: 'paper-api', credentials: { key: 'testkey', secret: 'testsecret' }, address: service.address },
    { clock: systemClock, random: systemRandom, retries: 1, firstPauseMs: 1 },
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
      clock: systemClock,
      abort: abort.signal,
      store: async () => undefined,
      say: (line) => said.push(line),
      marketNow: () => 0 as EpochMs,
    },
    SHORT_DAY_OPEN,
  );
  const grid = new Grid(instrumentOf(rules), await broker.feeRates(SPY), 'free');
  venue.open(SPY, grid, simulator.line.find(SPY)!.candles);
  venue.listen(SPY, {
    onOrder: ({ leg, state, attempt }: Order) => told.push(`${leg}${attempt} ${state.kind}`),
    onFill: ({ order, quantity, price }: Execution) =>
      told.push(`${order.leg}${order.attempt} ${grid.quantityNumber(quantity)} @ ${grid.priceNumber(price)}`),
  });
  await venue.start();
  const place = async (text: OrderText) => {
    const order = orderOf({ owner: OWNER, ...text });
    order.submitted();
    return { order, answer: await venue.submit(order) };
  };
  /** Lets candles close, and asks for what came of it. */
  const pass = async (candles: number) => {
    simulator.line.advance(candles);
    await venue.catchUp();
  };
  /** Waits until the venue has open orders like these, and has told of them. */
  const untilTold = async (line: string) => {
    while (!told.includes(line) && !abort.signal.aborted) await systemClock.sleep(5, abort.signal);
  };
  return { ...twin, broker, venue, told, said, place, pass, untilTold };
}

const BRACKET = levels(595 * DOLLAR, 610 * DOLLAR);

test('an entry with its stop and target comes to its end, told once', async () => {
  const { venue, told, said, place, pass } = await open([STILL, [600, 600, 594, 594], STILL]);
  const { order, answer } = await place({ quantity: 10, attached: BRACKET });
  expect(answer).toEqual({ kind: 'accepted' });
  await pass(1);
  expect(order.state.kind).toBe('filled');
  expect(await venue.position(SPY)).toBe(10);
  expect(told.slice(0, 2)).toEqual(['entry1 open', 'entry1 10 @ 600']);
  expect(told.slice(2).toSorted()).toEqual(['stop1 open', 'target1 open']);
  await pass(2);
  expect(await venue.position(SPY)).toBe(0);
  expect(told.slice(4).toSorted()).toEqual(['stop1 -10 @ 595', 'target1 canceled']);
  expect(said).toEqual([]);
});

describe('a partly filled entry', () => {
  const ROWS: readonly Row[] = [
    [600, 600, 600, 600, 4],
    [600, 600, 590, 590, 100],
    [590, 590, 590, 590, 100],
  ];

  test('is taken back, and what has filled gets a stop of its own at once', async () => {
    const { simulator, service, venue, told, said, place, untilTold, ask, pass } = await open(ROWS);
    service.conditions.volumeShare = 1;
    await place({ quantity: 10, attached: BRACKET });
    simulator.line.advance(1);
    // Nobody asks: the stream tells of it, and it is seen to before the next candle.
    await untilTold('stop2 open');
    expect(told.slice(0, 2)).toEqual(['entry1 open', 'entry1 4 @ 600']);
    expect(told).toContain('entry1 canceled');
    const { json } = await ask('GET', '/v2/orders?status=open');
    expect(json).toMatchObject([{ qty: '4', type: 'stop', stop_price: '595', position_intent: 'sell_to_close' }]);
    await pass(1);
    expect(await venue.position(SPY)).toBe(0);
    expect(told.at(-1)).toBe('stop2 -4 @ 595');
    expect(said).toEqual([]);
  });

  test('whose stop is refused is closed at the market', async () => {
    const { simulator, service, venue, said, place, untilTold } = await open(ROWS);
    service.conditions.volumeShare = 1;
    await place({ quantity: 10, attached: BRACKET });
    service.conditions.rejectStops = true;
    simulator.line.advance(1);
    await untilTold('stop3 open');
    service.conditions.volumeShare = undefined;
    simulator.line.advance(1);
    await venue.catchUp();
    expect(await venue.position(SPY)).toBe(0);
    expect(said).toEqual([expect.stringContaining('Alpaca refuses the stop of SPY/USD')]);
  });
});

test('parts of a share get their stop once they are there, and fills between the grid are booked against us', async () => {
  const rules = { symbol: 'SPY/USD', tick: '0.01', lot: '0.000000001' };
  const { told, said, place, untilTold, ask } = await open([STILL, STILL], rules);
  await place({ quantity: 500_000_000, attached: levels(595_000) });
  await untilTold('stop2 open');
  expect(told.slice(0, 2)).toEqual(['entry1 open', 'entry1 0.5 @ 600']);
  const { json } = await ask('GET', '/v2/orders?status=open');
  expect(json).toMatchObject([{ qty: '0.5', type: 'stop', time_in_force: 'day' }]);
  expect(said).toEqual([]);
});

test('an entry that waits is taken back when the owner trades by hand; what protects stays', {
  timeout: 30_000,
}, async () => {
  const { venue, told, said, place, pass, ask } = await open([STILL, STILL, STILL, STILL]);
  await place({ quantity: 10, attached: BRACKET });
  await pass(1);
  const attached = levels(585 * DOLLAR, 610 * DOLLAR);
  const { order } = await place({ occasion: 2, type: 'limit', price: 590 * DOLLAR, quantity: 10, attached });
  // One with a leg of its own: Alpaca takes no other one beside the legs that are there.
  const byHand = { symbol: 'SPY', qty: '5', side: 'buy', type: 'market', time_in_force: 'day' };
  await ask('POST', '/v2/orders', { ...byHand, order_class: 'oto', stop_loss: { stop_price: '500' } });
  await pass(1);
  expect(said).toEqual([expect.stringContaining('takes back entries that wait')]);
  await venue.catchUp();
  expect(order.state).toMatchObject({ kind: 'canceled', filled: 0, why: 'somebody else traded there' });
  const { json } = await ask('GET', '/v2/orders?status=open&side=buy');
  expect(json).toEqual([]);
  expect(told.filter((line) => line.startsWith('stop') || line.startsWith('target')).toSorted()).toEqual([
    'stop1 open',
    'target1 open',
  ]);
});

test('an exit goes out after the legs that hold what it closes', async () => {
  const { venue, told, said, place, pass } = await open([STILL, STILL]);
  await place({ quantity: 10, attached: BRACKET });
  await pass(1);
  expect((await place({ leg: 'exit', side: 'sell', quantity: 10, occasion: 2 })).answer).toEqual({ kind: 'accepted' });
  await venue.catchUp();
  expect(await venue.position(SPY)).toBe(0);
  expect(told.slice(4, 6).toSorted()).toEqual(['stop1 canceled', 'target1 canceled']);
  expect(told.slice(6)).toEqual(['exit1 open', 'exit1 -10 @ 600']);
  expect(said).toEqual([]);
});

test('an exit that is refused leaves no position without its stop', async () => {
  const { simulator, place, pass, untilTold, ask, said } = await open([STILL, STILL]);
  await place({ quantity: 10, attached: BRACKET });
  await pass(1);
  const fault = { kind: 'answer', status: 403, body: '{"code":40310000,"message":"not now"}' } as const;
  simulator.faults.set({ service: 'alpaca', route: 'POST /v2/orders', fault, count: 1 });
  const { answer } = await place({ leg: 'exit', side: 'sell', quantity: 10, occasion: 2 });
  expect(answer).toEqual({
    kind: 'rejected',
    why: 'Cannot place order on "SPY/USD" as Alpaca must take it: it says "not now" (40310000)',
    code: '40310000',
  });
  await untilTold('stop2 open');
  const { json } = await ask('GET', '/v2/orders?status=open');
  expect(json).toMatchObject([{ qty: '10', type: 'stop', stop_price: '595' }]);
  expect(said).toEqual([]);
});

test('a stop is moved, stays the same order, and fills as it', async () => {
  const { venue, told, place, pass } = await open([STILL, [600, 600, 597, 597], STILL]);
  let stop: Order | undefined;
  await place({ quantity: 10, attached: levels(590 * DOLLAR) });
  venue.listen(SPY, {
    onOrder: (order: Order) => {
      if (order.leg === 'stop') stop = order;
    },
    onFill: ({ order, quantity }: Execution) => told.push(`${order.leg}${order.attempt} ${quantity}`),
  });
  await venue.catchUp();
  for (const price of [592, 598]) {
    expect(await venue.amend(stop!, { price: (price * DOLLAR) as GridPrice })).toEqual({ kind: 'accepted' });
    await venue.catchUp();
    expect([stop!.state.kind, stop!.price]).toEqual(['open', price * DOLLAR]);
  }
  await pass(2);
  expect(stop!.state.kind).toBe('filled');
  expect(told.at(-1)).toBe('stop1 -10');
  expect(await venue.position(SPY)).toBe(0);
});

test('an order whose answer was lost is looked up until it is there, and its stop with it', async () => {
  const { simulator, venue, told, place, pass, said } = await open([STILL, [600, 600, 594, 594], STILL]);
  const fault = { kind: 'drop-reply' } as const;
  simulator.faults.set({ service: 'alpaca', route: 'POST /v2/orders', fault, count: 1 });
  const { order, answer } = await place({ quantity: 10, attached: levels(595 * DOLLAR) });
  expect(answer).toMatchObject({ kind: 'unknown' });
  await pass(1);
  expect(order.state.kind).toBe('filled');
  expect(told).toEqual(expect.arrayContaining(['entry1 open', 'entry1 10 @ 600', 'stop1 open']));
  await pass(1);
  expect(told.at(-1)).toBe('stop1 -10 @ 595');
  expect(await venue.position(SPY)).toBe(0);
  expect(said).toEqual([]);
});

test('nothing depends on the stream: all of it comes by asking', async () => {
  const { simulator, venue, told, place, pass, said } = await open([STILL, [600, 600, 594, 594], STILL]);
  simulator.faults.set({ service: 'alpaca', route: 'STREAM /stream *', fault: { kind: 'mute' } });
  await place({ quantity: 10, attached: BRACKET });
  await pass(1);
  expect(told.slice(0, 2)).toEqual(['entry1 open', 'entry1 10 @ 600']);
  expect(told.slice(2).toSorted()).toEqual(['stop1 open', 'target1 open']);
  await pass(1);
  expect(told.slice(4).toSorted()).toEqual(['stop1 -10 @ 595', 'target1 canceled']);
  expect(await venue.position(SPY)).toBe(0);
  expect(said).toEqual([]);
});

test('listings that are late never make a second stop', async () => {
  const { service, venue, told, place, said, untilTold } = await open([STILL, STILL]);
  service.conditions.orderLagMs = 300;
  service.conditions.fillLagMs = 300;
  await place({ quantity: 10, attached: BRACKET });
  await untilTold('stop1 open');
  await venue.catchUp();
  expect(told.filter((line) => line.startsWith('stop'))).toEqual(['stop1 open']);
  expect(said).toEqual([]);
});

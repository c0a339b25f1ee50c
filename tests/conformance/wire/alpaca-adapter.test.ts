import { expect, onTestFinished } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { systemRandom } from '#adapters/random/system.ts';
import { AlpacaBroker } from '#adapters/venues/alpaca/broker.ts';
import { accountFrom, positionFrom } from '#adapters/venues/alpaca/decode-account.ts';
import { activityFrom, NO_FEE } from '#adapters/venues/alpaca/decode-fill.ts';
import { clockFrom } from '#adapters/venues/alpaca/decode-market.ts';
import { orderFrom } from '#adapters/venues/alpaca/decode-order.ts';
import { failureOf } from '#adapters/venues/alpaca/failures.ts';
import { unspeakable } from '#adapters/venues/alpaca/spell-order.ts';
import { AlpacaSymbols } from '#adapters/venues/alpaca/symbols.ts';
import type { WireOrder } from '#adapters/venues/broker.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { formatDecimal, price, quantity } from '#core/money.ts';
import { coins, type OpenAlpaca, openAlpaca, shares } from '#tests/builders/alpaca-exchange.ts';
import { ACCOUNT } from '#tests/fixtures/alpaca-messages.ts';
import { describeFacts, type WireFact } from './facts.ts';

const SYMBOLS = new AlpacaSymbols(['BTC/USD']);
const KO = 'KO/USD' as MarketSymbol;

interface Opened extends OpenAlpaca {
  readonly broker: AlpacaBroker;
}

async function open(keys = { key: 'testkey', secret: 'testsecret' }): Promise<Opened> {
  const prices = [shares('KO', 86.878), shares('AAPL', 155), coins('BTC/USD', 60_000)];
  const twin = await openAlpaca(prices, { accounts: [keys as never] });
  const broker = await AlpacaBroker.open(
    { host: 'paper-api', credentials: keys, address: twin.service.address },
    { clock: systemClock, random: systemRandom, firstPauseMs: 1 },
  );
  onTestFinished(() => broker.close());
  return { ...twin, broker };
}

function order(terms: Partial<WireOrder>): WireOrder {
  return {
    clientOrderId: 'c-1',
    symbol: KO,
    side: 'buy',
    type: 'market',
    quantity: quantity('1'),
    price: undefined,
    limit: undefined,
    timeInForce: 'day',
    postOnly: false,
    reduceOnly: false,
    stop: undefined,
    target: undefined,
    ...terms,
  };
}

/** What left for Alpaca when this order was placed. */
async function sentBy({ broker, simulator }: Opened, wire: WireOrder) {
  expect(await broker.place(wire)).toMatchObject({ kind: 'accepted' });
  const sent = simulator.journal.list({ service: 'alpaca', route: 'POST /v2/orders' }).at(-1)!;
  return { body: JSON.parse(sent.body) as Readonly<Record<string, unknown>>, headers: sent.headers };
}

/** The library writes as recorded; that an order opens or closes is said besides. */
async function sendsAsRecorded({ request }: WireFact, terms: Partial<WireOrder>): Promise<void> {
  const { body, headers } = await sentBy(await open(), order({ symbol: 'AAPL/USD' as MarketSymbol, ...terms }));
  expect(body).toEqual({ ...JSON.parse(request.rawBody), position_intent: 'buy_to_open' });
  expect(headers['content-type']).toBe('application/json');
}

async function sellsCoins({ request }: WireFact): Promise<void> {
  const opened = await open();
  const coin = { symbol: 'BTC/USD' as MarketSymbol, timeInForce: 'gtc', quantity: quantity('0.001') } as const;
  await opened.broker.place(order({ ...coin, clientOrderId: 'c-0' }));
  const limit = request.body.limit_price && price(request.body.limit_price);
  const terms = { ...coin, side: 'sell', reduceOnly: true, ...(limit && { type: 'limit', price: limit }) } as const;
  const { body } = await sentBy(opened, order(terms));
  expect(body).toEqual({ ...request.body, client_order_id: 'c-1' });
}

describeFacts('adapters', ['alpaca'], {
  'alpaca-001': ({ expect: { raw } }) => {
    const { report, status } = orderFrom(raw, SYMBOLS)!;
    expect(report).toMatchObject({
      venueOrderId: raw.id,
      clientOrderId: raw.client_order_id,
      state: 'open',
      filled: 0n,
    });
    expect([report.symbol, report.type, report.side, status]).toEqual([KO, 'market', 'buy', 'pending_new']);
    expect(report.updatedAt).toBe(Math.floor(Date.parse(raw.updated_at)));
  },
  'alpaca-002': ({ expect: { raw } }) => {
    const { report } = orderFrom(raw, SYMBOLS)!;
    expect([report.state, formatDecimal(report.filled)]).toEqual(['filled', raw.filled_qty]);
  },
  'alpaca-003': async ({ expect: { statusSequence } }) => {
    const { place, order: shown } = await open();
    const json = await shown(
      (await place({ symbol: 'KO', qty: '1', side: 'buy', type: 'market', time_in_force: 'day' })).id,
    );
    const states = statusSequence.map((status: string) => orderFrom({ ...json, status }, SYMBOLS)!.report.state);
    expect(states).toEqual(['open', 'open', 'filled']);
  },
  'alpaca-004': async ({ expect: { thenOrder } }) => {
    const { broker } = await open();
    const wire = order({ type: 'limit', price: price(thenOrder.limit_price) });
    await broker.place(wire);
    const id = { symbol: KO, clientOrderId: wire.clientOrderId, venueOrderId: undefined };
    expect(await broker.cancel(id)).toEqual({ kind: 'canceled' });
    expect(await broker.order(id)).toMatchObject({ state: 'canceled', filled: 0n, type: 'limit' });
  },
  'alpaca-005': async ({ expect: { http, body } }) => {
    expect(failureOf(http, body).meaning).toBe('duplicate');
    const { broker, simulator } = await open();
    const first = await broker.place(order({}));
    expect(await broker.place(order({}))).toEqual(first);
    expect(simulator.journal.list({ route: 'GET /v2/orders:by_client_order_id' })).toHaveLength(1);
  },
  'alpaca-006': ({ expect: { http, body } }) => {
    const { meaning, message, code } = failureOf(http, body);
    expect([meaning, code]).toEqual(['refused', body.code]);
    expect(message).toContain(`${body.available} is free`);
  },
  'alpaca-008': ({ expect: { http, body } }) => {
    const { meaning, message } = failureOf(http, body);
    expect(meaning).toBe('refused');
    expect(message).toContain(`${body.buying_power} USD may be used and it costs ${body.cost_basis}`);
  },
  'alpaca-010': ({ expect: { raw } }) => {
    const { position, unrealizedPnl } = positionFrom(raw[0], SYMBOLS);
    expect([position!.quantity, position!.entryPrice, unrealizedPnl].map(formatDecimal)).toEqual([
      raw[0].qty,
      raw[0].avg_entry_price,
      raw[0].unrealized_pl,
    ]);
    expect(position!.symbol).toBe(KO);
  },
  'alpaca-011': ({ expect: { raw } }) => {
    // The fact shows a part of the account.
    const account = accountFrom({ ...ACCOUNT, ...raw });
    expect([account.equity, account.available].map(formatDecimal)).toEqual([
      raw.equity,
      raw.non_marginable_buying_power,
    ]);
    expect(account).toMatchObject({ isActive: true, isTradingBlocked: false });
  },
  'alpaca-012': ({ expect: { raw } }) => {
    const { id, fill } = activityFrom(raw[0], SYMBOLS, () => NO_FEE);
    expect(id).toBe(raw[0].id);
    expect(fill).toMatchObject({ venueOrderId: raw[0].order_id, symbol: KO, side: 'buy' });
    expect([fill!.price, fill!.quantity].map(formatDecimal)).toEqual([raw[0].price, raw[0].qty]);
    // The id's digits are New York's time.
    expect(fill!.executedAt).toBe(Math.floor(Date.parse(raw[0].transaction_time)));
  },
  'alpaca-013': ({ expect: { raw, unified } }) => {
    expect(clockFrom(raw)).toEqual({ at: unified, isOpen: raw.is_open });
  },
  'alpaca-014': sellsCoins,
  'alpaca-015': sellsCoins,
  'alpaca-018': (fact) => sendsAsRecorded(fact, {}),
  'alpaca-019': (fact) =>
    sendsAsRecorded(fact, {
      clientOrderId: 'c-2',
      type: 'limit',
      price: price('150'),
      stop: price('140'),
      target: price('160'),
    }),
  'alpaca-024': async ({ expect: { http } }) => {
    const { broker, simulator } = await open();
    const fault = { kind: 'answer', status: http, body: '{}', headers: { 'retry-after': '0' } } as const;
    simulator.faults.set({ service: 'alpaca', route: 'GET /v2/account', fault, count: 1 });
    expect((await broker.account()).currency).toBe('USD');
    expect(simulator.faults.list()).toMatchObject([{ struck: 1 }]);
  },
  'alpaca-025': async ({ request }) => {
    const { key_id: key, secret_key: secret } = request.send.data;
    const { broker } = await open({ key, secret });
    const abort = new AbortController();
    const deaf = { onOrder: () => {}, onFill: () => {}, onFunding: () => {}, onGap: () => {} };
    await broker.stream(deaf, abort.signal);
    abort.abort();
  },
  'alpaca-032': ({ request }) => {
    const half = order({ type: 'limit', price: price('80'), quantity: quantity('0.5') });
    const traded = { wire: 'KO', isCoin: false };
    for (const timeInForce of request.time_in_force.filter((one: string) => /^(gtc|ioc|fok)$/.test(one)))
      expect(unspeakable({ ...half, timeInForce }, traded)).toContain('parts of a share must be asked for by the day');
    expect(unspeakable(half, traded)).toBeUndefined();
  },
  'alpaca-034': async () => {
    const { broker } = await open();
    // What this leads to is in tests/venues/alpaca-venue.test.ts: a partly filled entry gets its own stop.
    expect(broker.attachedStop(order({ stop: price('80') }))).toBe('whole-fill');
  },
});

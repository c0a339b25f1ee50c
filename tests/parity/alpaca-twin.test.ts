import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { AccountId, BotId } from '#core/bots.ts';
import { Candles } from '#core/candles.ts';
import type { Execution } from '#core/fills.ts';
import { Grid, type GridQuantity } from '#core/grid.ts';
import type { Instrument } from '#core/instruments.ts';
import { Exchange } from '#core/matching/matching.ts';
import { formatDecimal, type Money, price, quantity } from '#core/money.ts';
import { Order, type OrderRequest, ownerPrefix } from '#core/orders.ts';
import { seededChance } from '#core/random.ts';
import { approvedBefore } from '#core/risk.ts';
import { US_STOCKS } from '#core/sessions/us-stocks.ts';
import { recordedPrices } from '#simulator/price-streams.ts';
import { openAlpaca } from '#tests/builders/alpaca-exchange.ts';
import { stockCandles } from '#tests/builders/stock-candles.ts';
import { readCandleFile } from '../../src/server/files/candle-files.ts';

const SPY = fileURLToPath(
  new URL('../../../shared/data/stocks/us_SPY_1m_2025-07_extended-hours.csv.gz', import.meta.url),
);
const CENT = 0.01;

const INSTRUMENT: Instrument = {
  symbol: 'SPY/USD' as Instrument['symbol'],
  base: 'SPY',
  quote: 'USD',
  tick: price('0.01'),
  lot: quantity('1'),
  minQuantity: quantity('1'),
  minNotional: 0n as Money,
  calendar: 'us-stocks',
};

/** An entry with its stop and target, decided at the close of a candle. */
interface Decision {
  readonly at: number;
  readonly side: 'buy' | 'sell';
  readonly shares: number;
  /** Undefined for an entry at the market. */
  readonly limit: number | undefined;
  readonly stop: number;
  readonly target: number;
}

type FillRow = readonly [time: number, side: string, quantity: string, price: string];

/** What the exchange of a backtest makes of decisions that come whenever nothing is open. */
function backtested(candles: Candles, seed: number): { readonly decisions: Decision[]; readonly fills: FillRow[] } {
  const free = { maker: quantity('0'), taker: quantity('0') };
  const grid = new Grid(INSTRUMENT, free);
  const replay = Candles.replayOf(candles, 1);
  const exchange = new Exchange(grid, replay);
  const chance = seededChance(seed);
  const decisions: Decision[] = [];
  const fills: FillRow[] = [];
  exchange.listen({
    onOrder: () => {},
    onFill: (execution) => fills.push(rowOf(grid, replay, execution)),
  });
  for (let i = 1; i < candles.length; i++) {
    exchange.match(i);
    replay.closeNext();
    const isFree = exchange.position === 0 && exchange.openOrders().length === 0;
    if (!isFree || chance.next() > 0.05 || i > candles.length - 3) continue;
    const decision = decide(i, candles.close.values[i]!, chance.next);
    decisions.push(decision);
    const order = new Order({ owner: OWNER, occasion: replay.closeTimeAt(i) }, requestOf(grid, decision));
    order.submitted();
    exchange.accept(approvedBefore(order), i);
  }
  return { decisions, fills };
}

const OWNER = {
  accountId: 'parity' as AccountId,
  botId: 'parity' as BotId,
  symbol: INSTRUMENT.symbol,
  timeframe: '1m',
  prefix: ownerPrefix('parity', 'parity', 'SPY/USD', '1m'),
} as const;

function decide(at: number, close: number, next: () => number): Decision {
  const sign = next() < 0.5 ? 1 : -1;
  const cents = (value: number) => Math.round(value / CENT) * CENT;
  const limit = next() < 0.5 ? undefined : cents(close - sign * 0.03);
  const base = limit ?? close;
  return {
    at,
    side: sign > 0 ? 'buy' : 'sell',
    shares: 1 + Math.floor(next() * 20),
    limit,
    stop: cents(base - sign * (0.05 + next() * 0.5)),
    target: cents(base + sign * (0.05 + next() * 0.5)),
  };
}

function requestOf(grid: Grid, { side, shares, limit, stop, target }: Decision): OrderRequest {
  return {
    leg: 'entry',
    side,
    type: limit === undefined ? 'market' : 'limit',
    quantity: shares as GridQuantity,
    price: limit === undefined ? undefined : grid.priceOf(limit),
    timeInForce: 'gtc',
    effect: 'open',
    attached: { kind: 'levels', levels: { stop: grid.priceOf(stop), target: grid.priceOf(target) } },
  };
}

function rowOf(grid: Grid, candles: Candles, { price: at, quantity: signed, index }: Execution): FillRow {
  const size = formatDecimal(grid.exactQuantity(Math.abs(signed) as GridQuantity));
  return [candles.openTimeOf(index), signed > 0 ? 'buy' : 'sell', size, formatDecimal(grid.exactPrice(at))];
}

/** What the twin makes of the same decisions, sent at the same closes. */
async function twinned(candles: Candles, decisions: readonly Decision[]): Promise<readonly FillRow[]> {
  const twin = await openAlpaca([recordedPrices(INSTRUMENT.symbol, candles)], { history: 2 });
  const { ask, service, simulator } = twin;
  service.conditions.rateLimits = false;
  for (const { at, side, shares, limit, stop, target } of decisions) {
    simulator.line.advance(at + 1 - simulator.line.series[0]!.candles.length);
    service.command('place-order', {
      order: {
        symbol: 'SPY',
        side,
        qty: String(shares),
        ...(limit === undefined ? { type: 'market' } : { type: 'limit', limit_price: limit.toFixed(2) }),
        time_in_force: 'gtc',
        order_class: 'bracket',
        take_profit: { limit_price: target.toFixed(2) },
        stop_loss: { stop_price: stop.toFixed(2) },
      },
    });
  }
  simulator.line.advance(Number.POSITIVE_INFINITY);
  const fills: FillRow[] = [];
  for (let token = ''; ; ) {
    const { json } = await ask(
      'GET',
      `/v2/account/activities/FILL?direction=asc&page_token=${encodeURIComponent(token)}`,
    );
    for (const row of json)
      fills.push([Math.floor(Date.parse(row.transaction_time)), row.side.replace('_short', ''), row.qty, row.price]);
    if (json.length === 0) return fills;
    token = json.at(-1).id;
  }
}

test.each([1, 2, 3])('the twin fills brackets as a backtest does: invented days, seed %i', async (seed) => {
  const chance = seededChance(seed);
  let last = 600;
  const candles = stockCandles('2025-07-01', '2025-07-07', '1m', () => {
    const open = last + (chance.next() < 0.02 ? chance.next() - 0.5 : 0);
    const close = open + (chance.next() - 0.5) * 0.2;
    last = close;
    const cents = [
      open,
      Math.max(open, close) + chance.next() * 0.1,
      Math.min(open, close) - chance.next() * 0.1,
      close,
    ];
    return cents.map((value) => Math.round(value * 100) / 100) as [number, number, number, number];
  });
  const { decisions, fills } = backtested(candles, seed);
  expect(decisions.length).toBeGreaterThan(20);
  expect(await twinned(candles, decisions)).toEqual(fills);
});

test('the twin fills brackets as a backtest does: SPY in July 2025, over the early close', async ({ skip }) => {
  if (!existsSync(SPY)) skip(`there is no ${SPY}`);
  const { candles } = await readCandleFile(SPY, { calendar: US_STOCKS, allowGaps: true });
  const { decisions, fills } = backtested(candles, 7);
  expect(decisions.length).toBeGreaterThan(100);
  expect(await twinned(candles, decisions)).toEqual(fills);
});

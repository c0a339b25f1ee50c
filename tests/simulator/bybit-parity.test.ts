import { describe, expect, test } from 'vitest';
import { Candles } from '#core/candles.ts';
import type { Execution } from '#core/fills.ts';
import { Grid, type GridPrice, type GridQuantity } from '#core/grid.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { SeededMarket } from '#core/market.ts';
import { Exchange } from '#core/matching/matching.ts';
import { formatDecimal, quantity } from '#core/money.ts';
import { Order, type OrderOwner, type OrderRequest } from '#core/orders.ts';
import { type Chance, seededChance } from '#core/random.ts';
import { approvedBefore } from '#core/risk.ts';
import { DEFAULT_ACCOUNT } from '#simulator/accounts.ts';
import { contractOf } from '#simulator/bybit/instruments.ts';
import { recordedPrices } from '#simulator/price-streams.ts';
import { openBybit, START } from '#tests/builders/bybit-exchange.ts';

const SYMBOL = 'BTC/USDT' as MarketSymbol;
const CANDLES = 400;

/** What is decided at a close, the same on both sides. Levels are distances from the close, in ticks. */
type Act =
  | {
      readonly kind: 'enter';
      readonly side: 'buy' | 'sell';
      readonly how: 'market' | 'limit' | 'stop';
      readonly away: number;
      readonly stop: number;
      readonly target: number;
    }
  | { readonly kind: 'exit' | 'withdraw' | 'wait' };

function decide(chance: Chance): Act {
  const draw = chance.next();
  if (draw < 0.25) {
    const how = (['market', 'limit', 'stop'] as const)[Math.floor(chance.next() * 3)]!;
    const side = chance.next() < 0.5 ? 'buy' : 'sell';
    const far = () => 200 + Math.floor(chance.next() * 2500);
    return { kind: 'enter', side, how, away: 101 + Math.floor(chance.next() * 800), stop: far(), target: far() };
  }
  return { kind: draw < 0.3 ? 'exit' : draw < 0.36 ? 'withdraw' : 'wait' };
}

/** Where an entry waits, and its stop and target, in grid prices. */
function levelsOf(act: Extract<Act, { kind: 'enter' }>, close: GridPrice) {
  const sign = act.side === 'buy' ? 1 : -1;
  const toward = act.how === 'stop' ? sign : -sign;
  const entry = (act.how === 'market' ? close : close + toward * act.away) as GridPrice;
  return { entry, stop: (entry - sign * act.stop) as GridPrice, target: (entry + sign * act.target) as GridPrice };
}

/** Candles that open up to 100 ticks away from where the one before closed: not so far as what waits. */
function recording(seed: number): Candles {
  const market = new SeededMarket({
    seed,
    startPrice: 60_000,
    tick: '0.1',
    lot: '0.001',
    timeframe: '5m',
    startTime: START,
  });
  const chance = seededChance(seed + 1000);
  const candles = new Candles('5m');
  for (let k = 0; k < CANDLES; k++) {
    const candle = market.next();
    const open = (Math.round(candle.open * 10) + Math.floor(chance.next() * 201) - 100) / 10;
    candles.append({ ...candle, open, high: Math.max(candle.high, open), low: Math.min(candle.low, open) });
  }
  return candles;
}

const LOT = '0.1';

/** On the core's own exchange, as a backtest has it. */
function fillsOfCore(recorded: Candles, seed: number): string[] {
  const chance = seededChance(seed);
  const fees = { maker: quantity('0'), taker: quantity('0') };
  const { instrument } = contractOf(SYMBOL);
  const grid = new Grid(instrument, fees);
  const candles = Candles.replayOf(recorded, 1);
  const exchange = new Exchange(grid, candles);
  const fills: string[] = [];
  exchange.listen({
    onOrder: () => {},
    onFill: ({ order, price, quantity: filled, index }: Execution) =>
      fills.push(
        `${recorded.openTimeAt(index)} ${order.side} ${formatDecimal(grid.exactQuantity(Math.abs(filled) as GridQuantity))} ${formatDecimal(grid.exactPrice(price))}`,
      ),
  });
  const owner = { accountId: 'a', botId: 'b', symbol: SYMBOL, timeframe: '5m', prefix: 'p' } as unknown as OrderOwner;
  const size = grid.quantityOf(quantity(LOT));
  const send = (request: OrderRequest) => {
    const order = new Order({ owner, occasion: candles.closeTimeAt(candles.length - 1) }, request);
    order.submitted();
    exchange.accept(approvedBefore(order), candles.length - 1);
  };
  for (let i = 1; i < CANDLES; i++) {
    const act = decide(chance);
    const close = grid.priceOf(recorded.close.values[i - 1]!);
    const resting = exchange.openOrders().filter(({ leg }) => leg === 'entry');
    if (act.kind === 'withdraw') for (const order of resting) exchange.cancel(order, 'withdrawn');
    const common = { quantity: size, timeInForce: 'gtc', limit: undefined } as const;
    if (act.kind === 'enter' && exchange.position === 0 && resting.length === 0) {
      const { entry, stop, target } = levelsOf(act, close);
      const attached = { kind: 'levels', levels: { stop, target } } as const;
      send({
        ...common,
        leg: 'entry',
        side: act.side,
        type: act.how,
        price: act.how === 'market' ? undefined : entry,
        effect: 'open',
        attached,
      });
    }
    if (act.kind === 'exit' && exchange.position !== 0) {
      const side = exchange.position > 0 ? 'sell' : 'buy';
      send({
        ...common,
        leg: 'exit',
        side,
        type: 'market',
        price: undefined,
        effect: 'reduce-only',
        attached: undefined,
      });
    }
    exchange.match(i);
    candles.closeNext();
  }
  return fills;
}

/** On the Bybit twin, by its owner's hand. */
async function fillsOfTwin(recorded: Candles, seed: number): Promise<string[]> {
  const chance = seededChance(seed);
  const account = { ...DEFAULT_ACCOUNT, balance: '1000000' };
  const simulator = await openBybit([recordedPrices(SYMBOL, recorded)], { history: 1, accounts: [account] });
  const service = simulator.service('bybit');
  const { grid } = contractOf(SYMBOL);
  const text = (price: GridPrice) => formatDecimal(grid.exactPrice(price));
  const state = () =>
    service.command('account') as { positions: { side: string }[]; orders: { createType: string; orderId: string }[] };
  for (let i = 1; i < CANDLES; i++) {
    const act = decide(chance);
    const close = grid.priceOf(recorded.close.values[i - 1]!);
    const { positions, orders } = state();
    const resting = orders.filter(({ createType }) => createType === 'CreateByUser');
    if (act.kind === 'withdraw')
      for (const { orderId } of resting) service.command('cancel-order', { symbol: 'BTCUSDT', orderId });
    if (act.kind === 'enter' && positions.length === 0 && resting.length === 0) {
      const { entry, stop, target } = levelsOf(act, close);
      const common = {
        symbol: 'BTCUSDT',
        side: act.side === 'buy' ? 'Buy' : 'Sell',
        qty: LOT,
        stopLoss: text(stop),
        takeProfit: text(target),
      };
      const rises = act.side === 'buy' ? 1 : 2;
      const how =
        act.how === 'market'
          ? { orderType: 'Market' }
          : act.how === 'limit'
            ? { orderType: 'Limit', price: text(entry) }
            : { orderType: 'Market', triggerPrice: text(entry), triggerDirection: rises };
      service.command('place-order', { ...common, ...how });
    }
    if (act.kind === 'exit' && positions.length > 0) service.command('close-position', { symbol: 'BTCUSDT' });
    simulator.line.advance(1);
  }
  const { listed } = service.command('executions') as {
    listed: { execTime: string; side: string; execQty: string; execPrice: string; execType: string }[];
  };
  return listed
    .filter(({ execType }) => execType === 'Trade')
    .map(({ execTime, side, execQty, execPrice }) => `${execTime} ${side.toLowerCase()} ${execQty} ${execPrice}`);
}

describe('the twin fills as a backtest on the same candles does', () => {
  test.each([1, 2, 3, 4, 5, 6])('seed %i', async (seed) => {
    const recorded = recording(seed);
    const core = fillsOfCore(recorded, seed);
    expect(core.length).toBeGreaterThan(50);
    expect(await fillsOfTwin(recorded, seed)).toEqual(core);
  });
});

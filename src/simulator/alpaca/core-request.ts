import type { Grid, GridPrice } from '#core/grid.ts';
import { type Price, price, toNumber } from '#core/money.ts';
import type { Leg, OrderRequest } from '#core/orders.ts';
import { ALPACA_BUY_STOP_COLLAR, type AlpacaTimeInForce } from '#protocols/alpaca.ts';
import type { AlpacaOrder } from './order.ts';

/** What is left of an order, as core is asked for it; undefined when nothing is. */
export function coreRequest(order: AlpacaOrder, leg: Leg, grid: Grid): OrderRequest | undefined {
  const quantity = grid.gridQuantity(order.remaining);
  if (quantity === 0) return undefined;
  const { side, timeInForce } = order.made;
  return {
    leg,
    side,
    quantity,
    ...pricesOf(order, grid),
    timeInForce: CORE_TIMES_IN_FORCE[timeInForce],
    effect: 'open',
    attached: undefined,
  };
}

/** Whether it waits to be hit. */
export function isStop({ made }: AlpacaOrder): boolean {
  return made.type === 'stop' || made.type === 'stop_limit';
}

/** What ends with its day is ended by the account; an order for an auction trades in one candle or not at all. */
const CORE_TIMES_IN_FORCE: Readonly<Record<AlpacaTimeInForce, OrderRequest['timeInForce']>> = {
  day: 'gtc',
  gtc: 'gtc',
  opg: 'ioc',
  cls: 'ioc',
  ioc: 'ioc',
  fok: 'fok',
};

type Prices = Pick<OrderRequest, 'type' | 'price' | 'limit' | 'trail'>;

const AT_MARKET: Prices = { type: 'market', price: undefined };

function pricesOf(order: AlpacaOrder, grid: Grid): Prices {
  const { made, limitPrice, stopPrice, isTriggered } = order;
  const limit = limitPrice && grid.gridPrice(limitPrice);
  const stop = stopPrice && grid.gridPrice(stopPrice);
  switch (made.type) {
    case 'market':
      return AT_MARKET;
    case 'limit':
      return { type: 'limit', price: limit };
    case 'stop':
      return stopPrices(stopPrice!, made.side === 'buy' ? collar(stopPrice!, grid) : undefined, isTriggered, grid);
    case 'stop_limit':
      return stopPrices(stopPrice!, limit, isTriggered, grid);
    case 'trailing_stop': {
      const { trailPrice, trailPercent } = made;
      const distance =
        trailPrice === undefined
          ? ({ kind: 'percent', percent: toNumber(trailPercent!) } as const)
          : ({ kind: 'absolute', distance: toNumber(trailPrice) } as const);
      return { type: 'trailing-stop', price: stop, trail: { distance, activation: undefined } };
    }
  }
}

/** One that was hit goes on as what it has become. */
function stopPrices(stop: Price, limit: GridPrice | undefined, isTriggered: boolean, grid: Grid): Prices {
  if (!isTriggered) return { type: 'stop', price: grid.gridPrice(stop), limit };
  return limit === undefined ? AT_MARKET : { type: 'limit', price: limit };
}

/** The limit with which a buy stop goes out. */
function collar(stop: Price, grid: Grid): GridPrice {
  const { under, below, above } = ALPACA_BUY_STOP_COLLAR;
  return grid.toTick(toNumber(stop) * Number(stop < price(under) ? below : above), 'down');
}

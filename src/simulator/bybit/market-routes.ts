import type { Candle } from '#core/candles.ts';
import { formatDecimal } from '#core/money.ts';
import { TIMEFRAMES, type Timeframe } from '#core/time.ts';
import { BYBIT_INTERVALS } from '#protocols/bybit-words.ts';
import { type ExchangeState, type Listed, listed } from './exchange-state.ts';
import { instrumentRow, riskRows, spotRow } from './instrument-rows.ts';
import { pageOf } from './paging.ts';
import { badParameter, type Params } from './params.ts';
import { bookOf, dayVolume, recentTrades, shortest, tickerRow, turnoverOf } from './prices.ts';

const CATEGORIES = ['linear', 'spot', 'inverse', 'option'] as const;
/** Ways of saying how far apart figures of the open interest are. */
const INTEREST_MS = {
  '5min': 300_000,
  '15min': 900_000,
  '30min': 1_800_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
} as const;
const RISK_SYMBOLS_PER_PAGE = 15;

/** What anybody may ask for. */
export const MARKET_ROUTES: Readonly<Record<string, (state: ExchangeState, params: Params) => object>> = {
  '/v5/market/time': ({ world }) => {
    const now = world.serverTime();
    return { timeSecond: String(Math.floor(now / 1000)), timeNano: `${now}000000` };
  },

  '/v5/market/kline': (state, params) => {
    const { contract } = listed(state, params);
    const rows = candlesAsked(state, params).map((candle) => {
      const price = (value: number) => formatDecimal(contract.grid.exactPrice(contract.grid.priceOf(value)));
      const { openTime, open, high, low, close, volume } = candle;
      return [String(openTime), price(open), price(high), price(low), price(close), String(volume), turnoverOf(candle)];
    });
    return { symbol: contract.symbol, category: categoryOf(params), list: rows };
  },

  '/v5/market/mark-price-kline': (state, params) => {
    const { contract } = listed(state, params);
    const price = (value: number) => formatDecimal(contract.grid.exactPrice(contract.grid.priceOf(value)));
    const rows = candlesAsked(state, params).map(({ openTime, open, high, low, close }) => [
      String(openTime),
      ...[open, high, low, close].map(price),
    ]);
    return { symbol: contract.symbol, category: categoryOf(params), list: rows };
  },

  '/v5/market/tickers': (state, params) => {
    const category = categoryOf(params);
    if (category === 'inverse' || category === 'option') return { category, list: [] };
    const asked = params.text('symbol') === undefined ? [...state.contracts.values()] : [listed(state, params)];
    return { category, list: asked.map((one) => tickerRow(state, one, category === 'spot')) };
  },

  '/v5/market/instruments-info': (state, params) => {
    const category = categoryOf(params);
    const isListed =
      (category === 'linear' || category === 'spot') && (params.text('status') ?? 'Trading') === 'Trading';
    const symbol = params.text('symbol');
    const base = params.text('baseCoin');
    const all = numbered(state).filter(
      ({ one: { contract } }) =>
        isListed &&
        (symbol === undefined || contract.symbol === symbol) &&
        (base === undefined || contract.instrument.base === base),
    );
    const { rows, cursor } = pageOf(all, ({ number }) => number, params, params.limit(500, 1000));
    const rowOf = category === 'spot' ? spotRow : instrumentRow;
    return { category, list: rows.map(({ one, number }) => rowOf(one.contract, number)), nextPageCursor: cursor };
  },

  '/v5/market/risk-limit': (state, params) => {
    const asked = params.text('symbol') === undefined ? undefined : listed(state, params);
    const all = numbered(state).filter(({ one }) => asked === undefined || one === asked);
    const { rows, cursor } = pageOf(all, ({ number }) => number, params, RISK_SYMBOLS_PER_PAGE);
    return {
      category: categoryOf(params),
      list: rows.flatMap(({ one }) => riskRows(one.contract)),
      nextPageCursor: cursor,
    };
  },

  '/v5/market/funding/history': (state, params) => {
    const { contract, series } = listed(state, params);
    const end = params.whole('endTime');
    const start = params.whole('startTime');
    if (start !== undefined && end === undefined)
      throw badParameter('params error: endTime is required with startTime');
    const schedule = state.funding.get(contract.symbol)!;
    const { now } = state.world.line;
    const first = series.candles.length > 0 ? series.candles.openTimeAt(0) : now;
    const events = schedule.between(Math.max(start ?? first, first), Math.min((end ?? now) + 1, now + 1));
    const newest = events.slice(-params.limit(200, 200)).reverse();
    return {
      category: categoryOf(params),
      list: newest.map(({ at, rate }) => ({
        symbol: contract.symbol,
        fundingRate: formatDecimal(rate),
        fundingRateTimestamp: String(at),
      })),
    };
  },

  '/v5/market/orderbook': (state, params) => {
    const { contract, series } = listed(state, params);
    const depth = params.limit(categoryOf(params) === 'spot' ? 1 : 25, 1000);
    const { bids, asks } = bookOf(contract, series, state.world.line.now, depth);
    const ts = state.world.serverTime();
    const u = series.candles.length + 1;
    return { s: contract.symbol, b: bids, a: asks, ts, u, seq: u, cts: ts };
  },

  '/v5/market/recent-trade': (state, params) => {
    const one = listed(state, params);
    return { category: categoryOf(params), list: recentTrades(one, params.limit(500, 1000)) };
  },

  '/v5/market/open-interest': (state, params) => {
    const { contract, series } = listed(state, params);
    const everyMs = INTEREST_MS[params.needOneOf('intervalTime', ['5min', '15min', '30min', '1h', '4h', '1d'])];
    const end = Math.min(params.whole('endTime') ?? state.world.line.now, state.world.line.now);
    const first = Math.max(
      params.whole('startTime') ?? 0,
      series.candles.length > 0 ? series.candles.openTimeAt(0) : end,
    );
    const rows: object[] = [];
    for (
      let at = Math.floor(end / everyMs) * everyMs;
      at >= first && rows.length < params.limit(50, 200);
      at -= everyMs
    ) {
      const volume = dayVolume(series, at);
      rows.push({ openInterest: shortest(volume), singleOpenInterest: shortest(volume / 2), timestamp: String(at) });
    }
    return { symbol: contract.symbol, category: categoryOf(params), list: rows, nextPageCursor: '' };
  },

  '/v5/market/price-limit': (state, params) => {
    const { contract, series } = listed(state, params);
    const { grid, priceLimit } = contract;
    const last = series.lastPrice(state.world.line.now);
    return {
      symbol: contract.symbol,
      buyLmt: formatDecimal(grid.exactPrice(grid.toTick(last * (1 + priceLimit), 'down'))),
      sellLmt: formatDecimal(grid.exactPrice(grid.toTick(last * (1 - priceLimit), 'up'))),
      ts: String(state.world.serverTime()),
    };
  },
};

export function categoryOf(params: Params): (typeof CATEGORIES)[number] {
  return params.oneOf('category', CATEGORIES) ?? 'linear';
}

function numbered({ contracts }: ExchangeState): readonly { readonly one: Listed; readonly number: number }[] {
  const all = [...contracts.values()];
  // Pages go by falling numbers.
  return all.map((one, k) => ({ one, number: all.length - k }));
}

/** Newest first; the running candle is among them, its close the last price. */
function candlesAsked(state: ExchangeState, params: Params): readonly Candle[] {
  const { series } = listed(state, params);
  const { line, pacer } = state.world;
  const timeframe = timeframeOf(params);
  const start = params.whole('start');
  const end = params.whole('end');
  const limit = params.limit(200, 1000);
  if (start !== undefined) pacer.asked(series, timeframe, start);
  const closed = series.closed(timeframe);
  if (closed === undefined) throw badParameter('params error: interval invalid');
  const running = series.running(timeframe, line.now);
  const isAsked = (time: number) => (start === undefined || time >= start) && (end === undefined || time <= end);
  // From a start the window goes forward; without, it ends with the newest.
  const forward = start !== undefined && end === undefined;
  const found: Candle[] = [];
  if (forward) {
    for (let i = Math.max(0, closed.indexAt(start - 1) + 1); i < closed.length && found.length < limit; i++) {
      found.push(closed.at(i));
    }
    if (running && found.length < limit && isAsked(running.openTime)) found.push(running);
    return found.reverse();
  }
  if (running && isAsked(running.openTime)) found.push(running);
  const last = end === undefined ? closed.length - 1 : closed.indexAt(end);
  for (let i = last; i >= 0 && found.length < limit && isAsked(closed.openTimeAt(i)); i--) found.push(closed.at(i));
  return found;
}

function timeframeOf(params: Params): Timeframe {
  const interval = params.need('interval');
  const timeframe = TIMEFRAMES.find((one) => BYBIT_INTERVALS[one] === interval);
  if (timeframe === undefined) throw badParameter('params error: interval invalid');
  return timeframe;
}

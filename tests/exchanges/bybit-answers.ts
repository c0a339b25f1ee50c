import { candlesFrom } from './kraken-prices.ts';
import type { LoopbackAnswer } from './loopback-server.ts';

const MOST = 1000;
const STEP_MS: Readonly<Record<string, number>> = { '1': 60_000, '60': 3_600_000 };

/** What Bybit V5 answers of its public data, as far as CCXT asks it; prices are invented. */
export function bybitAnswer(url: URL, now: number): LoopbackAnswer {
  const { searchParams: query } = url;
  const category = query.get('category');
  switch (url.pathname) {
    case '/v5/market/time':
      return good({ timeSecond: String(Math.floor(now / 1000)), timeNano: `${now}000000` }, now);
    case '/v5/market/instruments-info':
      return good({ category, list: instrumentsOf(category), nextPageCursor: '' }, now);
    case '/v5/market/kline':
      return good({ category, symbol: query.get('symbol'), list: candleRows(query, now) }, now);
    case '/v5/market/tickers':
      return good({ category, list: tickersOf(category, now) }, now);
    default:
      return { json: { retCode: 10001, retMsg: `no ${url.pathname}`, result: {}, time: now } };
  }
}

function good(result: object, time: number): LoopbackAnswer {
  return { json: { retCode: 0, retMsg: 'OK', result, retExtInfo: {}, time } };
}

function instrumentsOf(category: string | null): object[] {
  const names = { symbol: 'BTCUSDT', baseCoin: 'BTC', quoteCoin: 'USDT', status: 'Trading' };
  if (category === 'spot') {
    const lotSizeFilter = { basePrecision: '0.000001', quotePrecision: '0.0000001', minOrderQty: '0.000011' };
    return [{ ...names, lotSizeFilter: { ...lotSizeFilter, minOrderAmt: '5' }, priceFilter: { tickSize: '0.1' } }];
  }
  if (category !== 'linear') return [];
  return [
    {
      ...names,
      contractType: 'LinearPerpetual',
      settleCoin: 'USDT',
      launchTime: '1585526400000',
      deliveryTime: '0',
      priceScale: '2',
      leverageFilter: { minLeverage: '1', maxLeverage: '100.00', leverageStep: '0.01' },
      priceFilter: { minPrice: '0.10', maxPrice: '1999999.80', tickSize: '0.10' },
      lotSizeFilter: { maxOrderQty: '1190.000', minOrderQty: '0.001', qtyStep: '0.001', minNotionalValue: '5' },
      fundingInterval: 480,
    },
  ];
}

/** Forward from `start`, newest first, the open candle included. */
function candleRows(query: URLSearchParams, now: number): string[][] {
  const step = STEP_MS[query.get('interval') ?? '1']!;
  const from = Math.ceil(Number(query.get('start') ?? 0) / step) * step;
  const most = Math.min(Number(query.get('limit') ?? 200), MOST);
  const to = Math.min(from + most * step, now - (now % step) + step);
  const candles = candlesFrom('BTCUSDT', step === 60_000 ? '1m' : '1h', from, to, now);
  return candles
    .map(({ openTime, open, high, low, close, volume }) =>
      [openTime, open, high, low, close, volume, volume * close].map(String),
    )
    .reverse();
}

function tickersOf(category: string | null, now: number): object[] {
  const prices = { symbol: 'BTCUSDT', lastPrice: '60000.1', bid1Price: '60000.0', ask1Price: '60000.2' };
  const funding = {
    fundingRate: '-0.0001',
    nextFundingTime: String(now + 3_600_000),
    fundingIntervalHour: '8',
    markPrice: '60000.1',
    openInterestValue: '1000000.0',
  };
  return [category === 'linear' ? { ...prices, ...funding } : prices];
}

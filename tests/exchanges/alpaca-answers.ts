import { candlesFrom } from './kraken-prices.ts';
import type { LoopbackAnswer } from './loopback-server.ts';

const STEP_MS: Readonly<Record<string, number>> = { '1Min': 60_000, '1H': 3_600_000 };
const MOST = 1000;

/** What Alpaca answers of crypto, as far as CCXT asks it; prices are invented. */
export function alpacaAnswer(url: URL, headers: Readonly<Record<string, unknown>>, now: number): LoopbackAnswer {
  const isPublic = url.pathname.startsWith('/v1beta3/crypto/');
  if (!isPublic && headers['apca-api-key-id'] !== 'key') {
    return { status: 403, json: { code: 40310000, message: 'forbidden.' } };
  }
  switch (url.pathname) {
    case '/v2/clock':
      return { json: { timestamp: newYorkText(now), is_open: true } };
    case '/v2/assets':
      return { json: [asset] };
    case '/v1beta3/crypto/us/bars':
      return { json: { bars: { 'BTC/USD': bars(url.searchParams, now) }, next_page_token: null } };
    case '/v1beta3/crypto/us/snapshots':
      return { json: { snapshots: { 'BTC/USD': snapshot(now) } } };
    default:
      return { status: 404, json: { message: `no ${url.pathname}` } };
  }
}

/** With nanoseconds and an offset, as its clock has it. */
function newYorkText(now: number): string {
  const OFFSET_MS = 5 * 3_600_000;
  return `${new Date(now - OFFSET_MS).toISOString().slice(0, -1)}000000-05:00`;
}

const asset = {
  id: '276e2673-764b-4ab6-a611-caf665ca6340',
  class: 'crypto',
  exchange: 'CRYPTO',
  symbol: 'BTC/USD',
  name: 'Bitcoin  / US Dollar',
  status: 'active',
  tradable: true,
  fractionable: true,
  min_order_size: '0.0001',
  min_trade_increment: '0.000000001',
  price_increment: '0.01',
};

function bars(query: URLSearchParams, now: number): object[] {
  const step = STEP_MS[query.get('timeframe') ?? '1Min']!;
  const from = Math.ceil(Date.parse(query.get('start') ?? '') / step) * step;
  const to = Math.min(from + MOST * step, now - (now % step) + step);
  return candlesFrom('BTC/USD', step === 60_000 ? '1m' : '1h', from, to, now).map(
    ({ openTime, open: o, high: h, low: l, close: c, volume: v }) => {
      return { t: new Date(openTime).toISOString(), o, h, l, c, v, n: 1, vw: c };
    },
  );
}

function snapshot(now: number): object {
  const t = new Date(now).toISOString();
  const bar = { o: 60_000, h: 60_001, l: 59_999, c: 60_000, v: 1, n: 1, vw: 60_000, t };
  return {
    dailyBar: bar,
    minuteBar: bar,
    prevDailyBar: bar,
    latestQuote: { ap: 60_001, as: 1, bp: 59_999, bs: 1, t },
    latestTrade: { i: 1, p: 60_000, s: 0.1, t, tks: 'B' },
  };
}

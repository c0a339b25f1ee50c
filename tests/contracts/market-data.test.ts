import { afterAll } from 'vitest';
import { VirtualClock } from '#adapters/clock/virtual.ts';
import { CCXT_DEFAULTS, CcxtClient } from '#adapters/market-data/ccxt/client.ts';
import { LiveMarket } from '#adapters/market-data/live.ts';
import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { SeriesQueries } from '#adapters/market-data/series-queries.ts';
import { SimulatedMarket } from '#adapters/market-data/simulated.ts';
import { Tape } from '#adapters/market-data/tape.ts';
import type { MarketSymbol } from '#core/bots.ts';
import { Candles } from '#core/candles.ts';
import type { EpochMs } from '#core/time.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { LoopbackKraken } from '#tests/exchanges/loopback-kraken.ts';
import { describeMarketData } from './market-data.ts';
import { describeMarketQueries } from './market-queries.ts';

const START = Date.UTC(2026, 0, 5) as EpochMs;
const MINUTES = 300;
const THREE = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'] as MarketSymbol[];

describeMarketData('simulated, one minute', () => ({
  market: new SimulatedMarket(11, START),
  symbols: THREE,
  timeframe: '1m',
}));

describeMarketData('simulated, fifteen minutes', () => ({
  market: new SimulatedMarket(11, START),
  symbols: THREE,
  timeframe: '15m',
}));

const kraken = await LoopbackKraken.open(() => START);
afterAll(() => kraken.close());
const client = (await CcxtClient.load('kraken', {
  ...CCXT_DEFAULTS,
  betweenMs: 1,
  address: kraken.address,
}))!;
await client.loadMarkets();
const answers = await Promise.all(
  THREE.map((symbol) => client.candles(symbol, '1m', (START - MINUTES * 60_000) as EpochMs)),
);

describeMarketData('an exchange through CCXT', () => {
  const timeframe = '1m';
  const from = (START - MINUTES * 60_000) as EpochMs;
  const tapes = THREE.map((symbol, k) => {
    const tape = new Tape(client.instrument(symbol)!, new Candles(timeframe), from);
    tape.take(answers[k]!, START, 10_000);
    return tape;
  });
  const options = { label: 'Kraken', simulated: true, say: () => undefined };
  const start = (START - 100 * 60_000) as EpochMs;
  const market = new LiveMarket({ exchange: client, clock: new VirtualClock(START, 1), tapes, start, ...options });
  return { market, symbols: THREE, timeframe };
});

describeMarketData('replay', () => {
  const instrument = instrumentOf({ tick: '0.25', lot: '0.001' });
  return {
    market: new ReplayMarket('replay:generated', [{ instrument, candles: generateCandles(200, 3) }]),
    symbols: [instrument.symbol],
    timeframe: '1m',
  };
});

describeMarketQueries('an exchange through CCXT', () => {
  client.aheadMs = START - Date.now();
  return { market: client, symbols: THREE, timeframe: '5m', now: START };
});

describeMarketQueries('the simulated market', () => {
  const market = new SimulatedMarket(11, START);
  const timeframe = '15m';
  const series = THREE.map((symbol) => market.open(symbol, timeframe));
  return { market: new SeriesQueries(series, () => START), symbols: THREE, timeframe, now: START };
});

describeMarketQueries('a replay', () => {
  const instrument = instrumentOf({ tick: '0.25', lot: '0.001' });
  const market = new ReplayMarket('replay:generated', [{ instrument, candles: generateCandles(200, 3) }]);
  const now = (market.start + 100 * 60_000) as EpochMs;
  const series = [market.open(instrument.symbol, '1m', now)!];
  return { market: new SeriesQueries(series, () => now), symbols: [instrument.symbol], timeframe: '1m', now };
});

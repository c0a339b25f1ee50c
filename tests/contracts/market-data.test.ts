import { ReplayMarket } from '#adapters/market-data/replay.ts';
import { SeriesQueries } from '#adapters/market-data/series-queries.ts';
import { SimulatedMarket } from '#adapters/market-data/simulated.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs } from '#core/time.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { instrumentOf } from '#tests/builders/instruments.ts';
import { describeMarketData } from './market-data.ts';
import { describeMarketQueries } from './market-queries.ts';

const START = Date.UTC(2026, 0, 5) as EpochMs;
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

describeMarketData('replay', () => {
  const instrument = instrumentOf({ tick: '0.25', lot: '0.001' });
  return {
    market: new ReplayMarket('replay:generated', [{ instrument, candles: generateCandles(200, 3) }]),
    symbols: [instrument.symbol],
    timeframe: '1m',
  };
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

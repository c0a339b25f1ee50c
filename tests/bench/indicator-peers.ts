import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Candles } from '#core/candles.ts';
import type { IndicatorName } from '#core/indicators/registry.ts';

/** A library from npm: each indicator it has, with our default parameters, over the candles it was loaded with. */
export interface IndicatorPeer {
  readonly engine: string;
  readonly runs: Partial<Record<IndicatorName, () => unknown>>;
}

/** What the libraries take: plain arrays, or one object for each candle. Made once, outside of every measurement. */
interface Series {
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly volume: readonly number[];
  readonly candles: readonly object[];
}

/** As loose as the libraries are: they come without types here. */
type Call = (...inputs: readonly unknown[]) => unknown;
type Calls = Readonly<Record<string, Call>>;
type Classes<Instance> = Readonly<Record<string, new (...settings: readonly unknown[]) => Instance>>;

const PEERS = {
  technicalindicators,
  indicatorts,
  '@ixjb94/indicators': ixjb94,
  'trading-signals': tradingSignals,
  '@debut/indicators': debut,
};

/**
 * Those of PEERS that are installed.
 * @param folder The one that holds `node_modules`.
 */
export function loadIndicatorPeers(folder: string, candles: Candles): IndicatorPeer[] {
  const require = createRequire(join(folder, 'package.json'));
  const series = toSeries(candles);
  return Object.entries(PEERS).flatMap(([name, runsOf]) => {
    try {
      const manifest = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8');
      const { version } = JSON.parse(manifest) as { version: string };
      return [{ engine: `${name} ${version}`, runs: runsOf(require(name), series) }];
    } catch (error) {
      console.warn(`${name} is left out: ${error instanceof Error ? error.message : error}`);
      return [];
    }
  });
}

function toSeries({ high, low, close, volume, length }: Candles): Series {
  const [highs, lows, closes, volumes] = [high, low, close, volume].map(({ values }) =>
    Array.from(values.subarray(0, length)),
  );
  const candles = closes.map((value, i) => ({ high: highs[i], low: lows[i], close: value, volume: volumes[i] }));
  return { high: highs, low: lows, close: closes, volume: volumes, candles };
}

/** Its stochastic has no smoothing of %K. */
function technicalindicators(library: Readonly<Record<string, Calls>>, { high, low, close, volume }: Series) {
  const macd = { fastPeriod: 12, slowPeriod: 26, signalPeriod: 9, SimpleMAOscillator: false, SimpleMASignal: false };
  return {
    sma: () => library.SMA.calculate({ period: 20, values: close }),
    ema: () => library.EMA.calculate({ period: 20, values: close }),
    rsi: () => library.RSI.calculate({ period: 14, values: close }),
    macd: () => library.MACD.calculate({ values: close, ...macd }),
    bollinger: () => library.BollingerBands.calculate({ period: 20, values: close, stdDev: 2 }),
    atr: () => library.ATR.calculate({ period: 14, high, low, close }),
    adx: () => library.ADX.calculate({ period: 14, high, low, close }),
    stochastic: () => library.Stochastic.calculate({ period: 14, signalPeriod: 3, high, low, close }),
    obv: () => library.OBV.calculate({ close, volume }),
  };
}

/** No ADX; no smoothing of %K; its ATR is a simple average. */
function indicatorts(library: Calls, { high, low, close, volume }: Series) {
  return {
    sma: () => library.sma(close, { period: 20 }),
    ema: () => library.ema(close, { period: 20 }),
    rsi: () => library.rsi(close, { period: 14 }),
    macd: () => library.macd(close, { fast: 12, slow: 26, signal: 9 }),
    bollinger: () => library.bb(close, { period: 20 }),
    atr: () => library.atr(high, low, close, { period: 14 }),
    stochastic: () => library.stoch(high, low, close, { kPeriod: 14, dPeriod: 3 }),
    obv: () => library.obv(close, volume),
  };
}

/** Its ADX has no use for the close, nor does it give the directional indicators. */
function ixjb94(library: { readonly IndicatorsSync: new () => Calls }, { high, low, close, volume }: Series) {
  const indicators = new library.IndicatorsSync();
  return {
    sma: () => indicators.sma(close, 20),
    ema: () => indicators.ema(close, 20),
    rsi: () => indicators.rsi(close, 14),
    macd: () => indicators.macd(close, 12, 26, 9),
    bollinger: () => indicators.bbands(close, 20, 2),
    atr: () => indicators.atr(high, low, close, 14),
    adx: () => indicators.adx(high, low, 14),
    stochastic: () => indicators.stoch(high, low, close, 14, 3, 3),
    obv: () => indicators.obv(close, volume),
  };
}

/** Streaming only: one call for each candle. */
function tradingSignals(library: Classes<{ add: Call }>, { close, candles }: Series) {
  const feed = (create: () => { add: Call }, inputs: readonly unknown[]) => () => {
    const indicator = create();
    return inputs.reduce((defined: number, input) => defined + (indicator.add(input) ? 1 : 0), 0);
  };
  const { SMA, EMA, RSI, MACD, BollingerBands, ATR, ADX, StochasticOscillator, OBV } = library;
  return {
    sma: feed(() => new SMA(20), close),
    ema: feed(() => new EMA(20), close),
    rsi: feed(() => new RSI(14), close),
    macd: feed(() => new MACD(new EMA(12), new EMA(26), new EMA(9)), close),
    bollinger: feed(() => new BollingerBands(20, 2), close),
    atr: feed(() => new ATR(14), candles),
    adx: feed(() => new ADX(14), candles),
    stochastic: feed(() => new StochasticOscillator({ kPeriod: 14, kSlowingPeriod: 3, dPeriod: 3 }), candles),
    obv: feed(() => new OBV(2), candles),
  };
}

/** Streaming only; no OBV; no smoothing of %K. */
function debut(library: Classes<{ nextValue: Call }>, { high, low, close }: Series) {
  const feed = (create: () => { nextValue: Call }) => () => {
    const indicator = create();
    let defined = 0;
    for (let i = 0; i < close.length; i++) if (indicator.nextValue(close[i])) defined++;
    return defined;
  };
  const feedCandles = (create: () => { nextValue: Call }) => () => {
    const indicator = create();
    let defined = 0;
    for (let i = 0; i < close.length; i++) if (indicator.nextValue(high[i], low[i], close[i])) defined++;
    return defined;
  };
  const { SMA, EMA, RSI, MACD, BollingerBands, ATR, ADX, Stochastic } = library;
  return {
    sma: feed(() => new SMA(20)),
    ema: feed(() => new EMA(20)),
    rsi: feed(() => new RSI(14)),
    macd: feed(() => new MACD(12, 26, 9)),
    bollinger: feed(() => new BollingerBands(20, 2)),
    atr: feedCandles(() => new ATR(14)),
    adx: feedCandles(() => new ADX(14)),
    stochastic: feedCandles(() => new Stochastic(14, 3)),
  };
}

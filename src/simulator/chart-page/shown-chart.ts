import type { Candle } from '#core/candles.ts';
import { decimalOf, decimalPlaces } from '#core/money.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import type { MarketLine } from '../market-line.ts';
import type { MarketSeries } from '../market-series.ts';

/** Which chart a page is of. */
export interface ChartChoice {
  readonly series: MarketSeries;
  readonly timeframe: Timeframe;
  /** As the address has it: "BYBIT" and "BTCUSDT.P". */
  readonly exchange: string;
  readonly ticker: string;
}

/** What the page draws and writes. */
export interface ShownChart {
  /** "BTCUSDT.P, 1h", behind the candles. */
  readonly name: string;
  /** "BTCUSDT.P · 1h · BYBIT O60000.0 H... L... C...". */
  readonly legend: string;
  /** "BTCUSDT.P 60000.0", for the title. */
  readonly title: string;
  readonly decimals: number;
  /** The running one last. */
  readonly candles: readonly Candle[];
}

const SHOWN = 200;

/** What an address calls a timeframe; minutes have a number alone. */
const INTERVALS: Readonly<Record<string, Timeframe>> = {
  1: '1m',
  3: '3m',
  5: '5m',
  15: '15m',
  30: '30m',
  60: '1h',
  120: '2h',
  240: '4h',
  360: '6h',
  720: '12h',
  D: '1d',
  '1D': '1d',
  W: '1w',
  '1W': '1w',
};
const USUAL_INTERVAL = 'D';

/** The chart that an address names: "BYBIT:BTCUSDT.P" and "60"; undefined when the market has no such thing. */
export function chartChoice(line: MarketLine, symbol: string, interval: string | null): ChartChoice | undefined {
  const [, exchange = '', ticker = ''] = /^(?:(\w+):)?([\w.]+)$/.exec(symbol) ?? [];
  const timeframe = INTERVALS[interval ?? USUAL_INTERVAL];
  const name = ticker.replace(/\.P$/, '');
  const series = line.series.find((one) => {
    const [base, quote] = one.symbol.split('/');
    // A share is named without its currency.
    return name === `${base}${quote}` || name === base;
  });
  if (series === undefined || timeframe === undefined || series.closed(timeframe) === undefined) return undefined;
  return { series, timeframe, exchange, ticker };
}

/** A chart as it looks now. */
export function shownChart({ series, timeframe, exchange, ticker }: ChartChoice, now: EpochMs): ShownChart {
  const closed = series.closed(timeframe)!;
  const first = Math.max(0, closed.length - SHOWN);
  const running = series.running(timeframe, now);
  const candles = Array.from({ length: closed.length - first }, (_, k) => closed.at(first + k));
  if (running !== undefined) candles.push(running);
  const decimals = Math.max(0, ...candles.map(({ close }) => decimalPlaces(decimalOf(close))));
  const last = candles.at(-1);
  const text = (price: number) => price.toFixed(decimals);
  const figures = last ? ` O${text(last.open)} H${text(last.high)} L${text(last.low)} C${text(last.close)}` : '';
  return {
    name: `${ticker}, ${timeframe}`,
    legend: `${ticker} · ${timeframe} · ${exchange}${figures}`,
    title: last ? `${ticker} ${text(last.close)}` : ticker,
    decimals,
    candles,
  };
}

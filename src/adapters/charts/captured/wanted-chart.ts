import type { Timeframe } from '#core/time.ts';

/** Which chart of the site is wanted. */
export interface WantedChart {
  /** As the site's addresses have it: "BYBIT:BTCUSDT.P". */
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/** What the site's addresses call a timeframe: minutes have a number alone. */
const INTERVALS: Readonly<Record<Timeframe, string>> = {
  '1m': '1',
  '3m': '3',
  '5m': '5',
  '15m': '15',
  '30m': '30',
  '1h': '60',
  '2h': '120',
  '4h': '240',
  '6h': '360',
  '12h': '720',
  '1d': 'D',
  '1w': 'W',
};

/** Where the chart is, anew each time. @param site "https://www.tradingview.com". */
export function chartAddress(site: string, { symbol, timeframe }: WantedChart): string {
  return new URL(`/chart/?${new URLSearchParams({ symbol, interval: INTERVALS[timeframe] })}`, site).href;
}

/** What is told of a chart above its candles: "BTCUSDT.P · 1h · BYBIT O60000.0 H…". */
interface Legend {
  readonly ticker: string;
  readonly interval: string;
  readonly exchange: string;
}

/** @returns undefined for what is no legend, as while a chart loads. */
function readLegend(text: string): Legend | undefined {
  const [title = '', interval = '', ...rest] = text.split('·').map((part) => part.trim());
  // A title may go on with the instrument's name; the exchange's place is followed by the figures of a candle.
  const ticker = title.split(/[\s,]/)[0]!;
  const exchange = rest.at(-1)?.split(/\s/)[0] ?? '';
  return ticker === '' || interval === '' || exchange === '' ? undefined : { ticker, interval, exchange };
}

/** Whether a legend is that of the wanted chart: symbol, exchange and timeframe, all of them. */
export function isLegendOf(text: string, { symbol, timeframe }: WantedChart): boolean {
  const legend = readLegend(text);
  const [exchange = '', ticker] = symbol.split(':');
  return (
    legend !== undefined &&
    legend.ticker === ticker &&
    legend.exchange.toLowerCase() === exchange.toLowerCase() &&
    namesOf(timeframe).includes(legend.interval)
  );
}

/** "1M" is a month: the case of minutes counts. */
function namesOf(timeframe: Timeframe): readonly string[] {
  const interval = INTERVALS[timeframe];
  return timeframe === '1d' || timeframe === '1w'
    ? [timeframe, timeframe.toUpperCase(), interval]
    : [timeframe, interval];
}

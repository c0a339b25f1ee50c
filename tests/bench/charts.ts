import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DrawnCharts } from '#adapters/charts/drawn.ts';
import { DEFAULT_CHART } from '#contract/model-bot-file.ts';
import type { BotId } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { ChartLine, ChartRequest } from '#ports/charts.ts';
import { Pictures } from '#strategies/chart-vision/pictures.ts';
import { Indicators } from '#strategies/indicator-rules/operands.ts';
import { openBrowser } from '#tests/e2e/browser.ts';
import { generateCandles } from './generator.ts';

/** Milliseconds for one picture, from the data to the bytes of a PNG. */
export interface PictureTime {
  readonly workload: string;
  readonly engine: string;
  readonly medianMs: number;
  readonly p90Ms: number;
}

const CHROMIUM = '/usr/bin/chromium';
const WORKLOAD = 'chart 1280x720, 200 candles';
const PICTURES = 40;
const WARM_UP = 5;

/** Our own picture beside the same chart taken in a browser that is open already. */
export async function measureCharts(): Promise<readonly PictureTime[]> {
  const requests = requestsOf(PICTURES + WARM_UP);
  const charts = new DrawnCharts();
  const drawn = await timesOf(requests, async (request) => void (await charts.draw(request)));
  const own = { workload: WORKLOAD, engine: 'autotrader', ...drawn };
  return existsSync(CHROMIUM) ? [own, await inBrowser(requests)] : [own];
}

/** Each with one candle more than the one before, as closes come. */
function requestsOf(count: number): readonly ChartRequest[] {
  const candles = generateCandles(400, 1);
  const indicators = new Indicators(candles);
  const market = { botId: 'bench' as BotId, symbol: 'BTC/USDT' as MarketSymbol, candles, tick: 0.25, decimals: 2 };
  const pictures = new Pictures(market, DEFAULT_CHART, indicators);
  indicators.advance(0, candles.length);
  return Array.from({ length: count }, (_, k) => pictures.requestsAt(300 + k)[0]!);
}

async function timesOf(requests: readonly ChartRequest[], take: (request: ChartRequest) => Promise<void>) {
  const times: number[] = [];
  for (const request of requests) {
    const begun = performance.now();
    await take(request);
    times.push(performance.now() - begun);
  }
  const sorted = times.slice(WARM_UP).sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(part * sorted.length)]!;
  return { medianMs: at(0.5), p90Ms: at(0.9) };
}

/** The library that the pages draw with, on a page that is there already: only the chart is made anew. */
async function inBrowser(requests: readonly ChartRequest[]): Promise<PictureTime> {
  const { width, height } = DEFAULT_CHART;
  const context = await openBrowser(width, height);
  try {
    const page = await context.newPage();
    const library = fileURLToPath(import.meta.resolve('lightweight-charts'));
    const script = readFileSync(library.replace(/[^/]+$/, 'lightweight-charts.standalone.production.js'), 'utf8');
    await page.setContent('<body style="margin:0"><div id="chart"></div></body>');
    await page.addScriptTag({ content: script });
    await page.evaluate(DRAW);
    const times = await timesOf(requests, async (request) => {
      await page.evaluate(
        (data) => (globalThis as never as { drawChart(data: unknown): Promise<void> }).drawChart(data),
        pageData(request),
      );
      await page.screenshot({ type: 'png' });
    });
    return { workload: WORKLOAD, engine: 'lightweight-charts in Chromium', ...times };
  } finally {
    await context.close();
  }
}

function pageData({ candles, overlays, panes, width, height }: ChartRequest) {
  const line = ({ values }: ChartLine) =>
    candles.flatMap(({ openTime }, k) =>
      Number.isNaN(values[k]!) ? [] : [{ time: openTime / 1000, value: values[k]! }],
    );
  return {
    width,
    height,
    candles: candles.map(({ openTime, open, high, low, close }) => ({ time: openTime / 1000, open, high, low, close })),
    volume: candles.map(({ openTime, volume }) => ({ time: openTime / 1000, value: volume })),
    overlays: overlays.map(line),
    panes: panes.map(({ lines }) => lines.map(line)),
  };
}

/** Runs in the page: the same series, and two frames for them to be painted. */
const DRAW = `globalThis.drawChart = async ({ width, height, candles, volume, overlays, panes }) => {
  const { createChart, CandlestickSeries, HistogramSeries, LineSeries } = LightweightCharts;
  const place = document.getElementById('chart');
  place.replaceChildren();
  const chart = createChart(place, { width, height });
  chart.addSeries(CandlestickSeries).setData(candles);
  const bars = chart.addSeries(HistogramSeries, { priceScaleId: 'volume' });
  bars.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
  bars.setData(volume);
  for (const line of overlays) chart.addSeries(LineSeries).setData(line);
  panes.forEach((lines, k) => { for (const line of lines) chart.addSeries(LineSeries, {}, k + 1).setData(line); });
  chart.timeScale().fitContent();
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
};`;

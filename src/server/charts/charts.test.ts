import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { MarketSymbol } from '#core/instruments.ts';
import type { ChartRequest } from '#ports/charts.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { chartSettings } from './chart-settings.ts';
import { openCharts } from './charts.ts';

const recorded = generateCandles(20, 1);
const REQUEST: ChartRequest = {
  ...{ symbol: 'BTC/USDT' as MarketSymbol, timeframe: '1h', priceDecimals: 1, theme: 'dark', width: 480, height: 320 },
  ...{ candles: [recorded.at(0), recorded.at(1)], overlays: [], panes: [] },
};

async function open(variables: Readonly<Record<string, string>>) {
  const dataDir = mkdtempSync(join(tmpdir(), 'autotrader-charts-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const said: string[] = [];
  const { signal: abort } = new AbortController();
  const charts = await openCharts({
    settings: chartSettings(variables),
    dataDir,
    abort,
    say: (line) => said.push(line),
  });
  return { charts, said, names: () => readdirSync(join(dataDir, 'charts')) };
}

test('charts are drawn unless captures are asked for, and kept', async () => {
  const { charts, said, names } = await open({});
  const { sha256 } = await charts.draw(REQUEST);
  expect(names()).toEqual([`${sha256}.png`]);
  expect(said).toEqual([]);
});

test('what cannot be captured is drawn, with the warning once and the reason', async () => {
  const plain = await (await open({})).charts.draw(REQUEST);
  const { charts, said, names } = await open({ TRADINGVIEW_CAPTURE: '1' });
  // The candles are of the past.
  expect(await charts.draw(REQUEST)).toEqual(plain);
  expect(await charts.draw(REQUEST)).toEqual(plain);
  expect(said).toEqual([
    expect.stringMatching(/^Warning: the terms of TradingView/),
    expect.stringMatching(/^Cannot capture BTC\/USDT 1h as its last candle must have closed just now/),
  ]);
  expect(names()).toEqual([`${plain.sha256}.png`]);
});

test('or there is none', async () => {
  const { charts, names } = await open({ TRADINGVIEW_CAPTURE: '1', TRADINGVIEW_FALLBACK: 'none' });
  await expect(charts.draw(REQUEST)).rejects.toMatchObject({ name: 'ChartUnavailable', failure: 'past' });
  expect(names()).toEqual([]);
});

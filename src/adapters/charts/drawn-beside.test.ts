import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { MarketSymbol } from '#core/instruments.ts';
import type { ChartRequest } from '#ports/charts.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { DrawnCharts } from './drawn.ts';
import { DrawnBeside } from './drawn-beside.ts';

const recorded = generateCandles(60, 1);
const REQUEST: ChartRequest = {
  symbol: 'BTC/USDT' as MarketSymbol,
  timeframe: '1h',
  candles: Array.from({ length: recorded.length }, (_, i) => recorded.at(i)),
  priceDecimals: 2,
  overlays: [{ label: 'sma(5)', values: recorded.close.values.slice(0, 60).map((v, i) => (i < 4 ? Number.NaN : v)) }],
  panes: [],
  theme: 'dark',
  width: 480,
  height: 320,
};

test('gives the very bytes of those that are drawn here, several at once too', async () => {
  const [here, beside] = [new DrawnCharts(), new DrawnBeside()];
  const requests = [REQUEST, { ...REQUEST, theme: 'light' as const }, { ...REQUEST, width: 481 }];
  const images = await Promise.all(requests.map((request) => beside.draw(request)));
  for (const [k, request] of requests.entries()) {
    const { png, ...rest } = await here.draw(request);
    expect(images[k]).toMatchObject(rest);
    expect(Buffer.from(images[k]!.png).equals(png)).toBe(true);
  }
});

test('what cannot be drawn is refused in the same words, and the next picture is drawn', async () => {
  const beside = new DrawnBeside();
  const wrong = { ...REQUEST, width: 5000 };
  const refusal = await new DrawnCharts().draw(wrong).catch((error: unknown) => error);
  await expect(beside.draw(wrong)).rejects.toThrow(refusal as RangeError);
  expect(await beside.draw(REQUEST)).toMatchObject({ width: 480 });
});

test('the thread that has drawn holds no process up', async () => {
  const request = { ...REQUEST, overlays: [] };
  const code = `
    import { DrawnBeside } from ${JSON.stringify(new URL('./drawn-beside.ts', import.meta.url).href)};
    const { sha256 } = await new DrawnBeside().draw(${JSON.stringify(request)});
    console.log(sha256);`;
  const folder = await mkdtemp(join(tmpdir(), 'autotrader-drawn-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'draws.mjs'), code);
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'draws.mjs')]);
  expect(stdout.trim()).toBe((await new DrawnCharts().draw(request)).sha256);
});

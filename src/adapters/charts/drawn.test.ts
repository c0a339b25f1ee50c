import { loadImage } from '@napi-rs/canvas';
import { expect, test } from 'vitest';
import type { MarketSymbol } from '#core/instruments.ts';
import type { ChartRequest } from '#ports/charts.ts';
import { generateCandles } from '#tests/bench/generator.ts';
import { DrawnCharts } from './drawn.ts';
import { roundValues, scaleOf, timeStep } from './scales.ts';

const recorded = generateCandles(60, 1);
const candles = Array.from({ length: recorded.length }, (_, i) => recorded.at(i));
const closes = candles.map(({ close }) => close);

function requestOf(change: Partial<ChartRequest> = {}): ChartRequest {
  return {
    symbol: 'BTC/USDT' as MarketSymbol,
    timeframe: '1h',
    candles,
    priceDecimals: 2,
    overlays: [{ label: 'close', values: closes }],
    panes: [
      {
        lines: [{ label: 'rsi(14)', values: closes.map((_, i) => (i < 14 ? Number.NaN : 40 + (i % 20))) }],
        guides: [30, 70],
      },
    ],
    theme: 'dark',
    width: 480,
    height: 320,
    ...change,
  };
}

test('the same request gives the same bytes, and whatever it shows changes them', async () => {
  const charts = new DrawnCharts();
  const first = await charts.draw(requestOf());
  expect(await new DrawnCharts().draw(requestOf())).toEqual(first);
  const last = candles.at(-1)!;
  const others: Partial<ChartRequest>[] = [
    { theme: 'light' },
    { symbol: 'ETH/USDT' as MarketSymbol },
    { timeframe: '4h' },
    { candles: [...candles.slice(0, -1), { ...last, close: last.close * 1.001 }] },
    { candles: [...candles.slice(0, -1), { ...last, volume: last.volume * 3 }] },
    { overlays: [] },
    { panes: [] },
    { width: 481 },
  ];
  const images = [first];
  for (const change of others) images.push(await charts.draw(requestOf(change)));
  expect(new Set(images.map(({ sha256 }) => sha256)).size).toBe(1 + others.length);
  expect(new Set(images.map(({ drawnFrom }) => drawnFrom)).size).toBe(1 + others.length);
});

test('it is a PNG of the size that was asked for, with candles in the colours of their theme', async () => {
  const { png, width, height } = await new DrawnCharts().draw(requestOf());
  const image = await loadImage(Buffer.from(png));
  expect([image.width, image.height]).toEqual([480, 320]);
  expect([width, height]).toEqual([480, 320]);
});

test.each([
  { name: 'a single candle', change: { candles: candles.slice(0, 1), overlays: [], panes: [] } },
  {
    name: 'prices that do not move',
    change: { candles: candles.map((one) => ({ ...one, open: 5, high: 5, low: 5, close: 5 })) },
  },
  { name: 'no volume', change: { candles: candles.map((one) => ({ ...one, volume: 0 })) } },
  {
    name: 'a line without values',
    change: { overlays: [{ label: 'sma(200)', values: closes.map(() => Number.NaN) }] },
  },
])('draws $name', async ({ change }) => {
  expect((await new DrawnCharts().draw(requestOf(change))).png.length).toBeGreaterThan(500);
});

test.each([
  { change: { candles: [] }, says: 'as there must be a closed candle' },
  { change: { width: 319 }, says: '320 to 4096 pixels wide' },
  { change: { height: 5000 }, says: '240 to 4096 pixels high' },
  { change: { width: 400.5 }, says: 'it is 400.5' },
])('refuses what cannot be drawn: $says', async ({ change, says }) => {
  await expect(new DrawnCharts().draw(requestOf(change))).rejects.toThrow(says);
});

test('axis values are round and no finer than a tick', () => {
  expect(roundValues(scaleOf(60_000, 85_000, 0, 500), 50, 0.1)).toEqual([
    60_000, 65_000, 70_000, 75_000, 80_000, 85_000,
  ]);
  expect(roundValues(scaleOf(1, 1.02, 0, 500), 20, 0.01)).toEqual([1, 1.01, 1.02]);
});

test.each([
  { hours: 200, wide: 1200, step: 24 },
  { hours: 24, wide: 1200, step: 3 },
  { hours: 2_000, wide: 1200, step: 192 },
])('$hours hours on $wide pixels have a label each $step hours', ({ hours, wide, step }) => {
  expect(timeStep(hours * 3_600_000, wide, 110)).toBe(step * 3_600_000);
});

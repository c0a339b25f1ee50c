import { expect, test } from 'vitest';
import type { Timeframe } from '#core/time.ts';
import { chartAddress, isLegendOf } from './wanted-chart.ts';

const BTC = { symbol: 'BYBIT:BTCUSDT.P', timeframe: '1h' as Timeframe };

test.each([
  {
    name: 'as the simulator writes it',
    legend: 'BTCUSDT.P · 1h · BYBIT O60000.0 H60010.0 L59990.0 C60005.0',
    is: true,
  },
  { name: 'without figures', legend: 'BTCUSDT.P · 1h · BYBIT', is: true },
  { name: 'the interval in minutes', legend: 'BTCUSDT.P · 60 · Bybit O1', is: true },
  { name: 'with the name of the instrument', legend: 'BTCUSDT.P, BTCUSDT Perpetual · 1h · Bybit', is: true },
  { name: 'nothing', legend: '', is: false },
  { name: 'a chart that loads', legend: 'BTCUSDT.P', is: false },
  { name: 'no exchange yet', legend: 'BTCUSDT.P · 1h', is: false },
  { name: 'another symbol', legend: 'ETHUSDT.P · 1h · BYBIT O3000', is: false },
  { name: 'the spot market', legend: 'BTCUSDT · 1h · BYBIT', is: false },
  { name: 'a symbol that begins alike', legend: 'BTCUSDT.P2 · 1h · BYBIT', is: false },
  { name: 'another exchange', legend: 'BTCUSDT.P · 1h · BINANCE', is: false },
  { name: 'another timeframe', legend: 'BTCUSDT.P · 4h · BYBIT', is: false },
  { name: 'a description instead of the ticker', legend: 'Bitcoin / TetherUS · 1h · BYBIT', is: false },
])('legend: $name', ({ legend, is }) => {
  expect(isLegendOf(legend, BTC)).toBe(is);
});

test.each<{ timeframe: Timeframe; interval: string; is: boolean }>([
  { timeframe: '1d', interval: '1D', is: true },
  { timeframe: '1d', interval: 'D', is: true },
  { timeframe: '1w', interval: '1W', is: true },
  { timeframe: '1m', interval: '1m', is: true },
  { timeframe: '1m', interval: '1', is: true },
  { timeframe: '1m', interval: '1M', is: false },
  { timeframe: '1h', interval: '1', is: false },
])('$interval is the interval of $timeframe: $is', ({ timeframe, interval, is }) => {
  expect(isLegendOf(`BTCUSDT.P · ${interval} · BYBIT`, { ...BTC, timeframe })).toBe(is);
});

test.each<{ timeframe: Timeframe; query: string }>([
  { timeframe: '1h', query: 'symbol=BYBIT%3ABTCUSDT.P&interval=60' },
  { timeframe: '1d', query: 'symbol=BYBIT%3ABTCUSDT.P&interval=D' },
])('the address of $timeframe', ({ timeframe, query }) => {
  expect(chartAddress('https://charts.example/', { ...BTC, timeframe })).toBe(`https://charts.example/chart/?${query}`);
});

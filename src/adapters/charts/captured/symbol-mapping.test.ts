import { expect, test } from 'vitest';
import type { MarketSymbol } from '#core/instruments.ts';
import { readSymbolRules, siteSymbol } from './symbol-mapping.ts';

test.each([
  { name: 'the usual rule', rules: undefined, symbol: 'BTC/USDT', site: 'BYBIT:BTCUSDT.P' },
  { name: 'another base', rules: undefined, symbol: 'ETH/USDT', site: 'BYBIT:ETHUSDT.P' },
  { name: 'a quote without a rule', rules: undefined, symbol: 'AAPL/USD', site: undefined },
  { name: 'a rule of its own', rules: 'BTC/USDT=KRAKEN:XBTUSDT', symbol: 'BTC/USDT', site: 'KRAKEN:XBTUSDT' },
  {
    name: 'the usual rule beside others',
    rules: 'BTC/USDT=KRAKEN:XBTUSDT',
    symbol: 'ETH/USDT',
    site: 'BYBIT:ETHUSDT.P',
  },
  { name: 'a rule for a quote', rules: '*/USDT=BINANCE:*USDT', symbol: 'SOL/USDT', site: 'BINANCE:SOLUSDT' },
  { name: 'stocks', rules: '*/USD=NASDAQ:*', symbol: 'AAPL/USD', site: 'NASDAQ:AAPL' },
  { name: 'its own before its quote', rules: '*/USD=NASDAQ:*, F/USD=NYSE:F', symbol: 'F/USD', site: 'NYSE:F' },
  { name: 'a class of shares', rules: 'BRK.B/USD=NYSE:BRK.B', symbol: 'BRK.B/USD', site: 'NYSE:BRK.B' },
])('$name', ({ rules, symbol, site }) => {
  const given = rules === undefined ? [] : readSymbolRules(rules)!;
  expect(siteSymbol(symbol as MarketSymbol, given)).toBe(site);
});

test.each([
  '',
  'BTC/USDT',
  'BTC=BYBIT:BTC',
  'BTC/USDT=BTCUSDT',
  'BTC/USDT=BYBIT:*',
  'A/B=X:Y=Z',
  'A/B=X:Y,',
  'A/B=X:Y&z',
  'btc/usdt=BYBIT:B',
])('cannot be read: "%s"', (text) => {
  expect(readSymbolRules(text)).toBeUndefined();
});

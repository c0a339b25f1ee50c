import { expect, test } from 'vitest';
import { InputError } from '../errors.ts';
import { type ChartSettings, chartSettings } from './chart-settings.ts';

const DEFAULTS: ChartSettings = {
  captures: false,
  fallback: 'drawn',
  site: 'https://www.tradingview.com',
  credentials: undefined,
  symbols: [],
  browser: { chromiumPath: undefined, environment: {} },
  retention: { days: 30, bytes: 500_000_000 },
};

test.each([
  { name: 'nothing set', variables: {}, change: {} },
  { name: 'empty values', variables: { TRADINGVIEW_CAPTURE: '', CHROMIUM_PATH: '', CHARTS_KEEP_MB: '' }, change: {} },
  {
    name: 'all set',
    variables: {
      TRADINGVIEW_CAPTURE: '1',
      TRADINGVIEW_FALLBACK: 'none',
      TRADINGVIEW_URL: 'http://127.0.0.1:8080',
      TRADINGVIEW_USER: 'me',
      TRADINGVIEW_PASSWORD: 'secret',
      TRADINGVIEW_SYMBOLS: 'BTC/USDT=KRAKEN:XBTUSDT, */USD=NASDAQ:*',
      CHROMIUM_PATH: '/opt/chromium',
      CHARTS_KEEP_DAYS: '7',
      CHARTS_KEEP_MB: '20',
    },
    change: {
      captures: true,
      fallback: 'none',
      site: 'http://127.0.0.1:8080',
      credentials: { user: 'me', password: 'secret' },
      symbols: [
        { ours: 'BTC/USDT', theirs: 'KRAKEN:XBTUSDT' },
        { ours: '*/USD', theirs: 'NASDAQ:*' },
      ],
      browser: { chromiumPath: '/opt/chromium', environment: {} },
      retention: { days: 7, bytes: 20_000_000 },
    },
  },
  {
    name: 'the browser gets to know no secret',
    variables: {
      PATH: '/bin',
      DISPLAY: ':0',
      TRADINGVIEW_USER: 'me',
      TRADINGVIEW_PASSWORD: 'x',
      BYBIT_API_SECRET: 'y',
    },
    change: {
      credentials: { user: 'me', password: 'x' },
      browser: { chromiumPath: undefined, environment: { PATH: '/bin', DISPLAY: ':0' } },
    },
  },
])('$name', ({ variables, change }) => {
  expect(chartSettings(variables)).toEqual({ ...DEFAULTS, ...change });
});

test.each([
  { variables: { TRADINGVIEW_CAPTURE: 'yes' }, says: 'TRADINGVIEW_CAPTURE must be 1 or 0' },
  { variables: { TRADINGVIEW_FALLBACK: 'maybe' }, says: 'must be drawn or none' },
  { variables: { TRADINGVIEW_URL: 'http://www.tradingview.com' }, says: 'TRADINGVIEW_URL must be https://' },
  { variables: { TRADINGVIEW_URL: 'https://a.example/b' }, says: 'TRADINGVIEW_URL must be https://' },
  { variables: { TRADINGVIEW_URL: 'https://me:secret@a.example' }, says: 'TRADINGVIEW_URL must be https://' },
  { variables: { TRADINGVIEW_URL: 'charts' }, says: 'TRADINGVIEW_URL must be https://' },
  { variables: { TRADINGVIEW_USER: 'me' }, says: 'TRADINGVIEW_PASSWORD must be set with TRADINGVIEW_USER' },
  { variables: { TRADINGVIEW_PASSWORD: 'secret' }, says: 'both of them or neither' },
  { variables: { TRADINGVIEW_SYMBOLS: 'BTC' }, says: 'TRADINGVIEW_SYMBOLS must be symbols' },
  { variables: { CHARTS_KEEP_DAYS: '0' }, says: 'CHARTS_KEEP_DAYS must be a whole number from 1 to 36500' },
  { variables: { CHARTS_KEEP_MB: '1.5' }, says: 'CHARTS_KEEP_MB must be a whole number' },
])('refuses $variables', ({ variables, says }) => {
  expect(() => chartSettings(variables)).toThrow(InputError);
  expect(() => chartSettings(variables)).toThrow(says);
  expect(() => chartSettings(variables)).not.toThrow(/secret/);
});

test('all at once', () => {
  const read = () => chartSettings({ TRADINGVIEW_CAPTURE: 'x', CHARTS_KEEP_MB: 'y' });
  expect(read).toThrow(/TRADINGVIEW_CAPTURE must be[\s\S]*CHARTS_KEEP_MB must be/);
});

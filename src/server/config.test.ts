import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadConfig } from './config.ts';
import { InputError } from './errors.ts';

const DEFAULTS = {
  port: 3000,
  host: '127.0.0.1',
  dataDir: './data',
  exchangeUrl: undefined,
  exchangeKey: undefined,
  fearGreedUrl: undefined,
  coinGeckoUrl: undefined,
  coinGeckoKey: undefined,
  modelsUrl: undefined,
  modelsKey: undefined,
  modelsFile: undefined,
};

test.each([
  { name: 'nothing set', variables: {}, config: DEFAULTS },
  { name: 'empty values', variables: { PORT: '', HOST: '', DATA_DIR: '' }, config: DEFAULTS },
  { name: 'other variables', variables: { PATH: '/bin', PORT_X: 'a' }, config: DEFAULTS },
  {
    name: 'all set',
    variables: {
      PORT: '0',
      HOST: '::1',
      DATA_DIR: '/tmp/x',
      AUTOTRADER_CCXT_URL: 'http://127.0.0.1:80',
      AUTOTRADER_CCXT_KEY: 'alpaca:PK1:a:b/c=',
      AUTOTRADER_FEAR_GREED_URL: 'http://127.0.0.1:81',
      AUTOTRADER_COINGECKO_URL: 'https://coins.example.org/',
      COINGECKO_API_KEY: 'CG-x',
      MODELS_URL: 'http://localhost:11434/v1',
      MODELS_API_KEY: 'sk-or-1',
      MODELS_FILE: 'models.json',
    },
    config: {
      port: 0,
      host: '::1',
      dataDir: '/tmp/x',
      exchangeUrl: 'http://127.0.0.1:80',
      exchangeKey: { exchange: 'alpaca', apiKey: 'PK1', secret: 'a:b/c=' },
      fearGreedUrl: 'http://127.0.0.1:81',
      coinGeckoUrl: 'https://coins.example.org/',
      coinGeckoKey: 'CG-x',
      modelsUrl: 'http://localhost:11434/v1',
      modelsKey: 'sk-or-1',
      modelsFile: 'models.json',
    },
  },
  { name: 'another loopback address', variables: { HOST: '127.8.0.1' }, config: { ...DEFAULTS, host: '127.8.0.1' } },
  {
    name: 'open to others, on purpose',
    variables: { HOST: '0.0.0.0', ALLOW_REMOTE: '1' },
    config: { ...DEFAULTS, host: '0.0.0.0' },
  },
])('$name', ({ variables, config }) => {
  expect(loadConfig(variables)).toEqual(config);
});

describe('what cannot be used is refused', () => {
  test.each([
    { variables: { PORT: '65536' }, says: 'PORT must be a whole number from 0 to 65535' },
    { variables: { MODELS_URL: 'ollama' }, says: 'MODELS_URL must be the address of a server' },
    { variables: { MODELS_API_KEY: 'a b' }, says: 'MODELS_API_KEY must be a key without spaces' },
    { variables: { PORT: '80a' }, says: '(it is "80a")' },
    { variables: { PORT: '-1' }, says: 'PORT must be' },
    { variables: { HOST: 'a b' }, says: 'HOST must be an IP address or a name' },
    { variables: { HOST: '0.0.0.0' }, says: 'HOST is open to other machines' },
    { variables: { HOST: '::' }, says: 'set ALLOW_REMOTE=1' },
    { variables: { HOST: '127.0.0.1.example.org' }, says: 'HOST is open to other machines' },
    { variables: { AUTOTRADER_CCXT_URL: '127.0.0.1:80' }, says: 'AUTOTRADER_CCXT_URL must be http://' },
    { variables: { AUTOTRADER_CCXT_URL: 'http://a/b' }, says: '(it is "http://a/b")' },
    { variables: { AUTOTRADER_COINGECKO_URL: 'coins' }, says: 'AUTOTRADER_COINGECKO_URL must be http://' },
    { variables: { ALLOW_REMOTE: 'yes' }, says: 'ALLOW_REMOTE must be 1 or 0' },
  ])('$variables', ({ variables, says }) => {
    expect(() => loadConfig(variables)).toThrow(InputError);
    expect(() => loadConfig(variables)).toThrow(says);
  });

  test('a key, which is not shown', () => {
    const load = () => loadConfig({ AUTOTRADER_CCXT_KEY: 's3cret', COINGECKO_API_KEY: 's3cret!' });
    expect(load).toThrow(/COINGECKO_API_KEY must be a key[\s\S]*AUTOTRADER_CCXT_KEY must be an exchange, a key and/);
    expect(load).not.toThrow(/s3cret/);
  });

  test('all at once', () => {
    const load = () => loadConfig({ PORT: 'x', HOST: '0.0.0.0' });
    expect(load).toThrow(/PORT must be[\s\S]*HOST is open to other machines/);
  });
});

test('docs/reference/configuration.md names every setting', () => {
  const text = readFileSync(new URL('../../docs/reference/configuration.md', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, name]) => name);
  expect(documented.sort()).toEqual([
    'ALLOW_REMOTE',
    'ALPACA_API_KEY',
    'ALPACA_API_SECRET',
    'ALPACA_ENVIRONMENT',
    'ALPACA_URL',
    'AUTOTRADER_CCXT_KEY',
    'AUTOTRADER_CCXT_URL',
    'AUTOTRADER_COINGECKO_URL',
    'AUTOTRADER_FEAR_GREED_URL',
    'BYBIT_API_KEY',
    'BYBIT_API_SECRET',
    'BYBIT_ENVIRONMENT',
    'BYBIT_URL',
    'CHARTS_KEEP_DAYS',
    'CHARTS_KEEP_MB',
    'CHROMIUM_PATH',
    'COINGECKO_API_KEY',
    'DATA_DIR',
    'HOST',
    'LIVE',
    'MODELS_API_KEY',
    'MODELS_FILE',
    'MODELS_URL',
    'PORT',
    'TRADINGVIEW_CAPTURE',
    'TRADINGVIEW_FALLBACK',
    'TRADINGVIEW_PASSWORD',
    'TRADINGVIEW_SYMBOLS',
    'TRADINGVIEW_URL',
    'TRADINGVIEW_USER',
  ]);
});

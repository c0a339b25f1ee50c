import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { krakenTwin } from '#simulator/kraken/twin.ts';
import { coins, openAlpaca, shares } from '#tests/builders/alpaca-exchange.ts';
import { openBybit, scripted, still } from '#tests/builders/bybit-exchange.ts';
import { inventedPrices, openServices } from '#tests/builders/loopback-services.ts';
import { expectRefused, runCli } from '#tests/cli/run-cli.ts';
import { bybitAnswer } from '#tests/exchanges/bybit-answers.ts';
import { LoopbackServer } from '#tests/exchanges/loopback-server.ts';

const LONG = 60_000;
const HOUR = 3_600_000;
const KEY = 'alpaca:testkey:testsecret';

let folder: string;
const open: { close(): Promise<void> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'autotrader-instruments-'));
});
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The address of an exchange on loopback. */
const ADDRESS_OF: Readonly<Record<string, () => Promise<string>>> = {
  kraken: async () => {
    const symbols = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'BTC/USD'];
    const prices = symbols.map((symbol) => inventedPrices(symbol, 60_000, '0.1'));
    return (await openServices([krakenTwin], { prices, history: 20 })).service('kraken').address;
  },
  bybit: async () =>
    (await openBybit([scripted('BTC/USDT', still(60_000, 40))], { history: 20 })).service('bybit').address,
  alpaca: async () => (await openAlpaca([shares('SPY', 600), coins('BTC/USD', 60_000)])).service.address,
  // What goes through CCXT still.
  'bybit candles': async () => {
    const server = await LoopbackServer.open((url) => bybitAnswer(url, Date.now()));
    open.push(server);
    return server.address;
  },
};

async function run(venue: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const address = await ADDRESS_OF[venue]!();
  return runCli(args, [], { DATA_DIR: folder, AUTOTRADER_CCXT_URL: address, AUTOTRADER_CCXT_KEY: KEY, ...env });
}

describe('instruments', { timeout: LONG }, () => {
  test('of an exchange, as a table and as JSON', async () => {
    const { code, stdout, stderr } = await run('kraken', ['instruments']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^Symbol +Contract +Pays in +Tick +Lot +Least +Least notional +Counted in +Maker \(%\)/);
    expect(lines[2]).toMatch(/^BTC\/USDT +spot +– +0\.1 +0\.00000001 +0\.00005 +0\.5 +BTC +0\.250 +0\.400 +yes$/);
    expect(lines.at(-1)).toBe('4 on Kraken. Fees are as CCXT knows them; an account may have others.');
    const document = JSON.parse((await run('kraken', ['instruments', '--json'])).stdout);
    expect(document).toMatchObject({ venue: 'kraken', instruments: { length: 4 } });
    expect(document.instruments[1]).toEqual({
      symbol: 'BTC/USDT',
      base: 'BTC',
      quote: 'USDT',
      settle: null,
      contract: 'spot',
      unit: 'BTC',
      tick: 0.1,
      lot: 1e-8,
      minQuantity: 0.00005,
      minNotional: 0.5,
      makerFeeRate: 0.0025,
      takerFeeRate: 0.004,
      calendar: 'always',
      isActive: true,
    });
  });

  test('of one symbol, with the contracts on it, prices and funding', async () => {
    const args = ['instruments', '--venue', 'bybit', '--symbol', 'BTC/USDT'];
    const { code, stdout, stderr } = await run('bybit', args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^BTC\/USDT +spot +– +0\.1 +0\.001 +0\.001 +5 +BTC +0\.100 +0\.100 +yes$/m);
    expect(stdout).toMatch(/^BTC\/USDT:USDT +perpetual +USDT +0\.1 +0\.001 +0\.001 +5 +BTC +0\.020 +0\.055 +yes$/m);
    expect(stdout).toMatch(/^2 on Bybit\. Fees are those of VIP 0; an account may have others\.$/m);
    expect(stdout).toMatch(/^BTC\/USDT:USDT: bid \d+(\.\d)?, ask 60000\.\d, last 60000 at .* UTC\.$/m);
    expect(stdout).toMatch(/^BTC\/USDT:USDT: funding .?0\.\d{4} %, due at .* UTC\.$/m);
    const { instruments } = JSON.parse((await run('bybit', [...args, '--json'])).stdout);
    expect(instruments).toMatchObject([
      { symbol: 'BTC/USDT', funding: { rate: null, why: 'only perpetual contracts have funding' } },
      {
        symbol: 'BTC/USDT:USDT',
        contract: 'perpetual',
        ticker: { last: 60_000, why: null },
        funding: { rate: expect.any(Number), intervalMs: 8 * HOUR },
      },
    ]);
  });

  test('of its perpetuals alone, as bots name them', async () => {
    const { stdout } = await run('bybit', ['instruments', '--venue', 'bybit-linear', '--json']);
    const row = { symbol: 'BTC/USDT', contract: 'perpetual', settle: 'USDT', calendar: 'always' };
    expect(JSON.parse(stdout)).toMatchObject({ venue: 'bybit-linear', instruments: [row] });
  });

  test('of an exchange that answers only who has a key', async () => {
    const args = ['instruments', '--venue', 'alpaca'];
    const { code, stdout } = await run('alpaca', args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^SPY\/USD +spot +– +0\.01 +0\.000000001 +0\.000000001 +1 +SPY +0\.000 +0\.000 +yes$/m);
    const coin = await run('alpaca', [...args, '--symbol', 'BTC/USD']);
    expect(coin.stdout).toMatch(/^BTC\/USD +spot +– +\S+ +\S+ +\S+ +\S+ +BTC +0\.150 +0\.250 +yes$/m);
    expect(coin.stdout).toMatch(/^BTC\/USD: bid \S+, ask \S+, last 60000 at .* UTC\.$/m);
    const without = await run('alpaca', args, { AUTOTRADER_CCXT_KEY: '' });
    expectRefused(without, 'Alpaca as it shows them to those only who have a key', 'alpaca:KEY:SECRET');
    const wrong = await run('alpaca', args, { AUTOTRADER_CCXT_KEY: 'alpaca:other:testsecret' });
    expectRefused(wrong, 'Alpaca as its key and secret must be right');
    expect(wrong.stderr + wrong.stdout).not.toContain('testsecret');
  });

  test.each([
    { args: ['--symbol', 'BTC/EURO'], says: ['Cannot show "BTC/EURO" as Kraken must have the symbol'] },
    { args: ['--venue', 'krakn'], says: ['"krakn"', 'take one of kraken'] },
  ])('what is not there is refused in one sentence: $args', async ({ args, says }) => {
    expectRefused(await run('kraken', ['instruments', ...args]), ...says);
  });
});

describe('download', { timeout: LONG }, () => {
  test.each([
    { venue: 'bybit', symbol: 'BTC/USDT:USDT' },
    { venue: 'bybit', symbol: 'BTC/USDT' },
  ])('from $venue, $symbol: what closed is stored once, whole', async ({ venue, symbol }) => {
    const from = Date.now() - (Date.now() % HOUR) - 1500 * HOUR;
    const args = ['download', '--venue', venue, '--symbol', symbol, '--timeframe', '1h'];
    const text = new Date(from).toISOString().slice(0, 16);
    const { code, stdout, stderr } = await run(`${venue} candles`, [...args, '--from', text]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/1,(499|500) candles stored, 1,(499|500) of them new, [01] missing\.$/m);
    const again = await run(`${venue} candles`, [...args, '--from', text]);
    expect(again.stdout).toMatch(/1,(499|500) candles stored, [01] of them new/);
  });
});

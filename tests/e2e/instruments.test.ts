import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectRefused, runCli } from '#tests/cli/run-cli.ts';
import { alpacaAnswer } from '#tests/exchanges/alpaca-answers.ts';
import { bybitAnswer } from '#tests/exchanges/bybit-answers.ts';
import { LoopbackKraken } from '#tests/exchanges/loopback-kraken.ts';
import { LoopbackServer } from '#tests/exchanges/loopback-server.ts';

const LONG = 60_000;
const HOUR = 3_600_000;
const KEY = 'alpaca:key:s3cret';

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
async function addressOf(venue: string): Promise<string> {
  if (venue === 'kraken') {
    const kraken = await LoopbackKraken.open();
    open.push(kraken);
    return kraken.address;
  }
  const server = await LoopbackServer.open((url, headers) =>
    venue === 'bybit' ? bybitAnswer(url, Date.now()) : alpacaAnswer(url, headers, Date.now()),
  );
  open.push(server);
  return server.address;
}

async function run(venue: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const address = await addressOf(venue);
  return runCli(args, [], { DATA_DIR: folder, AUTOTRADER_CCXT_URL: address, AUTOTRADER_CCXT_KEY: KEY, ...env });
}

describe('instruments', { timeout: LONG }, () => {
  test('of an exchange, as a table and as JSON', async () => {
    const { code, stdout, stderr } = await run('kraken', ['instruments']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^Symbol +Contract +Pays in +Tick +Lot +Least +Least notional +Counted in +Maker \(%\)/);
    expect(lines[2]).toMatch(/^BTC\/USDT +spot +– +0\.1 +0\.00000001 +0\.00005 +5 +BTC +0\.250 +0\.400 +yes$/);
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
      minNotional: 5,
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
    expect(stdout).toMatch(/^BTC\/USDT +spot +– +0\.1 +0\.000001 +0\.000011 +5 +BTC/m);
    expect(stdout).toMatch(/^BTC\/USDT:USDT +perpetual +USDT +0\.1 +0\.001 +0\.001 +5 +BTC/m);
    expect(stdout).toMatch(/^BTC\/USDT:USDT: bid 60000, ask 60000\.2, last 60000\.1 at .* UTC\.$/m);
    expect(stdout).toMatch(/^BTC\/USDT:USDT: funding −0\.0100 %, due at .* UTC\.$/m);
    const { instruments } = JSON.parse((await run('bybit', [...args, '--json'])).stdout);
    expect(instruments).toMatchObject([
      { symbol: 'BTC/USDT', funding: { rate: null, why: 'only perpetual contracts have funding' } },
      {
        symbol: 'BTC/USDT:USDT',
        contract: 'perpetual',
        ticker: { bid: 60_000, why: null },
        funding: { rate: -0.0001 },
      },
    ]);
  });

  test('of an exchange that answers only who has a key', async () => {
    const args = ['instruments', '--venue', 'alpaca', '--symbol', 'BTC/USD'];
    const { code, stdout } = await run('alpaca', args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^BTC\/USD +spot +– +0\.01 +0\.000000001 +0\.0001/m);
    expect(stdout).toMatch(/^BTC\/USD: bid 59999, ask 60001, last 60000 at .* UTC\.$/m);
    const without = await run('alpaca', args, { AUTOTRADER_CCXT_KEY: '' });
    expectRefused(without, 'Alpaca as it answers only who has a key', 'set AUTOTRADER_CCXT_KEY to alpaca:KEY:SECRET');
    const wrong = await run('alpaca', args, { AUTOTRADER_CCXT_KEY: 'alpaca:other:s3cret' });
    expectRefused(wrong, 'Cannot read the time from Alpaca');
    expect(wrong.stderr + wrong.stdout).not.toContain('s3cret');
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
    const { code, stdout, stderr } = await run(venue, [...args, '--from', text]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/1,(499|500) candles stored, 1,(499|500) of them new, [01] missing\.$/m);
    const again = await run(venue, [...args, '--from', text]);
    expect(again.stdout).toMatch(/1,(499|500) candles stored, [01] of them new/);
  });
});

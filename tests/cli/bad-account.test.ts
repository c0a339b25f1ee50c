import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RestClientV5 } from 'bybit-api';
import { afterAll, expect, test } from 'vitest';
import { SqliteStore } from '#adapters/store/sqlite/store.ts';
import { epochMs } from '#core/time.ts';
import { noChanges } from '#ports/changes.ts';
import type { PromptRow } from '#ports/store.ts';
import { DATABASE } from '#server/database-file.ts';
import { DEFAULT_ACCOUNT } from '#simulator/accounts.ts';
import { openBybit, scripted, still } from '#tests/builders/bybit-exchange.ts';
import { expectRefused, runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'autotrader-account-'));
afterAll(() => rmSync(folder, { recursive: true }));

const account = (name: string, permissions: Partial<typeof DEFAULT_ACCOUNT.permissions>) => ({
  ...DEFAULT_ACCOUNT,
  name,
  key: `key-of-${name}`,
  secret: `secret-of-${name}`,
  permissions: { ...DEFAULT_ACCOUNT.permissions, ...permissions },
});

const ACCOUNTS = [
  account('trader', {}),
  account('watcher', { trade: false }),
  account('mover', { withdraw: true }),
  account('hedger', {}),
];

const BOT = {
  name: 'Asked for too much',
  kind: 'indicator-rules',
  capital: '5000',
  symbols: ['BTC/USDT'],
  timeframe: '1m',
  entry: { long: ['close', '>', 1] },
  exit: { long: ['close', '<', 1] },
  sizing: { quantity: '0.01' },
};

/** What of a start differs from one that is taken. */
interface Wrong {
  readonly name: string;
  /** Fields of the bot's file. */
  readonly bot?: object;
  /** Whose key. */
  readonly who?: string;
  readonly secret?: string;
  /** Of the environment; an empty one is as if it were not there. */
  readonly env?: Readonly<Record<string, string>>;
  /** In place of `--clock venue`. */
  readonly args?: readonly string[];
  /** What bots that ran on paper in the same data directory asked with. */
  readonly prompt?: PromptRow;
  readonly says: string;
}

/** Nothing is there to be lost: a venue refuses before anything is written. */
async function storedIn(dataDir: string): Promise<readonly unknown[]> {
  const store = await SqliteStore.open(join(dataDir, DATABASE));
  const rows = await Promise.all([store.bots(), store.accounts(), store.fills({})]);
  const candles = await store.candlesFrom(
    { market: 'bybit-linear', symbol: 'BTC/USDT', timeframe: '1m' },
    0 as never,
    Number.MAX_SAFE_INTEGER as never,
    10,
  );
  await store.close();
  return [...rows.flat(), ...candles];
}

async function keepPrompt(dataDir: string, prompt: PromptRow): Promise<void> {
  const store = await SqliteStore.open(join(dataDir, DATABASE));
  const changes = noChanges();
  changes.add.prompts.push(prompt);
  await store.commit(changes);
  await store.close();
}

const START: readonly Wrong[] = [
  {
    name: 'a key that Bybit does not know',
    who: 'nobody',
    says: 'Bybit does not know it; enter its key, or choose the environment of this one',
  },
  { name: 'a secret of another key', secret: 'secret-of-nobody', says: 'the signature does not fit; enter both again' },
  {
    name: 'a key that may not trade',
    who: 'watcher',
    says: 'it must be allowed to trade: it is not; make one at Bybit whose only permission is',
  },
  {
    name: 'a key that may withdraw',
    who: 'mover',
    says: 'it must not be able to move money away: it may; make one at Bybit whose only permission is',
  },
  {
    name: 'a symbol that Bybit does not have',
    bot: { symbols: ['NOPE/USDT'] },
    says: 'it must list every symbol: it has no NOPE/USDT; leave it out',
  },
  {
    name: 'a second symbol that Bybit does not have',
    bot: { symbols: ['BTC/USDT', 'NOPE/USDT'] },
    says: 'it must list every symbol: it has no NOPE/USDT; leave it out',
  },
  {
    name: 'a quantity under the minimum',
    bot: { sizing: { quantity: '0.0001' } },
    says: 'must be a multiple of the lot 0.001: current value is 0.0001; change "sizing.quantity"',
  },
  {
    name: 'a leverage above the tier',
    bot: { leverage: 175 },
    says: 'Cannot set the leverage of BTC/USDT to 175 as the leverage must be one that the risk limit allows; take less',
  },
  {
    name: 'a margin mode that differs',
    bot: { leverage: 5, marginMode: 'cross' },
    says: "must be the bot's: it is isolated there and cross in the file; change one of them",
  },
  {
    name: 'an account in hedge mode',
    who: 'hedger',
    says: 'it is hedge mode; close what is open there, and set the position mode of USDT perpetuals to one-way at Bybit',
  },
  {
    name: 'the time of a real host',
    env: { BYBIT_URL: '', BYBIT_ENVIRONMENT: 'testnet' },
    says: 'only a simulator on this machine may tell it: leave --clock out, or give the address of one',
  },
  {
    name: 'real money without LIVE',
    env: { BYBIT_URL: '', LIVE: '' },
    args: [],
    says: 'it is not set; set it, or BYBIT_ENVIRONMENT to demo or testnet',
  },
  {
    name: 'another text of a prompt than a paper bot had',
    bot: {
      ...{ kind: 'model-vote', entry: undefined, exit: undefined, models: ['rules (no model)'] },
      prompt: { name: 'mine', version: 3, system: 'Other.', user: '{{price}}' },
    },
    prompt: {
      ...{ name: 'mine', version: 3, system: 'One.', user: '{{price}}', sha256: 'a'.repeat(64) },
      firstSeenAt: epochMs(Date.UTC(2026, 10, 13, 9, 30)),
    },
    says: 'another text is stored under mine/3 since 2026-11-13 09:30 UTC; give the new text the version 4',
  },
  {
    name: 'two bots on one account',
    args: ['--clock', 'venue', '--bot', 'examples/sma-cross.json'],
    says: 'an account carries one bot: 2 were named; name one with --bot FILE',
  },
  {
    name: 'prices of another market',
    args: ['--market', 'kraken'],
    says: 'a stop there goes by its own: leave --market out',
  },
];

async function openTwin() {
  const simulator = await openBybit([scripted('BTC/USDT', still(60_000, 40))], { history: 20, accounts: ACCOUNTS });
  const { address: baseUrl } = simulator.service('bybit');
  const hedger = new RestClientV5({ key: 'key-of-hedger', secret: 'secret-of-hedger', baseUrl });
  await hedger.switchPositionMode({ category: 'linear', symbol: 'BTCUSDT', mode: 3 });
  return simulator;
}

test.each(START)('$name: no start, one sentence, nothing stored', async (wrong) => {
  const { bot, who = 'trader', secret = `secret-of-${who}`, env, args = ['--clock', 'venue'], prompt, says } = wrong;
  const simulator = await openTwin();
  const { address } = simulator.service('bybit');
  const dataDir = mkdtempSync(join(folder, 'data-'));
  if (prompt) await keepPrompt(dataDir, prompt);
  const file = join(folder, 'bot.json');
  writeFileSync(file, JSON.stringify({ ...BOT, ...bot }));
  const key = `key-of-${who}`;
  const ran = await runCli(['start', '--venue', 'bybit', '--no-web', '--bot', file, ...args], [], {
    DATA_DIR: dataDir,
    BYBIT_URL: address,
    BYBIT_API_KEY: key,
    BYBIT_API_SECRET: secret,
    ...env,
  });
  expectRefused(ran, says);
  expect(ran.stderr.trim().split('\n')).toHaveLength(1);
  expect(ran.stderr.match(/Cannot/g)).toHaveLength(1);
  expect(ran.stderr).not.toContain(key);
  expect(ran.stderr).not.toContain(secret);
  expect(await storedIn(dataDir)).toEqual([]);
  expect(simulator.journal.list({ route: 'POST /v5/order/create' })).toEqual([]);
});

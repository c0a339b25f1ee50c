import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '#adapters/store/sqlite/store.ts';
import { DATABASE } from '#server/database-file.ts';
import { openBybit, scripted, still } from '#tests/builders/bybit-exchange.ts';
import { DOOR, ROOT } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'autotrader-down-'));
afterAll(() => rmSync(folder, { recursive: true }));

const BOT = {
  name: 'Patient',
  kind: 'indicator-rules',
  capital: '5000',
  symbols: ['BTC/USDT'],
  timeframe: '1m',
  entry: { long: ['close', '<', 1] },
  exit: { long: ['close', '>', 1] },
  sizing: { quantity: '0.01' },
};

const WAITS =
  'Cannot measure the clock of Bybit as Bybit must answer: no answer came (ECONNREFUSED). ' +
  'The start waits for Bybit, which is asked again and again; Ctrl-C ends it.';

/** A twin that is gone again, and where it was. */
async function closedAddress(): Promise<{ readonly address: string; readonly port: number }> {
  const simulator = await openBybit([scripted('BTC/USDT', still(60_000, 40))], { history: 20 });
  const { address } = simulator.service('bybit');
  await simulator.close();
  return { address, port: Number(new URL(address).port) };
}

/** A start on the account at an address; what it says can be waited for. */
function startAt(address: string, key = 'testkey') {
  const dataDir = mkdtempSync(join(folder, 'data-'));
  const file = join(dataDir, 'bot.json');
  writeFileSync(file, JSON.stringify(BOT));
  const args = ['start', '--venue', 'bybit', '--clock', 'venue', '--no-web', '--bot', file];
  const env = { BYBIT_URL: address, BYBIT_API_KEY: key, BYBIT_API_SECRET: 'testsecret', DATA_DIR: dataDir };
  const child = spawn(process.execPath, [DOOR, ...args], { cwd: ROOT, env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  let stdout = '';
  let heard = Promise.withResolvers<void>();
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    heard.resolve();
    heard = Promise.withResolvers();
  });
  return {
    dataDir,
    async until(words: string): Promise<void> {
      while (!stderr.includes(words)) {
        const end = await Promise.race([heard.promise, ended]);
        if (end !== undefined && !stderr.includes(words)) throw new Error(`It ended with ${end}:\n${stderr}`);
      }
    },
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    async end() {
      return { code: await ended, stdout, lines: stderr.trim().split('\n') };
    },
  };
}

test.each([
  { signal: 'SIGINT', code: 130 },
  { signal: 'SIGTERM', code: 143 },
] as const)('$signal ends a start that waits for its venue', async ({ signal, code }) => {
  const { address } = await closedAddress();
  const started = startAt(address);
  await started.until('Ctrl-C ends it');
  started.kill(signal);
  expect(await started.end()).toEqual({ code, stdout: '', lines: [WAITS] });
  const store = await SqliteStore.open(join(started.dataDir, DATABASE));
  expect([await store.bots(), await store.accounts()]).toEqual([[], []]);
  await store.close();
});

test('a start goes on when its venue is there', async () => {
  const { address, port } = await closedAddress();
  const started = startAt(address);
  await started.until('Ctrl-C ends it');
  await openBybit([scripted('BTC/USDT', still(60_000, 40))], { history: 20, ports: { bybit: port } });
  await started.until('Autotrader runs Patient on Bybit');
  started.kill('SIGINT');
  const { code, lines } = await started.end();
  expect(code).toBe(130);
  expect(lines.filter((line) => /Bybit (must answer|answers)/.test(line))).toEqual([
    WAITS,
    'Bybit answers; the start goes on.',
  ]);
});

test('a key that turns out to be wrong ends it', async () => {
  const { address, port } = await closedAddress();
  const started = startAt(address, 'unknown');
  await started.until('Ctrl-C ends it');
  await openBybit([scripted('BTC/USDT', still(60_000, 40))], { history: 20, ports: { bybit: port } });
  const { code, stdout, lines } = await started.end();
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(lines).toEqual([
    WAITS,
    'Bybit answers; the start goes on.',
    expect.stringContaining('Bybit does not know it; enter its key'),
  ]);
});

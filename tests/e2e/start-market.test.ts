import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DATABASE } from '#server/database-file.ts';
import { DOOR, expectRefused, ROOT, runCli } from '#tests/cli/run-cli.ts';
import { LiveKraken } from './live-kraken.ts';

const LONG = 60_000;

let kraken: LiveKraken;
let folder: string;

beforeEach(async () => {
  kraken = await LiveKraken.open();
  folder = mkdtempSync(join(tmpdir(), 'autotrader-start-'));
});
afterEach(async () => {
  await kraken.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly code: number | null;
  readonly stderr: string;
}

/** Starts it, waits until it runs or has ended, and stops it. */
async function startAndStop(...options: readonly string[]): Promise<Started> {
  const env = { ...process.env, DATA_DIR: folder, AUTOTRADER_CCXT_URL: kraken.address };
  const child: ChildProcess = spawn(process.execPath, [DOOR, 'start', '--no-web', ...options], { cwd: ROOT, env });
  let stderr = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    if (stderr.includes('Autotrader runs')) child.kill('SIGTERM');
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, stderr };
}

/** Name and market of the stored bots. */
function bots(): { readonly name: string; readonly market: string }[] {
  const database = new DatabaseSync(join(folder, DATABASE), { readOnly: true });
  try {
    return database
      .prepare('SELECT name, market FROM bots ORDER BY created_at')
      .all()
      .map(({ name, market }) => ({ name: String(name), market: String(market).split(':')[0]! }));
  } finally {
    database.close();
  }
}

const NAMES = ['Trend on three', 'Chart reader', 'Vote of two'];
const EXAMPLE = NAMES.join(', ');
const examplesOn = (market: string) => NAMES.map((name) => ({ name, market }));

describe('a start without a market', { timeout: LONG }, () => {
  test('takes Kraken when it answers, and goes on there', async () => {
    const first = await startAndStop();
    expect(first.code).toBe(143);
    expect(first.stderr).toContain(`Autotrader runs ${EXAMPLE} on Kraken, simulated,`);
    expect(bots()).toEqual(examplesOn('kraken'));
    const asked = kraken.askedOf('OHLC').length;
    const again = await startAndStop();
    expect(again.stderr).toContain(`Autotrader runs ${EXAMPLE} on Kraken, simulated,`);
    expect(bots()).toHaveLength(NAMES.length);
    // Its history is stored: only what closed meanwhile is asked, and the candles that run.
    const since = kraken
      .askedOf('OHLC')
      .slice(asked)
      .map((query) => Number(query.get('since')) * 1000);
    expect(Math.min(...since)).toBeGreaterThan(Date.now() - 20 * 60_000);
  });

  test('takes the simulated market when it does not, says so, and its bots stay there', async () => {
    kraken.down = true;
    const first = await startAndStop();
    expect(first.code).toBe(143);
    expect(first.stderr.split('\n')).toEqual([
      'Kraken does not answer, so this starts on the simulated market, and its bots stay there; --market kraken asks for it again.',
      `Autotrader runs ${EXAMPLE} on the simulated market, without pages.`,
      '',
    ]);
    kraken.down = false;
    const asked = kraken.asked.length;
    const again = await startAndStop();
    expect(again.stderr).toBe(`Autotrader runs ${EXAMPLE} on the simulated market, without pages.\n`);
    expect(kraken.asked).toHaveLength(asked);
    expect(bots()).toEqual(examplesOn('simulated'));
  });

  test('gives up on one that is silent after three seconds', async () => {
    kraken.keepSilent();
    const startedAt = performance.now();
    const { stderr } = await startAndStop();
    expect(stderr).toContain('Kraken does not answer');
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(kraken.asked).toEqual(['Time']);
  });

  test('does not leave bots alone whose exchange is away', async () => {
    await startAndStop();
    kraken.down = true;
    const { code, stderr } = await startAndStop();
    expect(code).toBe(2);
    expect(stderr).toContain(
      `"${NAMES.at(-1)}" began there and goes on only there: --market simulated runs other bots`,
    );
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(bots()).toHaveLength(NAMES.length);
    const other = await startAndStop('--market', 'simulated');
    expect(other.stderr).toBe(`Autotrader runs ${EXAMPLE} on the simulated market, without pages.\n`);
    expect(bots()).toEqual([...examplesOn('kraken'), ...examplesOn('simulated')]);
  });

  test('with a speed takes the simulated market without asking', async () => {
    const { stderr } = await startAndStop('--speed', '600');
    expect(stderr).toBe(`Autotrader runs ${EXAMPLE} on the simulated market, without pages.\n`);
    expect(kraken.asked).toEqual([]);
  });
});

/** Tells on stderr what is loaded of CCXT and of what only it needs. */
const TELL_LOADED =
  'data:text/javascript,import{registerHooks}from"node:module";registerHooks({load(url,context,next){' +
  'if(/node_modules.(ccxt|cockatiel)/.test(url))console.error(url);return next(url,context)}})';

describe('CCXT is loaded by those who need it only', { timeout: LONG }, () => {
  const CANDLES = 'examples/simulated-5m.csv.gz';
  const BOT = 'examples/sma-cross.json';

  test.each([
    { name: 'a backtest', args: ['backtest', BOT, '--candles', CANDLES, '--json'], exchange: undefined },
    {
      name: 'a replay',
      args: ['start', '--market', `replay:${CANDLES}`, '--speed', 'max', '--exit-at-end', '--no-web', '--bot', BOT],
      exchange: undefined,
    },
    {
      name: 'a download',
      args: ['download', '--symbol', 'NO/SUCH', '--timeframe', '1h', '--from', '2025-01-01'],
      exchange: 'kraken',
    },
  ])('$name', async ({ args, exchange }) => {
    const env = { DATA_DIR: folder, AUTOTRADER_CCXT_URL: kraken.address };
    const { stderr } = await runCli(args, ['--import', TELL_LOADED], env);
    const loaded = [...stderr.matchAll(/ccxt\/js\/src\/(\w+)\.js$/gm)].map(([, name]) => name);
    expect(loaded).toEqual(exchange === undefined ? [] : [exchange]);
    expect(stderr.includes('cockatiel')).toBe(exchange !== undefined);
  });
});

describe('an exchange that was asked for', { timeout: 2 * LONG }, () => {
  const env = () => ({ DATA_DIR: folder, AUTOTRADER_CCXT_URL: kraken.address });

  test.each([
    { name: 'by its name', market: 'kraken' },
    { name: 'by its name in CCXT', market: 'ccxt:kraken' },
  ])('$name runs', async ({ market }) => {
    const { stderr } = await startAndStop('--market', market, '--bot', 'examples/trend-three.json');
    expect(stderr).toContain(`Autotrader runs ${NAMES[0]} on Kraken, simulated,`);
  });

  test('must answer', async () => {
    kraken.down = true;
    const ran = await runCli(['start', '--no-web', '--market', 'kraken'], [], env());
    expectRefused(ran, 'Cannot read the time from Kraken as it must answer', 'check the network');
    expect(ran.stderr.trim().split('\n')).toHaveLength(1);
    expect(bots()).toEqual([]);
  });

  test('that is away is no reason to be late when it is stopped', async () => {
    const options = ['start', '--no-web', '--market', 'kraken'];
    const child = spawn(process.execPath, [DOOR, ...options], { cwd: ROOT, env: { ...process.env, ...env() } });
    let stoppedAt = 0;
    child.stderr.on('data', (chunk: Buffer) => {
      const text = chunk.toString();
      if (text.includes('Autotrader runs')) kraken.down = true;
      if (!text.includes('Nothing is decided until it answers')) return;
      stoppedAt = performance.now();
      child.kill('SIGTERM');
    });
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(143);
    expect(performance.now() - stoppedAt).toBeLessThan(3_000);
  });

  test('must be one of CCXT', async () => {
    expectRefused(await runCli(['start', '--no-web', '--market', 'ccxt:krakn'], [], env()), 'take one of kraken');
  });
});

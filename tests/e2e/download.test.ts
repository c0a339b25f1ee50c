import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TIMEFRAME_MS, type Timeframe } from '#core/time.ts';
import { DATABASE } from '#server/database-file.ts';
import { DOOR, expectRefused, ROOT, runCli } from '#tests/cli/run-cli.ts';
import { LiveKraken, type LiveKrakenOptions } from './live-kraken.ts';

const HOUR = TIMEFRAME_MS['1h'];
const DAY = TIMEFRAME_MS['1d'];
const LONG = 60_000;

/** As far back as candles of an hour reach, and a little less. */
const DAYS = 21;
/** Older than Kraken's candles reach: made of its trades, in many pages. */
const PAST = { from: Date.UTC(2025, 0, 1), to: Date.UTC(2025, 0, 3) };

let kraken: LiveKraken;
let folder: string;

beforeEach(async () => {
  kraken = await LiveKraken.open({ days: DAYS, past: PAST });
  folder = mkdtempSync(join(tmpdir(), 'autotrader-download-'));
});
afterEach(async () => {
  await kraken.close();
  rmSync(folder, { recursive: true, force: true });
});

/** In place of the usual one. */
async function reopen(options: LiveKrakenOptions): Promise<void> {
  await kraken.close();
  kraken = await LiveKraken.open({ days: DAYS, past: PAST, ...options });
}

const environment = () => ({ DATA_DIR: folder, AUTOTRADER_CCXT_URL: kraken.address });
const dayText = (at: number) => new Date(at).toISOString().slice(0, 10);

function commandOf(timeframe: Timeframe, from: number, to?: number, symbol = 'BTC/USDT'): string[] {
  const until = to === undefined ? [] : ['--to', dayText(to)];
  return [
    'download',
    '--venue',
    'kraken',
    '--symbol',
    symbol,
    '--timeframe',
    timeframe,
    '--from',
    dayText(from),
    ...until,
  ];
}

/** Stored candles as rows, oldest first. */
function stored(): unknown[] {
  const database = new DatabaseSync(join(folder, DATABASE), { readOnly: true });
  try {
    const rows = database.prepare('SELECT * FROM candles ORDER BY open_time').all();
    return rows.map(({ market, symbol, timeframe, open_time: openTime, ...prices }) => {
      expect({ market, symbol, timeframe }).toMatchObject({ market: 'kraken', symbol: 'BTC/USDT' });
      return { openTime, ...prices };
    });
  } finally {
    database.close();
  }
}

describe('download', () => {
  test('stores what the exchange has, and asks for what is missing only', { timeout: LONG }, async () => {
    const today = Date.now() - (Date.now() % DAY);
    const first = await runCli(commandOf('1h', today - 5 * DAY, today - 3 * DAY), [], environment());
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toBe(
      `Kraken BTC/USDT 1h, ${dayText(today - 5 * DAY)} 00:00 to ${dayText(today - 3 * DAY)} 00:00 UTC: ` +
        '48 candles stored, 48 of them new, 0 missing.\n',
    );
    expect(stored()).toEqual(kraken.candles('1h', today - 5 * DAY, today - 3 * DAY));
    const asked = kraken.askedOf('OHLC').length;
    const again = await runCli(commandOf('1h', today - 5 * DAY, today - 3 * DAY), [], environment());
    expect(again.stdout).toContain('48 candles stored, 0 of them new, 0 missing');
    expect(kraken.askedOf('OHLC')).toHaveLength(asked);
    const longer = await runCli(commandOf('1h', today - 6 * DAY, today - 2 * DAY), [], environment());
    expect(longer.stdout).toContain('96 candles stored, 48 of them new, 0 missing');
    const since = kraken
      .askedOf('OHLC')
      .slice(asked)
      .map((query) => Number(query.get('since')) * 1000 + HOUR);
    expect(since).toEqual([today - 6 * DAY, today - 3 * DAY]);
    expect(stored()).toHaveLength(96);
  });

  test('never stores the candle that runs', { timeout: LONG }, async () => {
    const from = Date.now() - (Date.now() % DAY) - DAY;
    const { code } = await runCli(commandOf('1h', from), [], environment());
    expect(code).toBe(0);
    const running = Date.now() - (Date.now() % HOUR);
    const candles = stored() as { openTime: number }[];
    expect(candles.length).toBeGreaterThanOrEqual(23);
    expect(candles.at(-1)!.openTime).toBeLessThan(running + 1);
    expect(candles).toEqual(kraken.candles('1h', from, candles.at(-1)!.openTime + HOUR));
  });

  test('killed in the middle loses nothing, and goes on where it was', { timeout: 2 * LONG }, async () => {
    const { from, to } = PAST;
    await reopen({ tradesPerPage: 100 });
    const hurry = kraken.delay(30);
    const command = commandOf('1h', from, to);
    const child = spawn(process.execPath, [DOOR, ...command], { cwd: ROOT, env: { ...process.env, ...environment() } });
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    while (kraken.askedOf('Trades').length < 24) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    const kept = stored() as { openTime: number }[];
    expect(kept.length).toBeGreaterThan(3);
    expect(kept.length).toBeLessThan(40);
    const before = kraken.askedOf('Trades').length;
    hurry();
    const { code, stdout, stderr } = await runCli(command, [], environment());
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'Kraken gives its newest 720 candles only: older ones are made of its trades, which takes a while.\n',
    });
    expect(stdout).toContain(`48 candles stored, ${48 - kept.length} of them new, 0 missing`);
    expect(stored()).toEqual(kraken.candles('1h', from, to));
    const asked = kraken
      .askedOf('Trades')
      .slice(before)
      .map((query) => Number(query.get('since')) / 1e6);
    expect(Math.min(...asked)).toBeGreaterThanOrEqual(kept.at(-1)!.openTime - 1);
  });

  test('whose network is cut says so in one sentence, keeps what it read, and goes on', { timeout: LONG }, async () => {
    const { from, to } = PAST;
    await reopen({ tradesPerPage: 100 });
    kraken.delay(5);
    const cut = setInterval(() => {
      if (kraken.askedOf('Trades').length >= 24) kraken.down = true;
    }, 1);
    const { code, stdout, stderr } = await runCli(commandOf('1h', from, to), [], environment());
    clearInterval(cut);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim().split('\n').at(-1)).toMatch(
      /^Cannot read trades of BTC\/USDT from Kraken as it must answer: .*; what was read is stored: run it again to go on$/,
    );
    const kept = stored().length;
    expect(kept).toBeGreaterThan(3);
    kraken.down = false;
    const again = await runCli(commandOf('1h', from, to), [], environment());
    expect(again.stdout).toContain(`48 candles stored, ${48 - kept} of them new, 0 missing`);
    expect(stored()).toEqual(kraken.candles('1h', from, to));
  });

  test('does not disturb an engine that runs on the same directory', { timeout: LONG }, async () => {
    await reopen({ tradesPerPage: 50 });
    const options = ['start', '--no-web', '--market', 'simulated', '--speed', '3600'];
    const engine = spawn(process.execPath, [DOOR, ...options], {
      cwd: ROOT,
      env: { ...process.env, ...environment() },
    });
    const ended = new Promise((resolve) => engine.once('exit', resolve));
    let said = '';
    engine.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    while (!said.includes('Autotrader runs')) await new Promise((resolve) => setTimeout(resolve, 5));
    const { from } = PAST;
    const { code, stdout } = await runCli(commandOf('5m', from, from + DAY), [], environment());
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('288 candles stored') });
    engine.kill('SIGTERM');
    expect(await ended).toBe(143);
    expect(said.trim().split('\n')).toHaveLength(1);
  });

  test('tells what the exchange does not have as ranges', { timeout: LONG }, async () => {
    await reopen({ past: { ...PAST, from: Date.UTC(2025, 0, 1, 20) } });
    const { code, stdout, stderr } = await runCli(
      commandOf('1h', Date.UTC(2025, 0, 1), Date.UTC(2025, 0, 2)),
      [],
      environment(),
    );
    expect(code).toBe(0);
    expect(stderr).toContain('Missing at Kraken: 2025-01-01 00:00 to 2025-01-01 20:00, 20 candles.\n');
    expect(stdout).toContain('4 candles stored, 4 of them new, 20 missing');
  });
});

describe('a backtest of downloaded candles', () => {
  test('is that of the same candles in a file', { timeout: LONG }, async () => {
    const today = Date.now() - (Date.now() % DAY);
    const [from, to] = [today - 20 * DAY, today - 2 * DAY];
    expect((await runCli(commandOf('1h', from, to), [], environment())).code).toBe(0);
    const candles = kraken.candles('1h', from, to);
    const rows = candles.map(({ openTime, open, high, low, close, volume }) =>
      [openTime, open, high, low, close, volume].join(','),
    );
    const file = join(folder, 'candles.csv');
    writeFileSync(file, `ts,open,high,low,close,volume\n${rows.join('\n')}\n`);
    const bot = join(folder, 'bot.json');
    const text = readFileSync(join(ROOT, 'examples/sma-cross.json'), 'utf8');
    writeFileSync(bot, text.replace('"quantity": 1 ', '"quantity": 0.5 '));
    const run = (options: string[]) =>
      runCli(['backtest', bot, '--timeframe', '1h', '--json', ...options], [], environment());
    const ofFile = await run(['--candles', file]);
    const ofStore = await run(['--venue', 'kraken']);
    expect(ofStore).toEqual({ code: 0, stderr: '', stdout: ofFile.stdout });
    expect(JSON.parse(ofStore.stdout).fills.length).toBeGreaterThan(4);
    const part = await run(['--venue', 'kraken', '--from', dayText(from + 2 * DAY), '--to', dayText(to - DAY)]);
    expect(JSON.parse(part.stdout)).toMatchObject({ from: from + 2 * DAY, to: to - DAY, candles: 15 * 24 });
    const none = await run(['--venue', 'kraken', '--symbol', 'ETH/USDT']);
    expectRefused(none, 'candles of ETH/USDT from kraken', 'npx autotrader download --venue kraken --symbol ETH/USDT');
  });

  test('with a hole is refused until holes are allowed', { timeout: LONG }, async () => {
    const today = Date.now() - (Date.now() % DAY);
    for (const from of [today - 9 * DAY, today - 5 * DAY]) {
      expect((await runCli(commandOf('1h', from, from + 2 * DAY), [], environment())).code).toBe(0);
    }
    const bot = ['examples/trend-three.json', '--symbol', 'BTC/USDT', '--timeframe', '1h'];
    const command = ['backtest', ...bot, '--venue', 'kraken', '--json'];
    const refused = await runCli(command, [], environment());
    expectRefused(refused, '48 candles missing after', '1 gap in all', '--allow-gaps');
    expect(refused.stderr.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse((await runCli([...command, '--allow-gaps'], [], environment())).stdout).gaps).toEqual([
      { symbol: 'BTC/USDT', afterOpenTime: today - 7 * DAY - HOUR, missing: 48 },
    ]);
  });
});

describe('what cannot be downloaded is refused in one sentence', () => {
  const day = Date.UTC(2025, 0, 1);
  const usual = commandOf('1h', day, day + DAY);
  const other = (option: string, value: string) => usual.map((word, k) => (usual[k - 1] === option ? value : word));

  test.each<{ name: string; args: string[]; says: string[] }>([
    { name: 'an unknown exchange', args: other('--venue', 'krakn'), says: ['"krakn"', 'take one of kraken'] },
    { name: 'another exchange', args: other('--venue', 'nasdaq'), says: ['"nasdaq"', 'for example kraken'] },
    { name: 'an unknown symbol', args: other('--symbol', 'BTC/EURO'), says: ['"BTC/EURO" as Kraken must have'] },
    { name: 'a timeframe it does not have', args: other('--timeframe', '2h'), says: ['it has 1m, 5m, 15m, 30m, 1h'] },
    {
      name: 'a range that ends before it starts',
      args: other('--to', '2024-12-31'),
      says: ['between --from and --to'],
    },
    {
      name: 'a range that is to come',
      args: commandOf('1h', Date.now() + 3 * DAY),
      says: ['a longer time that has passed'],
    },
  ])('$name', { timeout: LONG }, async ({ args, says }) => {
    const ran = await runCli(args, [], environment());
    expectRefused(ran, ...says);
    expect(ran.stderr.trim().split('\n')).toHaveLength(1);
  });

  test('no network', { timeout: LONG }, async () => {
    const gone = environment();
    await kraken.close();
    const ran = await runCli(usual, [], gone);
    expectRefused(ran, 'Cannot read the time from Kraken as it must answer', 'ECONNREFUSED', 'check the network');
    expect(ran.stderr.trim().split('\n')).toHaveLength(1);
  });
});

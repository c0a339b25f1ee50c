import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RestClientV5 } from 'bybit-api';
import { expect, onTestFinished, test } from 'vitest';
import { DOOR, expectRefused, ROOT, runCli } from './run-cli.ts';

interface Started {
  readonly control: string;
  readonly services: readonly { readonly name: string; readonly urls: Readonly<Record<string, string>> }[];
  readonly accounts: readonly { readonly key: string; readonly secret: string }[];
}

/** The simulator as a user starts it, until it has said where it is. */
async function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [DOOR, 'simulator', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  const isOver = args.includes('--json') ? () => said.endsWith('}\n') : () => said.includes('\naccount ');
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (isOver()) resolve();
    });
  });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    return ended;
  };
  return { said, stop };
}

const RECORDED = ['--candles', 'BTC/USDT=examples/simulated-5m.csv.gz', '--pace', 'manual', '--history', '10'];

async function ask(url: string, method = 'GET', body?: unknown) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method, ...(body !== undefined && { headers, body: JSON.stringify(body) }) });
  // biome-ignore lint/suspicious/noExplicitAny: each test looks at other fields
  return { status: answer.status, json: (await answer.json()) as any };
}

test('is started, asked and told through its control port, and stopped', async () => {
  const { said, stop } = await start('--service', 'bybit', ...RECORDED, '--json');
  const { control, services, accounts }: Started = JSON.parse(said);
  const [bybit] = services;
  expect(services.map(({ name }) => name)).toEqual(['bybit']);
  const { key, secret } = accounts[0]!;
  const client = new RestClientV5({ key, secret, baseUrl: bybit!.urls.rest! });

  const before = (await ask(`${control}/time`)).json;
  expect(before).toMatchObject({
    pace: 'manual',
    isEnded: false,
    symbols: [{ symbol: 'BTC/USDT', timeframe: '5m', closedCandles: 10 }],
  });
  const after = (await ask(`${control}/advance`, 'POST', { candles: 3 })).json;
  expect(after).toMatchObject({ closed: 3, marketTime: before.marketTime + 3 * 300_000 });

  const fault = {
    service: 'bybit',
    route: 'GET /v5/position/list',
    fault: { kind: 'answer', status: 500, body: 'no' },
    count: 1,
  };
  const { id } = (await ask(`${control}/faults`, 'POST', fault)).json;
  const position = () => client.getPositionInfo({ category: 'linear', symbol: 'BTCUSDT' });
  await expect(position()).rejects.toMatchObject({ code: 500 });
  expect((await position()).retCode).toBe(0);
  expect((await ask(`${control}/faults`)).json.faults).toMatchObject([{ id, struck: 1 }]);
  expect((await ask(`${control}/faults/${id}`, 'DELETE')).json).toEqual({ cleared: true });
  const { entries } = (await ask(`${control}/journal?route=GET%20/v5/position/list`)).json;
  expect(entries).toMatchObject([
    { status: 500, headers: { 'x-bapi-sign': '***', 'x-bapi-api-key': 'test***' } },
    { status: 200, query: 'category=linear&symbol=BTCUSDT' },
  ]);

  expect((await ask(`${control}/services/bybit/conditions`, 'PATCH', { volumeShare: 0.5 })).json).toMatchObject({
    volumeShare: 0.5,
    skewMs: 0,
  });
  const order = { symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01' };
  expect((await ask(`${control}/services/bybit/place-order`, 'POST', order)).json.result).toMatchObject({
    orderStatus: 'Filled',
  });
  expect((await ask(`${control}/services/bybit/place-order`, 'POST', { ...order, qty: '0' })).status).toBe(400);
  expect((await ask(`${control}/services/nasdaq/conditions`)).json.error.message).toBe(
    'There is no service "nasdaq": those that run are bybit',
  );
  expect((await ask(`${control}/faults`, 'POST', { route: '*', fault: { kind: 'explode' } })).status).toBe(400);
  expect((await ask(`${control}/advance`, 'POST', { candles: 0 })).json.error.message).toContain('"candles"');
  expect(await stop()).toBe(143);
});

test('prints a line for each address, and the account', async () => {
  const { said, stop } = await start('--all', '--pace', '600');
  const lines = said.trimEnd().split('\n');
  expect(lines.filter((line) => /^[a-z-]+ [a-z-]+ (http|ws):\/\/127\.0\.0\.1:\d+/.test(line))).toHaveLength(
    lines.length - 1,
  );
  for (const name of ['bybit rest', 'alpaca rest', 'kraken rest', 'models', 'telegram', 'chart-page', 'control http'])
    expect(said).toContain(`\n${name}`.trimStart());
  expect(lines.at(-1)).toBe('account default key testkey secret testsecret balance 10000');
  expect(await stop()).toBe(143);
});

test('is refused in a sentence', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'autotrader-simulator-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const accounts = join(dir, 'accounts.json');
  writeFileSync(accounts, '[{"name":"a","key":"k","secret":"s","balance":"lots"}]');
  const cases = [
    { args: [], says: 'Cannot start the simulator as it must be told what to simulate; give --all' },
    { args: ['--service', 'nasdaq'], says: 'Cannot simulate "nasdaq" as it must be one of bybit, alpaca' },
    { args: ['--all', '--pace', 'slow'], says: 'It must be "manual", "lock-step", or a number above 0' },
    { args: ['--all', '--port', 'bybit'], says: 'It must be a name and a port up to 65535' },
    { args: ['--all', '--candles', 'nothing.csv'], says: 'Cannot read candles from "nothing.csv"' },
    { args: ['--all', '--candles', 'examples/simulated-5m.csv.gz'], says: 'its name must tell of a symbol' },
    { args: ['--all', '--accounts', 'nothing.json'], says: 'Cannot read accounts from "nothing.json"' },
    { args: ['--all', '--accounts', accounts], says: '"0.balance" is wrong: must be a plain decimal' },
  ];
  for (const { args, says } of cases) expectRefused(await runCli(['simulator', ...args]), says);
});

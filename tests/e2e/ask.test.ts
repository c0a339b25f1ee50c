import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct } from './product.ts';

let product: Product;

beforeAll(async () => {
  product = await startProduct(['--market', 'simulated', '--speed', '60']);
});

afterAll(() => product?.stop());

function autotrader(...command: string[]) {
  return spawnSync(process.execPath, ['src/server/cli/autotrader.js', ...command], {
    env: { ...process.env, DATA_DIR: product.dataDir },
    encoding: 'utf8',
  });
}

test('a bot of the running engine is asked, and the same request is decided once', () => {
  const ask = (...options: string[]) =>
    autotrader('ask', 'Trend on three', '--request', 'r-1', '--url', product.address, ...options);
  const first = ask('--json');
  expect(first.stderr).toBe('');
  const { requestId, decisions } = JSON.parse(first.stdout);
  expect(requestId).toBe('r-1');
  expect(decisions.map(({ symbol }: { symbol: string }) => symbol)).toEqual(['BTC/USDT', 'ETH/USDT', 'SOL/USDT']);
  expect(ask('--json').stdout).toBe(first.stdout);
  expect(ask().stdout).toMatch(/^Trend on three \(request r-1\)\nBTC\/USDT {2}20\d\d-/);
  const { cycles } = JSON.parse(autotrader('cycles', '--limit', '1000', '--json').stdout);
  const asked = cycles.filter((cycle: { requestId: string | null }) => cycle.requestId === 'r-1');
  expect(asked.map(({ occasion }: { occasion: number }) => occasion)).toEqual(
    decisions.map(({ at }: { at: number }) => at),
  );
});

test('what cannot be asked is exit code 2 and a sentence', () => {
  const nobody = autotrader('ask', 'nobody', '--url', product.address);
  expect([nobody.status, nobody.stdout]).toEqual([2, '']);
  expect(nobody.stderr).toMatch(/^Cannot ask "nobody" as it must be one of the bots that run here: trend-on-three-/);
  const nowhere = autotrader('ask', 'Trend on three', '--url', 'http://127.0.0.1:1');
  expect([nowhere.status, nowhere.stdout]).toEqual([2, '']);
  expect(nowhere.stderr).toMatch(/the engine must run with its pages: nothing answers at http:\/\/127\.0\.0\.1:1;/);
});

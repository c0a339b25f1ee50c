import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Context } from '#contract/api.ts';
import { coinGeckoAnswer, coinRow, fearGreedAnswer } from '#tests/exchanges/context-answers.ts';
import { LoopbackServer } from '#tests/exchanges/loopback-server.ts';
import { expectRefused, runCli } from './run-cli.ts';

let server: LoopbackServer;
beforeAll(async () => {
  server = await LoopbackServer.open((url) => {
    const now = Date.now();
    const rows = [
      coinRow(now),
      coinRow(now, { id: 'solana', current_price: 140.25, market_cap_rank: 6, market_cap: null }),
    ];
    return url.pathname === '/fng/' ? fearGreedAnswer(now) : coinGeckoAnswer(url, now, rows);
  });
});
afterAll(() => server.close());

const run = (args: readonly string[], fearGreedUrl = server.address) =>
  runCli(['context', ...args], [], {
    AUTOTRADER_FEAR_GREED_URL: fearGreedUrl,
    AUTOTRADER_COINGECKO_URL: server.address,
  });

describe('context', () => {
  test('is a table with ages, and lines for what is missing', async () => {
    const { code, stdout, stderr } = await run([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Fear & Greed +72 of 100, Greed +\d+ h \d+ m +127\.0\.0\.1:\d+$/m);
    expect(stdout).toMatch(/^Crypto market +3,300 bn USD \(−0\.80 % in 24 h\), 57\.6 % Bitcoin +0 h 1 m/m);
    expect(stdout).toMatch(/^BTC +96000\.5 +1,900\.00 +40\.00 +\+0\.10 +−1\.25 +\+4\.50 +0 h 1 m\nSOL +140\.25 +– /m);
    expect(stdout).toMatch(/^Not known: AAVE, ADA, .*, XRP: it is not in the answer\.$/m);
  });

  test('is a document', async () => {
    const { code, stdout } = await run(['--json']);
    expect(code).toBe(0);
    const context = Context.parse(JSON.parse(stdout));
    expect(context.coins.find(({ base }) => base === 'SOL')).toMatchObject({
      value: { priceUsd: 140.25, marketCapUsd: null },
    });
  });

  test('of a source that is away is missing, and the rest is there', async () => {
    const gone = await LoopbackServer.open(() => 'cut');
    const { address } = gone;
    await gone.close();
    const { code, stdout } = await run([], address);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Fear & Greed +not known: .*fetch failed +– /m);
    expect(stdout).not.toContain('50 of 100');
    expect(stdout).toMatch(/^BTC +96000\.5/m);
  });

  test('cannot be asked of an address that is none', async () => {
    expectRefused(await run([], 'nowhere'), 'AUTOTRADER_FEAR_GREED_URL must be http:// or https://');
  });
});

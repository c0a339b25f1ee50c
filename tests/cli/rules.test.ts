import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { expectRefused, ROOT, runCli } from './run-cli.ts';

const CANDLES = 'examples/simulated-5m.csv.gz';
const BOT = 'examples/rsi-atr-brackets.json';

const folder = mkdtempSync(join(tmpdir(), 'autotrader-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ROW = { symbol: 'BTC/USDT', tick: 0.1, lot: 0.001, minQuantity: 0.001, minNotional: 5 };

let files = 0;

/** What "instruments --json" prints, or what somebody made of it. */
function rules(content: unknown): string {
  files += 1;
  const path = join(folder, `rules-${files}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const listed = (...rows: readonly object[]) => rules({ venue: 'kraken', instruments: rows });

function backtest(file: string, bot = BOT) {
  return runCli(['backtest', bot, '--candles', CANDLES, '--rules', file, '--json']);
}

interface Fill {
  readonly leg: string;
  readonly price: number;
  readonly quantity: number;
}

async function fillsOf(file: string, bot?: string): Promise<readonly Fill[]> {
  const { code, stdout, stderr } = await backtest(file, bot);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout).fills;
}

const isMultiple = (value: number, step: number) => Math.abs(value / step - Math.round(value / step)) < 1e-6;

/** The example's bot, changed. */
function botWith(changes: object): string {
  files += 1;
  const path = join(folder, `bot-${files}.json`);
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(join(ROOT, BOT), 'utf8')), ...changes }));
  return path;
}

describe("a backtest by a venue's own rules", { concurrent: true }, () => {
  test('keeps its steps, and not those of the candles', async () => {
    const coarse = await fillsOf(
      listed({ ...ROW, lot: 0.05, minQuantity: 0.05 }),
      botWith({ sizing: { percentOfCapital: 50 } }),
    );
    expect(coarse.length).toBeGreaterThan(10);
    for (const { quantity } of coarse) expect(isMultiple(quantity, 0.05)).toBe(true);
  });

  test('takes the only contract on the symbol', async () => {
    const [own, contract] = await Promise.all([
      fillsOf(listed(ROW, { ...ROW, symbol: 'BTC/USDT:USDT', tick: 7 })),
      fillsOf(listed({ ...ROW, symbol: 'ETH/USDT' }, { ...ROW, symbol: 'BTC/USDT:USDT' })),
    ]);
    expect(own.length).toBeGreaterThan(10);
    expect(contract).toEqual(own);
  });

  test('has no entry below its minimums', async () => {
    expect(await fillsOf(listed({ ...ROW, minNotional: 1e9 }))).toEqual([]);
  });
});

describe('rules that cannot be used are refused', { concurrent: true }, () => {
  test.each([
    { name: 'no file', file: () => join(folder, 'none.json'), says: 'there must be such a file; check the path' },
    { name: 'no JSON', file: () => rules('{'), says: 'it must be what "autotrader instruments --json" prints: ' },
    { name: 'another document', file: () => rules({ trades: [] }), says: 'it has no list of instruments' },
    {
      name: 'another symbol',
      file: () => listed({ ...ROW, symbol: 'ETH/USDT' }),
      says: 'the file must have the symbol: it has ETH/USDT; print it with "instruments --symbol BTC/USDT --json"',
    },
    {
      name: 'several contracts',
      file: () => listed({ ...ROW, symbol: 'BTC/USDT:USDT' }, { ...ROW, symbol: 'BTC/USDT:USDT-260327' }),
      says: 'which contract is meant: there are BTC/USDT:USDT, BTC/USDT:USDT-260327',
    },
    { name: 'a tick of 0', file: () => listed({ ...ROW, tick: 0 }), says: 'its "tick" must be a number above 0' },
    { name: 'a lot as text', file: () => listed({ ...ROW, lot: '0.001' }), says: 'its "lot" must be a number above 0' },
    {
      name: 'no minimum',
      file: () => listed({ ...ROW, minNotional: null }),
      says: 'its "minNotional" must be a number',
    },
    {
      name: 'too many decimals',
      file: () => listed({ ...ROW, tick: 1e-8, lot: 1e-8 }),
      says: '"tick" and "lot" may have up to 12 decimals together: they are 0.00000001 and 0.00000001; take',
    },
    {
      name: 'a tick that the candles do not keep',
      file: () => listed({ ...ROW, tick: 7 }),
      says: "the candles' prices must lie on the tick 7: the open of 20",
    },
    {
      name: 'a quantity below the minimum',
      file: () => listed({ ...ROW, minQuantity: 1000 }),
      bot: 'examples/sma-cross.json',
      says: 'must not be under the minimum 1000: current value is 1; change "sizing.quantity"',
    },
  ])('$name', async ({ file, bot, says }) => {
    const ran = await backtest(file(), bot);
    expectRefused(ran, says);
    expect(ran.stderr.trim().split('\n')).toHaveLength(1);
  });
});

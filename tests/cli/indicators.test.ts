import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseOperand } from '#contract/conditions.ts';
import type { Definition } from '#core/indicators/definition.ts';
import { INDICATORS } from '#core/indicators/registry.ts';
import { expectRefused, ROOT, runCli } from './run-cli.ts';

const CANDLES = 'examples/simulated-5m.csv.gz';
const HOUR_MS = 3_600_000;

const folder = mkdtempSync(join(tmpdir(), 'autotrader-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Hourly candles that close at 10, 20, 40, 80 …; the hours left out are missing. */
function candleFile(name: string, count: number, without: readonly number[] = []): string {
  const rows = Array.from({ length: count }, (_, i) => `${i * HOUR_MS},${[1, 1, 1, 1].map(() => 10 * 2 ** i)},1`);
  const path = join(folder, name);
  writeFileSync(
    path,
    `${['ts,open,high,low,close,volume', ...rows.filter((_, i) => !without.includes(i))].join('\n')}\n`,
  );
  return path;
}

describe('indicators', { concurrent: true }, () => {
  test('--list names each with its parameters, defaults, outputs and title', async () => {
    const { code, stdout, stderr } = await runCli(['indicators', '--list']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(Object.keys(INDICATORS).length + 1);
    expect(lines[4]).toMatch(/^macd +fast 12, slow 26, signal 9 +macd, signal, histogram +Moving average conv/);
  });

  test('--list --json has the same as one document', async () => {
    const { stdout } = await runCli(['indicators', '--list', '--json']);
    const { indicators } = JSON.parse(stdout) as { indicators: readonly Definition[] };
    expect(indicators.map(({ name }) => name)).toEqual(Object.keys(INDICATORS));
    expect(indicators[0]).toEqual({
      name: 'sma',
      title: 'Simple moving average',
      parameters: [{ name: 'period', default: 20, minimum: 1, whole: true }],
      outputs: ['sma'],
    });
  });

  test('--json has a row for each candle, and null during warm-up', async () => {
    const args = ['--candles', candleFile('json.csv', 4), '--indicator', 'roc(2)', '--indicator', 'sma(1)'];
    const { code, stdout, stderr } = await runCli(['indicators', ...args, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      indicators: [
        { name: 'roc(2)', title: 'Rate of change', output: 'roc', firstIndex: 2 },
        { name: 'sma(1)', title: 'Simple moving average', output: 'sma', firstIndex: 0 },
      ],
      rows: [
        { time: 0, 'roc(2)': null, 'sma(1)': 10 },
        { time: HOUR_MS, 'roc(2)': null, 'sma(1)': 20 },
        { time: 2 * HOUR_MS, 'roc(2)': 300, 'sma(1)': 40 },
        { time: 3 * HOUR_MS, 'roc(2)': 300, 'sma(1)': 80 },
      ],
    });
  });

  test('without it, a table of the last 20 candles', async () => {
    const args = ['--candles', candleFile('table.csv', 22), '--indicator', 'sma(4)', '--indicator', 'macd.signal'];
    const { code, stdout, stderr } = await runCli(['indicators', ...args]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'table.csv, 1h, the last 20 of 22 candles',
      '',
      '    Opened (UTC)     sma(4)  macd(12,26,9).signal',
      '1970-01-01 02:00          –                     –',
    ]);
    expect(lines.at(-1)).toBe('1970-01-01 21:00  9,830,400                     –');
    expect(lines).toHaveLength(23);
  });

  test('a gap is refused unless it is allowed', async () => {
    const args = ['indicators', '--candles', candleFile('gap.csv', 9, [4]), '--indicator', 'sma(2)', '--json'];
    expectRefused(await runCli(args), '1 candle missing', '--allow-gaps');
    const { stdout } = await runCli([...args, '--allow-gaps']);
    expect(JSON.parse(stdout).rows).toHaveLength(8);
  });

  test.each([
    { name: 'nothing to do', args: [], says: 'add --indicator and --candles, or --list' },
    { name: 'no indicator', args: ['--candles', CANDLES], says: 'add --indicator and --candles' },
    { name: 'no candles', args: ['--indicator', 'rsi'], says: 'add --indicator and --candles' },
    { name: 'a list of candles', args: ['--list', '--candles', CANDLES], says: "'--list' cannot be used with" },
    {
      name: 'an unknown indicator',
      args: ['--candles', CANDLES, '--indicator', 'rsj(14)'],
      says: 'There is no indicator "rsj" (did you mean "rsi"?)',
    },
    {
      name: 'an unknown output',
      args: ['--candles', CANDLES, '--indicator', 'aroon.upp'],
      says: 'aroon has no output "upp" (did you mean "up"?): there are up, down, oscillator',
    },
    {
      name: 'a parameter out of its range',
      args: ['--candles', CANDLES, '--indicator', 'hma(1)'],
      says: 'The period of hma must be a whole number >= 2: current value is 1',
    },
    {
      name: 'no such file',
      args: ['--candles', 'nowhere.csv', '--indicator', 'rsi'],
      says: 'Cannot read candles from "nowhere.csv" as there must be such a file',
    },
  ])('refuses $name', async ({ args, says }) => {
    const ran = await runCli(['indicators', ...args]);
    expectRefused(ran, says);
    expect(ran.stderr.trim().split('\n')).toHaveLength(1);
  });
});

const definitions: readonly Definition[] = Object.values(INDICATORS);

describe('docs/reference/bot-file.md', () => {
  const page = readFileSync(join(ROOT, 'docs/reference/bot-file.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));

  test.each(definitions)('names $name with its defaults, outputs and title', ({ name, parameters, outputs, title }) => {
    const numbers = parameters.length === 0 ? '' : `(${parameters.map((parameter) => parameter.default).join(',')})`;
    const row = rows.find((line) => line.startsWith(`| \`${name}${numbers}\` `));
    const [, , given, what] = row?.split('|') ?? [];
    expect(given?.match(/\w+/g)).toEqual(outputs);
    expect(what).toContain(title);
    for (const parameter of parameters) expect(what).toContain(`${parameter.name} (at least ${parameter.minimum})`);
  });
});

describe('a bot file', () => {
  test.each(definitions)('can use every output of $name', ({ name, outputs }) => {
    for (const output of outputs) {
      const operand = { kind: 'indicator', indicator: expect.objectContaining({ name, output }), timeframe: '1d' };
      expect(parseOperand(`${name}.${output}@1d`)).toEqual(operand);
    }
  });
});

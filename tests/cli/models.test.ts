import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { modelsWith } from '#simulator/models/twin.ts';
import { openServices } from '#tests/builders/loopback-services.ts';
import { expectRefused, ROOT, runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'autotrader-models-'));
afterAll(() => rmSync(folder, { recursive: true }));

const EXAMPLES = [
  { name: 'chart-vision', terms: [] },
  { name: 'model-vote', terms: ['--margin', 'generic'] },
];
const SERVER = 'deepseek/deepseek-chat-v3.1';
const VOTE = { recommendation: 'buy', confidence: 0.8, reasoning: 'so', stop: null, target: null, trend: 'up' };

/** The vote example under another name, with other fields, and with or without what lies beside it. */
function botFile(name: string, change: object, beside: readonly string[] = []): string {
  const path = join(folder, `${name}.json`);
  const file = JSON.parse(readFileSync(join(ROOT, 'examples/model-vote.json'), 'utf8'));
  writeFileSync(path, JSON.stringify({ ...file, leverage: undefined, ...change }));
  for (const ending of ['.csv.gz', ...beside])
    copyFileSync(join(ROOT, `examples/model-vote${ending}`), join(folder, `${name}${ending}`));
  return path;
}

const backtest = (path: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCli(['backtest', path, ...args], [], env);

describe('the examples that ask models', () => {
  test.each(EXAMPLES)(
    '$name replays twice to the same bytes, with trades and without asking anybody',
    { timeout: 240_000 },
    async ({ name, terms }) => {
      const twin = await openServices([modelsWith({ rules: [{ answer: { json: VOTE } }] })]);
      const env = { MODELS_URL: twin.services[0]!.urls.openrouter!, MODELS_API_KEY: 'sk-test' };
      const path = `examples/${name}.json`;
      const first = await backtest(path, [...terms, '--models', 'replay', '--json'], env);
      expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(first.stdout).trades.length).toBeGreaterThan(10);
      expect((await backtest(path, [...terms, '--models', 'replay', '--json'])).stdout).toBe(first.stdout);
      expect(twin.service('models').command('questions', {})).toEqual([]);
      // The recording is what the rules answer today.
      expect((await backtest(path, [...terms, '--models', 'live', '--json'])).stdout).toBe(first.stdout);
    },
  );
});

test('a recording is asked for once, with its cost told before, and replays to the same trades', async () => {
  const twin = await openServices([modelsWith({ rules: [{ answer: { json: VOTE } }] })]);
  const settings = join(folder, 'models.json');
  writeFileSync(
    settings,
    JSON.stringify({ models: { [SERVER]: { price: { promptUsd: 0.27, completionUsd: 1.1, since: '2026-11-20' } } } }),
  );
  const env = { MODELS_URL: twin.services[0]!.urls.openrouter!, MODELS_API_KEY: 'sk-test', MODELS_FILE: settings };
  const asked = () => (twin.service('models').command('questions', {}) as unknown[]).length;
  const path = botFile('recorded', { models: [SERVER], warmupCandles: 560 });
  const record = await backtest(path, ['--models', 'record', '--json'], env);
  expect(record.code).toBe(0);
  expect(record.stderr).toMatch(
    new RegExp(
      `^Asks ${SERVER} up to 40 times, about [\\d,]+ tokens each: about 0\\.\\d\\d USD\\. Prices were looked up on 2026-11-20\\.`,
    ),
  );
  const questions = asked();
  expect(questions).toBeGreaterThan(20);
  expect((await backtest(path, ['--models', 'record', '--json'], env)).stdout).toBe(record.stdout);
  expect(asked()).toBe(questions);
  expect(await backtest(path, ['--models', 'replay', '--json'])).toEqual({
    code: 0,
    stdout: record.stdout,
    stderr: '',
  });
  // Without a word nothing is asked that may cost.
  expect((await backtest(path, ['--json'], env)).stdout).toBe(record.stdout);
  expect(asked()).toBe(questions);
  expect(statSync(join(folder, 'recorded.recording.jsonl.gz')).size).toBeLessThan(questions * 4_000);
});

test('other extras are another question: they are recorded anew, and replayed with themselves alone', async () => {
  const twin = await openServices([modelsWith({ rules: [{ answer: { json: VOTE } }] })]);
  const path = botFile('extras', { models: [SERVER, 'rules (no model)'], warmupCandles: 560 });
  const asked = () => (twin.service('models').command('questions', {}) as unknown[]).length;
  const settings = (name: string, file: object) => {
    writeFileSync(join(folder, name), JSON.stringify(file));
    const server = { MODELS_URL: twin.services[0]!.urls.openrouter!, MODELS_API_KEY: 'sk-test' };
    return { ...server, MODELS_FILE: join(folder, name) };
  };
  const none = settings('no-extras.json', {});
  const low = settings('low.json', { extras: { reasoning: { effort: 'low' } } });
  const high = settings('high.json', { models: { [SERVER]: { extras: { reasoning: { effort: 'high' } } } } });
  const counts: number[] = [];
  for (const env of [none, low, high, none, low, high]) {
    expect((await backtest(path, ['--models', 'record', '--json'], env)).code).toBe(0);
    counts.push(asked());
  }
  const once = counts[0]!;
  expect(once).toBeGreaterThan(20);
  expect(counts).toEqual([once, 2 * once, 3 * once, 3 * once, 3 * once, 3 * once]);
  for (const env of [{}, low, high])
    expect(await backtest(path, ['--models', 'replay', '--json'], env)).toMatchObject({ code: 0, stderr: '' });
  const other = settings('other.json', { extras: { reasoning: { effort: 'none' } } });
  expectRefused(await backtest(path, ['--models', 'replay'], other), `no answer of ${SERVER}`, 'MODELS_FILE');
  expect(asked()).toBe(3 * once);
});

test.each(['live', 'record'])(
  'a spent budget asks nothing more in a backtest, and its result says so: %s',
  async (answers) => {
    const twin = await openServices([modelsWith({ rules: [{ answer: { json: VOTE } }] })]);
    const env = { MODELS_URL: twin.services[0]!.urls.openrouter!, MODELS_API_KEY: 'sk-test' };
    const path = botFile(`poor-${answers}`, { models: [SERVER], warmupCandles: 560, budgetUsdPerDay: 0.000_001 });
    const ran = await backtest(path, ['--models', answers, '--json'], env);
    expect(twin.service('models').command('questions', {})).toHaveLength(1);
    expect(JSON.parse(ran.stdout).warnings).toContainEqual(
      expect.stringMatching(/^Questions without an answer: (\d+) of \d+ \(\1 over-budget\)\./),
    );
  },
);

test.each(['live', 'record'])('rules answer on beside a model whose budget is spent: %s', async (answers) => {
  const twin = await openServices([modelsWith({ rules: [{ answer: { json: VOTE } }] })]);
  const env = { MODELS_URL: twin.services[0]!.urls.openrouter!, MODELS_API_KEY: 'sk-test' };
  const models = [SERVER, 'rules (no model)', 'rules (no model): reversion'];
  const path = botFile(`beside-${answers}`, { models, warmupCandles: 560, budgetUsdPerDay: 0.000_001 });
  const { code, stdout } = await backtest(path, ['--models', answers, '--json'], env);
  expect(code).toBe(0);
  expect(twin.service('models').command('questions', {})).toHaveLength(1);
  const warning = /Questions without an answer: (\d+) of (\d+) \((\d+) over-budget\)/.exec(stdout)!;
  const [failed, asked, overBudget] = warning.slice(1).map(Number) as [number, number, number];
  // Of three that are asked each time one is answered once, and the others always.
  expect(asked).toBeGreaterThan(60);
  expect(failed).toBe(asked / 3 - 1);
  expect(overBudget).toBe(failed);
});

test.each([
  { what: 'every candle', change: {}, times: 40 },
  { what: 'every second one', change: { tradingFrequency: 600 }, times: 20 },
  { what: 'five times in each', change: { tradingFrequency: 60 }, times: 200, inside: true },
])('the estimate counts the questions of a bot that decides at $what', async ({ what, change, times, inside }) => {
  const twin = await openServices([modelsWith({ rules: [{ answer: { json: VOTE } }] })]);
  const env = { MODELS_URL: twin.services[0]!.urls.openrouter!, MODELS_API_KEY: 'sk-test' };
  const path = botFile(what, { models: [SERVER], warmupCandles: 560, ...change });
  const finer = join(folder, `${what}-1m.csv`);
  if (inside) writeFileSync(finer, minutesOf(join(folder, `${what}.csv.gz`)));
  const { stderr } = await backtest(path, ['--models', 'live', ...(inside ? ['--inside', finer] : [])], env);
  expect(stderr).toMatch(`Asks ${SERVER} up to ${times} times`);
  const asked = (twin.service('models').command('questions', {}) as unknown[]).length;
  expect(asked).toBeGreaterThan(0.9 * times);
  expect(asked).toBeLessThanOrEqual(times);
});

/** Candles of 5 minutes as candles of a minute that stand at their open, and end as they did. */
function minutesOf(path: string): string {
  const [head, ...rows] = gunzipSync(readFileSync(path)).toString().trim().split('\n');
  const minutes = rows.flatMap((row) => {
    const [ts, open, high, low, close, volume] = row.split(',');
    const still = [1, 2, 3, 4].map((k) => [Number(ts) + k * 60_000 - 60_000, open, open, open, open, 0].join(','));
    return [...still, [Number(ts) + 240_000, open, high, low, close, volume].join(',')];
  });
  return `${[head, ...minutes].join('\n')}\n`;
}

describe('refuses', () => {
  test('a replay whose recording lacks a question, and names it', async () => {
    const path = botFile('changed', { indicators: ['rsi(7)'] }, ['.recording.jsonl.gz']);
    const ran = await backtest(path, ['--models', 'replay', '--json']);
    expectRefused(
      ran,
      'Cannot replay the recording',
      'no answer of rules (no model) with model-vote/2 about BTC/USDT 5m at 2025-01-01T',
      '--models record',
    );
  });

  test('a replay of what an earlier version of its prompt was asked, which it names', async () => {
    const terms = { warmupCandles: 560 };
    const old = botFile('old', { ...terms, prompt: 'model-vote/1' });
    const recorded = await backtest(old, ['--models', 'record', '--json']);
    expect(recorded.code).toBe(0);
    const recording = ['--models', 'replay', '--recording', join(folder, 'old.recording.jsonl.gz'), '--json'];
    expectRefused(
      await backtest(botFile('new', terms), recording),
      'with model-vote/2',
      'set "prompt" to "model-vote/1"',
    );
    expect((await backtest(old, recording)).stdout).toBe(recorded.stdout);
  });

  test('a replay without a recording', async () => {
    const ran = await backtest(botFile('bare', {}), ['--models', 'replay']);
    expectRefused(ran, 'their recording must be there', 'bare.recording.jsonl.gz', '--models record');
  });

  test('a model without a server', async () => {
    const path = botFile('served', { models: [SERVER] });
    const env = { MODELS_URL: '', MODELS_API_KEY: '' };
    expectRefused(
      await backtest(path, ['--models', 'live'], env),
      `its model ${SERVER} must have a server`,
      'MODELS_API_KEY',
      'rules (no model)',
    );
    const started = await runCli(['start', '--market', 'simulated', '--no-web', '--bot', path], [], {
      ...env,
      DATA_DIR: join(folder, 'data'),
    });
    expectRefused(started, `its model ${SERVER} must have a server`);
  });

  test('models for a bot that asks none', async () => {
    const args = ['--candles', 'examples/simulated-5m.csv.gz', '--models', 'live'];
    expectRefused(await backtest('examples/sma-cross.json', args), 'Cannot use --models for "SMA cross"');
  });

  test('settings that are wrong, all at once', async () => {
    const settings = join(folder, 'wrong.json');
    writeFileSync(
      settings,
      JSON.stringify({ budgetUsdPerDay: -1, models: { a: { price: { promptUsd: 1 }, wait: 2 } } }),
    );
    const ran = await backtest(botFile('set', {}), ['--models', 'live'], { MODELS_FILE: settings });
    expectRefused(
      ran,
      'budgetUsdPerDay: must be a number above 0',
      'models.a.price.completionUsd: must be',
      'models.a.wait: there is no key "wait"',
    );
  });

  test('a recording that is none', async () => {
    const recording = join(folder, 'broken.jsonl');
    writeFileSync(recording, 'nonsense\n');
    expectRefused(
      await backtest(botFile('broken', {}), ['--models', 'replay', '--recording', recording]),
      'line 1 must be a question with its answer',
    );
  });

  test('two texts under one name of a prompt', async () => {
    const prompt = { name: 'mine', version: 1, system: 'One.', user: '{{price}}' };
    const one = botFile('one', { name: 'one', prompt });
    const other = botFile('other', { name: 'other', prompt: { ...prompt, system: 'Another.' } });
    const args = ['start', '--market', 'simulated', '--no-web', '--bot', one, '--bot', other];
    expectRefused(
      await runCli(args, [], { DATA_DIR: join(folder, 'data') }),
      '"one" has another text under mine/1',
      'the version 2',
    );
  });
});

describe('chart', () => {
  const chart = (args: readonly string[]) =>
    runCli(['chart', '--candles', 'examples/chart-vision.csv.gz', '--symbol', 'BTC/USDT', ...args]);

  test('draws as the bot says, the same bytes each time, and nothing newer than asked', async () => {
    const [one, two, early] = ['one.png', 'two.png', 'early.png'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const bot = ['--bot', 'examples/chart-vision.json'];
    const { code, stdout } = await chart([...bot, '--out', one]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /one\.png: BTC\/USDT 5m, 80 candles up to 2025-01-02 09:15 UTC, 640 x 400, SHA-256 [0-9a-f]{64}\n/,
    );
    await chart([...bot, '--out', two]);
    expect(readFileSync(two)).toEqual(readFileSync(one));
    expect((await chart([...bot, '--at', '2025-01-02', '--out', early])).stdout).toContain(
      'up to 2025-01-01 23:55 UTC',
    );
    expect(readFileSync(early)).not.toEqual(readFileSync(one));
  });

  test('refuses what cannot be drawn', async () => {
    expectRefused(await chart(['--out', join(folder, 'a.jpg')]), 'its name must end in .png');
    expectRefused(
      await chart(['--bot', 'examples/sma-cross.json', '--out', join(folder, 'a.png')]),
      'the kind "chart-vision"',
    );
    expectRefused(
      await chart(['--at', '2020-01-01', '--out', join(folder, 'a.png')]),
      'a candle must have closed by then',
    );
  });
});

describe('prompts', () => {
  const env = { DATA_DIR: join(folder, 'prompts') };
  const prompt = { name: 'kept', version: 4, system: 'One.', user: 'At {{price}}\n{{rules}}' };
  const vote = (name: string, change: object) => botFile(name, { name, models: ['rules (no model)'], ...change });
  const start = (bot: string, ...market: readonly string[]) =>
    runCli(['start', ...market, '--no-web', '--bot', bot], [], env);
  const replay = [
    ...['--market', `replay:${join(ROOT, 'examples/model-vote.csv.gz')}`, '--speed', 'max', '--exit-at-end'],
  ];

  /** All rows that are not of a market. */
  function everything(): unknown {
    const database = new DatabaseSync(join(env.DATA_DIR, 'autotrader.db'), { readOnly: true });
    const tables = ['accounts', 'bots', 'prompts', 'ai_decisions', 'trades', 'candles'];
    const rows = tables.map((table) => database.prepare(`SELECT * FROM ${table}`).all());
    database.close();
    return rows;
  }

  test('hold for ever, on every market, and their texts can be read', { timeout: 120_000 }, async () => {
    expectRefused(await runCli(['prompts'], [], env), 'nothing has run in DATA_DIR yet');
    expect(await start(vote('first', { prompt }), ...replay)).toMatchObject({ code: 0 });
    const before = everything();
    const other = vote('second', { prompt: { ...prompt, system: 'Two.' } });
    for (const market of [replay, ['--market', 'simulated']]) {
      const ran = await start(other, ...market);
      expectRefused(
        ran,
        'Cannot run "second"',
        'another text is stored under kept/4 since',
        'give the new text the version 5',
      );
      expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(everything()).toEqual(before);
    }
    const named = vote('third', { prompt: { ...prompt, version: 5, system: 'Two.' } });
    expect(await start(named, ...replay)).toMatchObject({ code: 0, stderr: expect.not.stringContaining('text') });

    const { prompts } = JSON.parse((await runCli(['prompts', '--json'], [], env)).stdout);
    expect(prompts).toEqual([
      { ...told('kept/4', 'One.'), decisions: expect.any(Number), trades: expect.any(Number) },
      { ...told('kept/5', 'Two.'), decisions: expect.any(Number), trades: expect.any(Number) },
    ]);
    for (const { decisions, trades } of prompts) expect(decisions).toBeGreaterThan(trades);
    expect(prompts[0].trades).toBeGreaterThan(0);
    const table = (await runCli(['prompts'], [], env)).stdout;
    expect(table).toMatch(
      /^Prompt {2}First seen \(UTC\) {2}Decisions {2}Trades {2}SHA-256\nkept\/4 {2}20[^\n]+\nkept\/5 [^\n]+\n$/,
    );
    const { stdout } = await runCli(['prompts', 'kept/5'], [], env);
    expect(stdout).toMatch(/^Prompt .*\nkept\/5 .*\n\nSystem:\nTwo\.\n\nUser:\nAt \{\{price\}\}\n\{\{rules\}\}\n$/);
    expectRefused(await runCli(['prompts', 'kept/6'], [], env), 'one of those in DATA_DIR: kept/4, kept/5');
  });

  const told = (promptName: string, system: string) => ({
    promptName,
    sha256: createHash('sha256')
      .update(JSON.stringify([system, prompt.user]))
      .digest('hex'),
    firstSeenAt: expect.any(Number),
    system,
    user: prompt.user,
  });
});

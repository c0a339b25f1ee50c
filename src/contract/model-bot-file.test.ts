import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { BUILT_IN_PROMPTS } from '../core/built-in-prompts.ts';
import { BotFileError, readBotFile, readStoredBotFile } from './bot-file.ts';

const VISION = {
  name: 'Reader',
  kind: 'chart-vision',
  capital: 10_000,
  symbols: ['BTC/USDT'],
  timeframe: '1h',
  model: 'rules (no model)',
  sizing: { percentOfCapital: 20 },
};
const { model: _, ...COMMON } = VISION;
const VOTE = { ...COMMON, kind: 'model-vote' };
const PROMPT = { name: 'mine', version: 2, system: 'You decide.', user: 'What of {{symbol}} at {{ price }}?' };

function problemsOf(file: object): readonly string[] {
  try {
    readBotFile(JSON.stringify(file));
  } catch (error) {
    expect(error).toBeInstanceOf(BotFileError);
    return (error as BotFileError).problems;
  }
  return [];
}

test('a chart reader says what it asks with, what it shows and how it trades, where its file does not', () => {
  expect(readBotFile(JSON.stringify(VISION))).toMatchObject({
    kind: 'chart-vision',
    model: { model: 'rules (no model)', maxTokens: 2000 },
    prompt: BUILT_IN_PROMPTS.get('chart-vision/2'),
    brackets: { stop: { kind: 'atr', multiple: 2, period: 14 }, anchor: 'signal' },
    chart: { theme: 'dark', width: 1280, height: 720, candles: 200, timeframes: [] },
    ...{ onOpposite: 'close', onSame: 'ignore', maxEntries: 1, maxConcurrentTrades: 1 },
    // ema(50) has its first value after 49 candles.
    warmupCandles: 49,
  });
});

test('a vote asks two models, stacks and reverses, where its file does not say', () => {
  expect(readBotFile(JSON.stringify(VOTE))).toMatchObject({
    models: [
      { model: 'deepseek/deepseek-chat-v3.1', weight: 1 },
      { model: 'qwen/qwen3-vl-235b-a22b-instruct', weight: 1 },
    ],
    vote: { kind: 'majority', alone: 'follow' },
    ...{ onOpposite: 'reverse', onSame: 'stack', maxEntries: 3 },
  });
});

test('models may be named with their options, and a prompt may be its own', () => {
  const models = [{ model: 'a/b', weight: 2.5, temperature: 0, maxTokens: 900 }, 'c:free'];
  expect(readBotFile(JSON.stringify({ ...VOTE, models, prompt: PROMPT, vote: 'weighted' }))).toMatchObject({
    models: [models[0], { model: 'c:free', weight: 1, maxTokens: 2000 }],
    prompt: PROMPT,
    vote: { kind: 'weighted' },
  });
});

test.each([VISION, VOTE])('entries of a $kind bot may wait at a limit', (file) => {
  const limit = { offsetPercent: 0.1, timeoutCandles: 3 };
  const { entryOrder } = readBotFile(JSON.stringify({ ...file, entryOrder: { limit } }));
  expect(entryOrder).toEqual({ kind: 'limit', ...limit, reprice: 'never', postOnly: false });
});

describe('refuses', () => {
  test.each([
    { name: 'no model', file: { ...COMMON, kind: 'chart-vision' }, problem: /^model: must be the name of a model/ },
    { name: 'an unknown vote', file: { ...VOTE, vote: 'loudest' }, problem: /^vote: must be "majority", "unanimous"/ },
    {
      name: 'a model twice',
      file: { ...VOTE, models: ['a', 'a'] },
      problem: /^models\[1\]: has a model that stands twice/,
    },
    {
      name: 'too many models',
      file: { ...VOTE, models: [...'abcdefghi'] },
      problem: /^models: must be a list of 1 to 8/,
    },
    {
      name: 'no weight',
      file: { ...VOTE, models: [{ model: 'a', weight: 0 }] },
      problem: /^models\[0\]\.weight: must be a number above 0/,
    },
    {
      name: 'an unknown option',
      file: { ...VOTE, models: [{ model: 'a', wait: 1 }] },
      problem: /^models\[0\]\.wait: there is no key "wait"/,
    },
    {
      name: 'an unknown prompt',
      file: { ...VISION, prompt: 'chart-vision/9' },
      problem: /^prompt: there is no prompt "chart-vision\/9"; did you mean/,
    },
    {
      name: 'an unknown variable',
      file: { ...VISION, prompt: { ...PROMPT, user: '{{symbol}} {{prise}}' } },
      problem: /^prompt\.user: there is no variable "prise"; did you mean "price"\?/,
    },
    ...[1, 9].map((version) => ({
      name: `another text under a name that comes with Autotrader, version ${version}`,
      file: { ...VISION, prompt: { ...PROMPT, name: 'chart-vision', version } },
      problem:
        /^prompt\.name: is that of the prompts that come with Autotrader, .* give it another name, for example "my-chart-vision"/,
    })),
    ...[0, -1, 1.5, 10_001, '1'].map((version) => ({
      name: `the version ${JSON.stringify(version)}`,
      file: { ...VISION, prompt: { ...PROMPT, version } },
      problem: /^prompt\.version: must be a whole number from 1 to 10000/,
    })),
    ...['Mine', 'a/1', '../a', 'a b', 'mіne', 'm\u0301ine', '', 'a'.repeat(41)].map((name) => ({
      name: `a prompt called ${JSON.stringify(name)}`,
      file: { ...VISION, prompt: { ...PROMPT, name } },
      problem: /^prompt\.name: must be lower-case letters, digits and -, up to 40/,
    })),
    {
      name: 'a prompt of a megabyte',
      file: { ...VISION, prompt: { ...PROMPT, user: 'x'.repeat(1_000_000) } },
      problem: /^prompt\.user: must be a text of 1 to 20000 characters/,
    },
    ...['a\0b', 'half of \ud83e'].map((system) => ({
      name: `a prompt with ${JSON.stringify(system)}`,
      file: { ...VISION, prompt: { ...PROMPT, system } },
      problem: /^prompt\.system: must be text that can be kept/,
    })),
    {
      name: 'only making at the price itself',
      file: { ...VOTE, entryOrder: { limit: { offsetPercent: 0, timeoutCandles: 3, postOnly: true } } },
      problem: /^entryOrder\.limit\.postOnly: refuses every entry at the close itself/,
    },
    {
      name: 'an entry that leaves its levels behind',
      file: { ...VISION, entryOrder: { limit: { offsetPercent: 0.1, timeoutCandles: 3, reprice: 'follow' } } },
      problem: /^entryOrder\.limit\.reprice: moves the entry away from levels that stay; add "anchor": "fill"/,
    },
    ...[
      { entryOrder: { limit: { offsetPercent: 0.1, timeoutCandles: 3 } } },
      { brackets: { stop: { percent: 1 }, roi: { 0: 2 } } },
    ].map((change) => ({
      name: `orders that are changed at closes while they are underway: ${Object.keys(change)[0]}`,
      file: { ...VOTE, ...change, execution: { latencyMs: 100 } },
      problem: /^execution\.latencyMs: does not go with "(entryOrder|brackets\.roi)", whose orders are changed/,
    })),
    {
      name: 'a lower chart',
      file: { ...VISION, chart: { timeframes: ['5m'] } },
      problem: /^chart\.timeframes\[0\]: must be above the bot's 1h/,
    },
    {
      name: 'a tiny chart',
      file: { ...VISION, chart: { width: 10 } },
      problem: /^chart\.width: must be a whole number from 320/,
    },
    { name: 'rules', file: { ...VISION, entry: {} }, problem: /^entry: there is no key "entry"/ },
    {
      name: 'an indicator that is none',
      file: { ...VISION, indicators: ['emma(3)'] },
      problem: /^indicators\[0\]: There is no indicator "emma"/,
    },
    { name: 'no budget', file: { ...VOTE, budgetUsdPerDay: 0 }, problem: /^budgetUsdPerDay: must be a number above 0/ },
  ])('$name', ({ file, problem }) => {
    const problems = problemsOf(file);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });
});

test.each([
  {
    name: 'a version of its own under a name that comes with Autotrader',
    change: { prompt: { ...PROMPT, name: 'chart-vision' } },
  },
  { name: 'a prompt that cannot be kept', change: { prompt: { ...PROMPT, system: 'a\0b' } } },
  {
    name: 'orders that are changed while they are underway',
    change: { brackets: { stop: { percent: 1 }, roi: { 0: 2 } }, execution: { latencyMs: 100 } },
  },
])('a bot that was started with $name is read still, and a new one refused', ({ change }) => {
  for (const file of [VISION, VOTE].map((one) => ({ ...one, ...change }))) {
    expect(problemsOf(file)).toHaveLength(1);
    const { prompt } = { prompt: BUILT_IN_PROMPTS.get(`${file.kind}/2`), ...change };
    expect(readStoredBotFile(JSON.stringify(file))).toMatchObject({ kind: file.kind, prompt });
  }
});

test('prompts that were shipped are what they were: a change is a new version', () => {
  const hashes = Object.fromEntries(
    [...BUILT_IN_PROMPTS].map(([name, { system, user }]) => [
      name,
      createHash('sha256').update(`${system}\n${user}`).digest('hex').slice(0, 16),
    ]),
  );
  expect(hashes).toEqual({
    ...{ 'chart-vision/1': 'c9d60c3d3f4f3d8d', 'chart-vision/2': '793fab5ea39c04e2' },
    ...{ 'model-vote/1': '18a083a11d814e89', 'model-vote/2': 'ab175235e5c413e7' },
  });
});

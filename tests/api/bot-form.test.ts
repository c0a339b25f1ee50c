import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DrawnCharts } from '#adapters/charts/drawn.ts';
import { nothingKnown } from '#adapters/context/nothing-known.ts';
import { RulesAnalyst } from '#adapters/models/rules-analyst.ts';
import { Decisions, Problem } from '#contract/api.ts';
import { BotConfig, BotPreview, LONGEST_BOT_FILE } from '#contract/bot-preview.ts';
import type { ModelQuestion } from '#ports/models.ts';
import type { Trader } from '#server/compose.ts';
import { BotPreviews, type PreviewSources } from '#server/previews/bot-previews.ts';
import { askingOf } from '#tests/builders/models.ts';
import { WatchedEngine } from './watched-engine.ts';

const CANDLES = 150;

const SOURCES: PreviewSources = {
  ...{ surroundings: nothingKnown('it is a test'), prices: {}, startCommand: 'start' },
  charts: { captures: false, fallback: 'drawn' },
};

/** Answers by rules, and knows what it was asked. */
class AskedAnalyst extends RulesAnalyst {
  readonly asked: ModelQuestion[] = [];

  override ask(question: ModelQuestion) {
    this.asked.push(question);
    return super.ask(question);
  }
}

async function exampleFile(name: string): Promise<Record<string, unknown>> {
  return { ...JSON.parse(await readFile(`examples/${name}.json`, 'utf8')), timeframe: '1m' };
}

describe('the form of a bot that is shown charts', () => {
  const watched = new WatchedEngine();
  const analyst = new AskedAnalyst();
  let file: Record<string, unknown>;
  let botId: string;

  beforeAll(async () => {
    file = { ...(await exampleFile('chart-vision')), capital: 10_000_000, warmupCandles: 100 };
    const asking = askingOf(analyst, new DrawnCharts());
    await watched.open(CANDLES, file, { asking: () => asking, safeMode: () => undefined });
    await watched.engine.run();
    botId = watched.engine.state.traders[0]!.row.id;
  });
  afterAll(() => watched.close());

  const post = (payload: object, headers = {}) =>
    watched.app.inject({ method: 'POST', url: '/api/bots/preview', payload, headers });
  async function preview(change: object = {}, rest: object = { botId }): Promise<BotPreview> {
    const answer = await post({ file: JSON.stringify({ ...file, ...change }), ...rest });
    expect(answer.statusCode).toBe(200);
    return BotPreview.strict().parse(answer.json());
  }

  test('begins with the file as it stands, and says how a changed one is started', async () => {
    const config = await watched.app.inject({ url: `/api/bots/${botId}/config` });
    expect(BotConfig.strict().parse(config.json())).toEqual({
      botId,
      file: JSON.stringify(file),
      startCommand: 'npx autotrader start --market replay:generated',
      why: null,
    });
    const nobody = await watched.app.inject({ url: '/api/bots/nobody/config' });
    expect(nobody.statusCode).toBe(404);
    expect(Problem.parse(nobody.json()).error.message).toMatch(/no bot "nobody"/);
  });

  test('the draft begins on the terms of the account that it was drafted from, as far as they can be given', () => {
    const [trader] = watched.engine.state.traders;
    const limited = (dailyLossPercent: number | null) => ({
      ...trader!,
      accountRow: { ...trader!.accountRow, dailyLossPercent, margin: '{"model":"bybit"}' },
    });
    const configOf = (...traders: Trader[]) =>
      new BotPreviews({ traders, simulated: true }, watched.store, SOURCES).config(botId);
    expect(configOf(limited(3), limited(3))).toMatchObject({
      startCommand: 'start --margin bybit --daily-loss 3',
      why: null,
    });
    expect(configOf(limited(3), limited(null))).toMatchObject({
      startCommand: 'start --margin bybit',
      why: expect.stringMatching(
        /is held to --daily-loss 3, others here to other limits: the draft's begins without any/,
      ),
    });
  });

  test('shows the very picture that the model was shown of the same candles', async () => {
    const { told } = await preview();
    const [decision] = Decisions.parse((await watched.app.inject({ url: '/api/decisions?limit=1' })).json()).decisions;
    const { opinions } = decision!.input.basis as { readonly opinions: readonly { readonly imageHash: string }[] };
    const [image] = told!.question!.images;
    expect(told!.market).toMatchObject({ at: decision!.occasion, madeOf: null, simulated: true });
    expect(image).toMatchObject({ sha256: opinions[0]!.imageHash, width: 640, height: 400, candles: 80 });
    const png = Buffer.from(image!.png, 'base64');
    expect(createHash('sha256').update(png).digest('hex')).toBe(image!.sha256);
    expect(png.byteLength).toBe(image!.bytes);
  });

  test('tells the prompt as it is sent, and what it costs where that is known', async () => {
    const last = analyst.asked.at(-1)!;
    const { question } = (await preview()).told!;
    const candlesOf = (text: string) => text.slice(text.indexOf('Candles, oldest first'));
    expect(question).toMatchObject({ promptName: last.promptName, system: last.system });
    expect(candlesOf(question!.user)).toBe(candlesOf(last.user));
    expect(question!.user).not.toMatch(/\{\{/);
    const [rules] = question!.models;
    expect(rules).toEqual({
      model: 'rules (no model)',
      promptTokens: question!.textTokens + question!.images[0]!.tokens,
      maxTokens: 2000,
      costUsd: 0,
    });
    const { models } = (await preview({ model: 'a/model' })).told!.question!;
    expect(models[0]!.costUsd).toBeCloseTo((models[0]!.promptTokens + 2 * 500) / 1e6, 12);
    expect((await preview({ model: 'another/model' })).told!.question!.models[0]!.costUsd).toBeNull();
  });

  test.each([
    { fallback: 'drawn', says: /the one that it is shown where that cannot be had/ },
    { fallback: 'none', says: /asks nobody where that cannot be had\. This one is drawn/ },
  ] as const)('a picture that is captured otherwise is said not to be it: $fallback', async ({ fallback, says }) => {
    const charts = { captures: true, fallback };
    const previews = new BotPreviews(watched.engine.state, watched.store, { ...SOURCES, charts });
    const { told } = await previews.preview({ file: JSON.stringify(file) }, new AbortController().signal);
    expect(told).toMatchObject({ why: expect.stringMatching(says) });
    expect(told!.question!.images).toHaveLength(1);
  });

  test('draws what the draft says, other timeframes too, and several at once', async () => {
    const before = (await preview()).told!.question!.images[0]!;
    const chart = { ...(file.chart as object), theme: 'light', candles: 40, timeframes: ['5m'] };
    const [own, higher] = (await preview({ chart })).told!.question!.images;
    expect(own).toMatchObject({ candles: 40, timeframe: '1m' });
    expect(higher).toMatchObject({ timeframe: '5m' });
    expect(own!.sha256).not.toBe(before.sha256);
    const made = await preview({ timeframe: '3m', warmupCandles: 30 });
    expect(made.told).toMatchObject({ market: { timeframe: '3m', madeOf: '1m' }, why: null });
  });

  test.each([
    { name: 'a number', change: { chart: { candles: 5 } }, path: 'chart.candles', says: /from 20 to 1000 \(it is 5\)/ },
    { name: 'a list', change: { symbols: ['BTC/USDT', 'x'] }, path: 'symbols[1]', says: /in capitals/ },
    { name: 'a key', change: { pancakes: 1 }, path: 'pancakes', says: /there is no key/ },
    {
      name: 'what the market does not have',
      change: { sizing: { quantity: 0.0001 } },
      path: 'sizing.quantity',
      says: /must be a multiple of the lot/,
    },
  ])('$name that is wrong is told at its place', async ({ change, path, says }) => {
    const { problems, told } = await preview(change);
    expect(problems).toEqual([{ path, message: expect.stringMatching(says) }]);
    expect(told).toBeNull();
  });

  test('a text that is no JSON is told with line and column', async () => {
    const { problems } = BotPreview.parse((await post({ file: '{\n  "name": ,' })).json());
    expect(problems).toEqual([{ path: '', message: expect.stringMatching(/^line 2, column 11: expected a value/) }]);
  });

  test.each([
    { name: 'a market that nobody reads', change: { symbols: ['ETH/USDT'] }, says: /No bot here reads candles of ETH/ },
    {
      name: 'a timeframe that cannot be made',
      change: { timeframe: '1w' },
      says: /No candle of its market has closed/,
    },
    {
      name: 'too few candles',
      change: { warmupCandles: CANDLES },
      says: /before 151 candles have closed.*there are 150/,
    },
  ])('$name has words and no picture, with the reason', async ({ change, says }) => {
    const { told } = await preview(change);
    expect(told).toMatchObject({ question: null, why: expect.stringMatching(says) });
    expect(told!.words.length).toBeGreaterThan(2);
  });

  test('nothing is stored and nobody is asked', async () => {
    const rows = async () => ({
      decisions: await watched.store.decisions({}, { limit: 1000 }),
      analyses: await watched.store.analyses({}, { limit: 1000 }),
      cycles: await watched.store.cycles({}, { limit: 1000 }),
      bots: await watched.store.bots(),
    });
    const [before, asked] = [await rows(), analyst.asked.length];
    await preview({ name: 'Another' });
    expect(await rows()).toEqual(before);
    expect(analyst.asked.length).toBe(asked);
    expect(watched.faults).toEqual([]);
  });

  test.each([
    { name: 'without a file', payload: {}, status: 400, says: /"file": must be the text/ },
    {
      name: 'of a symbol that is not its own',
      payload: { symbol: 'ETH/USDT' },
      status: 400,
      says: /one of the file's/,
    },
    { name: 'with more than there is to say', payload: { key: 1 }, status: 400, says: /key/ },
    { name: 'of more than is read', payload: { file: 'x'.repeat(2 * LONGEST_BOT_FILE) }, status: 413, says: /large/ },
  ])('a request $name is refused', async ({ name, payload, status, says }) => {
    const base = name === 'without a file' ? {} : { file: JSON.stringify(file) };
    const answer = await post({ ...base, ...payload });
    expect(answer.statusCode).toBe(status);
    expect(Problem.parse(answer.json()).error.message).toMatch(says);
  });

  test('a page of another site is turned away', async () => {
    const answer = await post({ file: '{}' }, { host: '127.0.0.1', origin: 'https://evil.example' });
    expect(answer.statusCode).toBe(403);
  });

  test('more at once than are made is said, and those that were first are answered', async () => {
    const payload = { file: JSON.stringify(file) };
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(payload)));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 200, 200, 200, 503, 503]);
    expect((await post(payload)).statusCode).toBe(200);
  });

  test('requests that are called off take no place, and are no fault', async () => {
    const { port } = watched.app.server.address() as AddressInfo;
    const body = JSON.stringify({ file: JSON.stringify(file) });
    const request = (signal: AbortSignal | null) =>
      fetch(`http://127.0.0.1:${port}/api/bots/preview`, {
        ...{ method: 'POST', body, signal, headers: { 'content-type': 'application/json' } },
      });
    const leaving = new AbortController();
    const arrived = arrivals(watched.app.server, 4);
    const left = Array.from({ length: 4 }, () => request(leaving.signal).catch(() => 'gone'));
    const gone = await arrived;
    leaving.abort();
    expect(await Promise.all(left)).toEqual(Array(4).fill('gone'));
    await Promise.all(gone);
    const answers = await Promise.all(Array.from({ length: 4 }, () => request(null)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(watched.faults).toEqual([]);
  });
});

/** When so many requests have come, what tells that each is over. */
function arrivals(server: Server, count: number): Promise<readonly Promise<unknown>[]> {
  const { promise, resolve } = Promise.withResolvers<readonly Promise<unknown>[]>();
  const gone: Promise<unknown>[] = [];
  server.on('request', (_, answer) => {
    gone.push(once(answer, 'close'));
    if (gone.length === count) resolve(gone);
  });
  return promise;
}

describe('the form of a bot by rules', () => {
  const watched = new WatchedEngine();
  let file: object;
  beforeAll(async () => {
    file = {
      ...(await exampleFile('rsi-atr-brackets')),
      entry: {
        long: {
          any: [
            ['rsi(14)', 'crosses-above', 30],
            {
              all: [
                ['close', '>', 'sma(20)@5m'],
                ['barsInTrade', '<', 3],
              ],
            },
          ],
        },
      },
      exit: { long: { all: [['close', '<', { multiple: 0.5, of: 'sma(20)' }]] } },
    };
    await watched.open(CANDLES, file);
    await watched.engine.run();
  });
  afterAll(() => watched.close());

  test('tells each rule with what it reads at the last close', async () => {
    const answer = await watched.app.inject({
      method: 'POST',
      url: '/api/bots/preview',
      payload: { file: JSON.stringify(file) },
    });
    const { told } = BotPreview.strict().parse(answer.json());
    const { candles } = watched.engine.state.traders[0]!.series[0]!;
    const close = candles.close.values[CANDLES - 1]!;
    expect(told!.rules).toMatchObject([
      {
        name: 'Enter long',
        lines: [
          { depth: 0, text: 'any of', isMet: null },
          {
            depth: 1,
            text: 'rsi(14) crosses above 30',
            left: expect.any(Number),
            right: null,
            isMet: expect.any(Boolean),
          },
          { depth: 1, text: 'all of', isMet: null },
          { depth: 2, text: 'close is above sma(20) of 5m', left: close, right: expect.any(Number) },
          { depth: 2, text: 'candles in the trade is below 3', left: null, right: null, isMet: null },
        ],
      },
      {
        name: 'Exit long',
        lines: [
          { depth: 0, text: 'all of', isMet: false },
          { depth: 1, text: 'close is below 0.5 × sma(20)', left: close, isMet: false },
        ],
      },
    ]);
    const [long] = told!.rules;
    const above = long!.lines[3]!;
    expect(above.isMet).toBe(above.left! > above.right!);
    expect(told!.why).toBeNull();
  });

  test('says that nothing is decided yet, whatever the rules read', async () => {
    const payload = { file: JSON.stringify({ ...file, warmupCandles: CANDLES }) };
    const answer = await watched.app.inject({ method: 'POST', url: '/api/bots/preview', payload });
    const { told } = BotPreview.parse(answer.json());
    expect(told).toMatchObject({ why: expect.stringMatching(/^Nothing is decided before 151 candles have closed/) });
    expect(told!.rules.length).toBe(2);
  });
});

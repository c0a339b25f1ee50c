import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { BotId } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { epochMs } from '#core/time.ts';
import type { Asker, ModelAnswer, ModelQuestion } from '#ports/models.ts';
import { type ModelsOptions, modelsWith } from '#simulator/models/twin.ts';
import { CHART_SCHEMA } from '#strategies/chart-vision/answer.ts';
import { VOTE_SCHEMA } from '#strategies/model-vote/answer.ts';
import { openServices } from '#tests/builders/loopback-services.ts';
import { systemClock } from '../clock/system.ts';
import { ChatModels, type ChatServer } from './chat-models.ts';

const SEES = 'qwen/qwen3-vl-235b-a22b-instruct';
const BLIND = 'deepseek/deepseek-chat-v3.1';
const PNG = Buffer.from('not much of a picture');
const IMAGE = {
  png: PNG,
  sha256: createHash('sha256').update(PNG).digest('hex'),
  drawnFrom: 'candles',
  width: 320,
  height: 240,
};
const VOTE = { recommendation: 'buy', confidence: 0.7, reasoning: 'so', stop: null, target: null, trend: 'up' };
const ASKER: Asker = {
  ...{ botId: 'bot' as BotId, symbol: 'BTC/USDT' as MarketSymbol },
  ...{ timeframe: '1h', occasion: epochMs(1_700_000_000_000) },
};
const DRAFT = '{"recommendation":"sell"}';
const never = new AbortController().signal;

function questionOf(change: Partial<ModelQuestion> = {}): ModelQuestion {
  return {
    ...{ model: BLIND, promptName: 'model-vote/1', system: 'You vote.', user: 'BTC?', facts: {}, images: [] },
    ...{ schema: VOTE_SCHEMA, parameters: { maxTokens: 2000, temperature: 0 } },
    ...change,
  };
}

/** Asks the twin as `server` says, and tells what it was asked. */
async function open(options: ModelsOptions = {}, server: Partial<ChatServer> = {}) {
  const simulator = await openServices([modelsWith(options)]);
  const { services } = simulator;
  const models = new ChatModels(
    {
      ...{ baseUrl: services[0]!.urls.openrouter!, apiKey: 'sk-test', timeLimitMs: 20_000, structured: true },
      ...{ extras: { provider: { require_parameters: true } }, prices: {} },
      ...server,
    },
    systemClock,
  );
  const ask = (change: Partial<ModelQuestion> = {}, abort = never) => models.ask(questionOf(change), ASKER, abort);
  return { ask, questions: () => simulator.service('models').command('questions', {}) as { text: string }[] };
}

const failureOf = (answer: ModelAnswer) => (answer.kind === 'failed' ? answer.failure : answer.kind);

test.each([
  { schema: VOTE_SCHEMA, model: BLIND, images: [] },
  { schema: CHART_SCHEMA, model: SEES, images: [IMAGE] },
])('a strict schema is taken by the server and kept by the answer: $schema.name', async ({ schema, model, images }) => {
  const { ask } = await open();
  const answer = await ask({ schema, model, images });
  expect(answer).toMatchObject({ kind: 'answered', model, isRecorded: false });
  if (answer.kind !== 'answered') return;
  const properties = schema.json.properties as object;
  expect(Object.keys(answer.value as object).sort()).toEqual(Object.keys(properties).sort());
  expect(answer.usage.promptTokens).toBeGreaterThan(0);
  // OpenRouter tells what it cost.
  expect(answer.usage.costUsd).toBeGreaterThan(0);
  expect(answer.id).toMatch(/^[0-9a-f]{64}$/);
});

test('extras of a question go out in place of the usual ones', async () => {
  const { ask, questions } = await open({ rules: [{ answer: { json: VOTE } }] });
  const sent = [undefined, {}, { provider: { require_parameters: false } }, { provider: { require_parameters: true } }];
  for (const extras of sent) await ask({ parameters: { maxTokens: 2000, ...(extras && { extras }) } });
  expect(questions()).toMatchObject([true, false, false, true].map((requiresParameters) => ({ requiresParameters })));
});

test('a price table tells the cost where the server does not', async () => {
  const simulator = await openServices([
    modelsWith({ rules: [{ answer: { json: VOTE, usage: { promptTokens: 1000, completionTokens: 100 } } }] }),
  ]);
  const prices = { 'gpt-6-luna': { promptUsd: 0.1, completionUsd: 0.5, since: '2026-11-20' } };
  const baseUrl = simulator.services[0]!.urls.openai!;
  const models = new ChatModels(
    { baseUrl, apiKey: 'sk', timeLimitMs: 20_000, structured: true, extras: {}, prices },
    systemClock,
  );
  const { usage } = await models.ask(questionOf({ model: 'gpt-6-luna', parameters: { maxTokens: 900 } }), ASKER, never);
  expect(usage).toEqual({ promptTokens: 1000, completionTokens: 100, costUsd: expect.closeTo(0.00015, 12) });
});

/** Asks a server that answers so, of which one model has a price. */
async function askAnswering(body: object) {
  const server = createServer((_, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const prices = { [BLIND]: { promptUsd: 10, completionUsd: 100, since: '2026-11-20' } };
  const { ask } = await open({}, { baseUrl: `http://${host}/v1`, prices });
  return { host, answer: await ask({ images: [IMAGE] }) };
}
const CHOICE = { finish_reason: 'stop', message: { content: JSON.stringify(VOTE) } };
const COUNTED = { prompt_tokens: 1000, completion_tokens: 100 };

describe('what a server may leave out or say otherwise', () => {
  test('the code of an error', async () => {
    const { answer } = await askAnswering({ error: { message: 'overloaded' } });
    expect(answer).toMatchObject({ failure: 'unavailable', why: expect.stringContaining('overloaded') });
  });

  test.each([
    { name: 'the version that answered', body: { model: `${BLIND}-2026-08-06`, usage: COUNTED }, costUsd: 0.02 },
    { name: 'no model', body: { model: null, usage: COUNTED }, costUsd: 0.02 },
    // 13 letters of prompt, an image of one tile, 97 letters of an answer.
    { name: 'no usage', body: {}, costUsd: (10 * 261 + 100 * 39) / 1_000_000 },
    {
      name: 'a usage in words',
      body: { usage: { prompt_tokens: '1000' } },
      costUsd: (10 * 261 + 100 * 39) / 1_000_000,
    },
  ])('$name', async ({ body, costUsd }) => {
    const { host, answer } = await askAnswering({ choices: [CHOICE], ...body });
    expect(answer).toMatchObject({ kind: 'answered', provider: host, usage: { costUsd: expect.closeTo(costUsd, 12) } });
  });

  test('the provider that a server tells of', async () => {
    const { answer } = await askAnswering({ choices: [CHOICE], provider: 'DeepInfra' });
    expect(answer).toMatchObject({ kind: 'answered', provider: 'DeepInfra' });
  });

  test.each([
    { name: 'as its end', choice: { ...CHOICE, finish_reason: 'error' } },
    { name: 'beside its text', choice: { ...CHOICE, error: { code: 502, message: 'gone' } } },
  ])('an answer with an error $name is none, however whole it looks', async ({ choice }) => {
    const { answer } = await askAnswering({ choices: [choice], usage: COUNTED });
    expect(answer).toMatchObject({
      kind: 'failed',
      failure: 'unavailable',
      usage: { costUsd: expect.closeTo(0.02, 12) },
    });
  });
});

test.each(['plain', 'fenced', 'prose', 'trailing', 'blocks'] as const)(
  'an answer in the form "%s" is read',
  async (form) => {
    const { ask } = await open({
      rules: [{ answer: { json: VOTE, form, ...(form !== 'blocks' && { think: DRAFT }) } }],
    });
    expect(await ask()).toMatchObject({ kind: 'answered', value: VOTE });
  },
);

test('a server without schemas is told in words', async () => {
  const { ask, questions } = await open({ rules: [{ answer: { json: VOTE } }] }, { structured: false, extras: {} });
  expect(await ask()).toMatchObject({ kind: 'answered', value: VOTE });
  expect(questions()[0]!.text).toContain('Answer with one JSON object of this schema');
});

describe('an answer that cannot be read', () => {
  test('is asked for once more, in the same conversation', async () => {
    const { ask, questions } = await open({
      rules: [{ when: { call: 1 }, answer: { content: 'I would buy.' } }, { answer: { json: VOTE } }],
    });
    const answer = await ask();
    expect(answer).toMatchObject({ kind: 'answered', value: VOTE, raw: expect.stringMatching(/^I would buy\.\n\n\{/) });
    expect(questions()).toHaveLength(2);
    expect(questions()[1]!.text).toContain('Your answer holds no JSON. Answer with the JSON object alone.');
  });

  test('twice is none, with both kept and paid for', async () => {
    const { ask, questions } = await open({
      rules: [{ answer: { content: 'I would buy.', usage: { promptTokens: 10, completionTokens: 5 } } }],
    });
    expect(await ask()).toMatchObject({
      ...{ kind: 'failed', failure: 'unparseable', why: 'its answer holds no JSON, also when asked again' },
      ...{ raw: 'I would buy.\n\nI would buy.', usage: { promptTokens: 20, completionTokens: 10 } },
    });
    expect(questions()).toHaveLength(2);
  });
});

describe('no answer', () => {
  test.each([
    { name: 'a refusal', answer: { refusal: 'I will not.' }, failure: 'refused', why: 'it refused: I will not.' },
    {
      name: 'a content filter',
      answer: { content: 'x', finish: 'content_filter' as const },
      failure: 'refused',
      why: 'content filter',
    },
    {
      name: 'one that was cut off',
      answer: { json: VOTE, finish: 'length' as const },
      failure: 'truncated',
      why: 'cut off',
    },
    { name: 'nothing', answer: { content: null }, failure: 'empty', why: 'was empty' },
    {
      name: 'an error inside of 200',
      answer: { error: { status: 200, message: 'Provider returned error', code: 502 } },
      failure: 'unavailable',
      why: 'Provider returned error (502)',
    },
    {
      name: 'too many requests',
      answer: { error: { status: 429, message: 'slow down' } },
      failure: 'rate-limited',
      why: '429',
    },
    { name: 'no credit', answer: { error: { status: 402, message: 'pay' } }, failure: 'misconfigured', why: '402' },
    {
      name: 'a broken provider',
      answer: { error: { status: 503, message: 'none' } },
      failure: 'unavailable',
      why: '503',
    },
    {
      name: 'a page',
      answer: { error: { status: 502, message: '', raw: '<html>Bad gateway</html>' } },
      failure: 'unavailable',
      why: '502',
    },
  ])('$name', async ({ answer, failure, why }) => {
    const { ask, questions } = await open({ rules: [{ answer }] });
    expect(await ask()).toMatchObject({ kind: 'failed', failure, why: expect.stringContaining(why) });
    // Nothing is repeated by the client.
    expect(questions()).toHaveLength(1);
  });

  test('an image for a model that sees nothing', async () => {
    const { ask } = await open();
    expect(failureOf(await ask({ images: [IMAGE] }))).toBe('misconfigured');
  });

  test('a wrong key', async () => {
    const { ask } = await open({ key: 'another' });
    expect(await ask()).toMatchObject({ failure: 'misconfigured', why: expect.stringContaining('401') });
  });

  test('one that is late', async () => {
    const { ask } = await open({ rules: [{ answer: { json: VOTE, delayMs: 5_000 } }] }, { timeLimitMs: 50 });
    expect(await ask()).toMatchObject({ failure: 'late', why: 'it did not answer within its time limit' });
  });

  test('one that was called off', async () => {
    const { ask } = await open({ rules: [{ answer: { json: VOTE, delayMs: 5_000 } }] });
    const abort = new AbortController();
    const asked = ask({}, abort.signal);
    abort.abort();
    expect(await asked).toMatchObject({ failure: 'late', why: 'the question was called off' });
  });

  test('one without an end: it is broken off', { timeout: 30_000 }, async () => {
    let sent = 0;
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/json');
      const part = Buffer.alloc(1_000_000, ' ');
      const send = () => {
        do sent += 1;
        while (sent < 400 && response.write(part));
        if (sent >= 400) response.end(JSON.stringify({ choices: [CHOICE] }));
      };
      response.on('drain', send);
      send();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { ask } = await open({}, { baseUrl: `http://127.0.0.1:${port}/v1` });
    expect(await ask()).toMatchObject({
      failure: 'unavailable',
      why: expect.stringContaining('longer than 8000000 bytes'),
    });
    expect(sent).toBeLessThan(100);
  });

  test('a server that hangs up, or is not there', async () => {
    const server = createServer((_, response) => response.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { ask } = await open({}, { baseUrl: `http://127.0.0.1:${port}/v1` });
    expect(failureOf(await ask())).toBe('unavailable');
  });
});

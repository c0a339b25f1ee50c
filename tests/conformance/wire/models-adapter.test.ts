import { expect } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { readAnswerText } from '#adapters/models/answer-text.ts';
import { ChatModels } from '#adapters/models/chat-models.ts';
import type { BotId } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs } from '#core/time.ts';
import type { Asker, ModelFailure, ModelQuestion } from '#ports/models.ts';
import type { FaultRule } from '#simulator/faults.ts';
import type { ScriptedAnswer } from '#simulator/models/script.ts';
import { modelsWith } from '#simulator/models/twin.ts';
import { BAD, fractionIn, priceIn } from '#strategies/model-answers/fields.ts';
import { openServices } from '#tests/builders/loopback-services.ts';
import { describeFacts, type WireFact } from './facts.ts';

/** What the adapter asks model servers, and what it makes of their answers. */

const ASKER: Asker = {
  botId: 'bot' as BotId,
  symbol: 'BTC/USDT' as MarketSymbol,
  timeframe: '1h',
  occasion: 0 as EpochMs,
};
const QUESTION: ModelQuestion = {
  model: 'm',
  promptName: 'vote/1',
  system: 's',
  user: 't',
  facts: {},
  images: [],
  schema: { name: 'vote', json: { type: 'object', properties: {}, required: [], additionalProperties: false } },
  parameters: { maxTokens: 500 },
};

/** Asks the twin, which answers all questions like this. */
async function ask(
  answer: ScriptedAnswer,
  question: Partial<ModelQuestion> = {},
  base: 'openai' | 'openrouter' = 'openai',
  fault?: FaultRule,
) {
  const simulator = await openServices([modelsWith({ rules: [{ answer }] })]);
  if (fault !== undefined) simulator.faults.set(fault);
  const server = {
    baseUrl: simulator.service('models').urls[base]!,
    apiKey: 'sk-test',
    timeLimitMs: 10_000,
    structured: true,
    extras: {},
    prices: {},
  };
  const models = new ChatModels(server, systemClock);
  const told = await models.ask({ ...QUESTION, ...question }, ASKER, new AbortController().signal);
  return { told, calls: simulator.journal.list({ service: 'models' }) };
}

/** An error comes to an answer of this kind, and the question is not asked again. */
function fails(failure: ModelFailure) {
  return async ({ service, expect: expected }: WireFact) => {
    const error = { status: expected.http, ...(expected.body?.error ?? { code: 'none', message: 'as it is told' }) };
    const { told, calls } = await ask({ error }, {}, service === 'openrouter' ? 'openrouter' : 'openai');
    expect(told).toMatchObject({ kind: 'failed', failure });
    expect(calls).toHaveLength(1);
  };
}

const readsAs = (value: object) => (fact: WireFact) =>
  expect(readAnswerText(fact.request.content)).toEqual({ kind: 'value', value });

describeFacts('adapters', ['openai', 'openrouter', 'llm-parser'], {
  'openai-001': async ({ request, expect: expected }) => {
    const { content } = expected.body.choices[0].message;
    const { model, messages, response_format: format } = request.body;
    const { json_schema: asked } = format;
    const question = {
      model,
      images: [{ png: Buffer.from('AAAA', 'base64'), sha256: '0', drawnFrom: '0', width: 1, height: 1 }],
      schema: { name: asked.name, json: asked.schema },
    };
    const { told, calls } = await ask({ content, model: expected.body.model }, question);
    const [call] = calls;
    expect(call!.route).toBe(`${request.method} ${request.path}`);
    expect(JSON.parse(call!.body)).toMatchObject({ model, messages, response_format: format });
    expect(call!.headers['x-stainless-retry-count']).toBe(request.headers['x-stainless-retry-count']);
    expect(told).toMatchObject({ kind: 'answered', model: expected.body.model, raw: content });
  },
  // The library would ask once more; the adapter has it not do so, since who is asked next is decided elsewhere.
  'openai-003': fails('rate-limited'),
  'openai-004': fails('misconfigured'),
  'openrouter-001': fails('unavailable'),
  'openrouter-003': fails('misconfigured'),
  'openrouter-004': fails('misconfigured'),
  'openrouter-005': async ({ request, expect: expected }) => {
    const usage = expected['raw.usage'];
    const message = { role: 'assistant', content: '{"a":1}' };
    const body = JSON.stringify({ model: 'm', choices: [{ finish_reason: 'stop', message }], usage });
    const fault = { kind: 'answer', status: 200, body } as const;
    const rule = { service: 'models', route: `${request.method} ${request.path}`, fault };
    const { told } = await ask({ content: '' }, {}, 'openrouter', rule);
    const { prompt_tokens: promptTokens, completion_tokens: completionTokens, cost: costUsd } = usage;
    expect(told).toMatchObject({ kind: 'answered', usage: { promptTokens, completionTokens, costUsd } });
  },
  'llm-parser-001': readsAs({ action: 'hold' }),
  'llm-parser-002': readsAs({ action: 'hold' }),
  'llm-parser-004': async () => {
    const { told } = await ask({ refusal: 'I will not.' });
    expect(told).toMatchObject({ kind: 'failed', failure: 'refused' });
  },
  'llm-parser-005': ({ request }) => {
    const read = readAnswerText(request.content);
    const { confidence } = JSON.parse(request.content);
    // Text stays text; who asked has a rule for it.
    expect(read).toEqual({ kind: 'value', value: { confidence } });
    expect([fractionIn(confidence), fractionIn('-0.1'), fractionIn('850')]).toEqual([Number(confidence), BAD, BAD]);
  },
  'llm-parser-006': ({ request }) => expect(priceIn(JSON.parse(request.content).entry)).toBe(BAD),
  'llm-parser-007': async ({ request }) => {
    const { told } = await ask({ content: request.content });
    expect(told).toMatchObject({ kind: 'failed', failure: 'empty' });
  },
});

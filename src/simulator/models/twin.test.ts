import OpenAI, { APIError } from 'openai';
import { describe, expect, test } from 'vitest';
import { openServices } from '#tests/builders/loopback-services.ts';
import type { Simulator } from '../simulator.ts';
import type { Question } from './question.ts';
import type { Rule, ScriptedAnswer } from './script.ts';
import { type ModelsOptions, modelsWith } from './twin.ts';

const IMAGE = `data:image/png;base64,${Buffer.from('not much of a picture').toString('base64')}`;
const SEES = 'qwen/qwen3-vl-235b-a22b-instruct';
const BLIND = 'deepseek/deepseek-chat-v3.1';
const DECISION = {
  type: 'object',
  properties: {
    action: { type: 'string', enum: ['buy', 'sell', 'hold'] },
    confidence: { type: 'number', minimum: 0, maximum: 1 },
    stop: { anyOf: [{ type: 'number' }, { type: 'null' }] },
    reasons: { type: 'array', items: { type: 'string' }, minItems: 1 },
  },
  required: ['action', 'confidence', 'stop', 'reasons'],
  additionalProperties: false,
};
const FORMAT = { type: 'json_schema', json_schema: { name: 'decision', strict: true, schema: DECISION } } as const;

type Base = 'openai' | 'openrouter' | 'ollama';

async function open(options: ModelsOptions = {}) {
  const simulator = await openServices([modelsWith(options)]);
  return { simulator, ask: asker(simulator) };
}

/** Asks through the kept client, once: it does not repeat unless told. */
function asker({ services }: Simulator) {
  return (base: Base, more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}, retries = 0) => {
    const client = new OpenAI({ baseURL: services[0]!.urls[base]!, apiKey: 'sk-test', maxRetries: retries });
    return client.chat.completions.create({ model: SEES, messages: [{ role: 'user', content: 'BTC?' }], ...more });
  };
}

const withImage: OpenAI.ChatCompletionMessageParam[] = [
  { role: 'system', content: 'Look.' },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'BTC' },
      { type: 'image_url', image_url: { url: IMAGE } },
    ],
  },
];

async function refusal(asked: Promise<unknown>): Promise<APIError> {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof APIError)) throw new Error(`No APIError: ${String(error)}`);
  return error;
}

test('without a script the answer keeps the schema, and tells its tokens', async () => {
  const { ask } = await open();
  const { choices, usage, model } = await ask('openai', { messages: withImage, response_format: FORMAT });
  expect(JSON.parse(choices[0]!.message.content!)).toEqual({
    action: 'hold',
    confidence: 0.5,
    stop: 0.5,
    reasons: ['simulated'],
  });
  expect(choices[0]!.finish_reason).toBe('stop');
  expect(model).toBe(SEES);
  expect(usage).toMatchObject({ prompt_tokens: 768, completion_tokens: 18, total_tokens: 786 });
});

test('images arrive with their size and hash', async () => {
  const { ask, simulator } = await open();
  await ask('openai', { messages: withImage });
  const [asked] = simulator.service('models').command('questions') as Question[];
  expect(asked!.images).toEqual([
    { mediaType: 'image/png', bytes: 21, sha256: expect.stringMatching(/^[\da-f]{64}$/) },
  ]);
  expect(asked!.text).toBe('Look.\nBTC');
});

test('rules answer in their order: by model, by text, by image, by count', async () => {
  const rule = (when: Rule['when'], json: string): Rule => ({ when, answer: { json } });
  const { ask, simulator } = await open({
    rules: [
      rule({ model: BLIND }, 'blind'),
      rule({ hasImage: true }, 'image'),
      rule({ contains: 'ETH', call: 2 }, 'second ETH'),
      rule({ contains: 'ETH' }, 'other ETH'),
      rule({ every: 2 }, 'even'),
      { answer: ({ text }) => ({ json: `any ${text}` }) },
    ],
  });
  const said = async (more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>) => {
    return JSON.parse((await ask('openai', more)).choices[0]!.message.content!);
  };
  const eth = { messages: [{ role: 'user' as const, content: 'ETH?' }] };
  expect(await said({ model: BLIND })).toBe('blind');
  expect(await said({ messages: withImage })).toBe('image');
  expect([await said(eth), await said(eth), await said(eth)]).toEqual(['other ETH', 'second ETH', 'other ETH']);
  expect([await said({}), await said({}), await said({})]).toEqual(['any BTC?', 'even', 'any BTC?']);
  simulator.service('models').command('script', { rules: [{ answer: { json: 'new' } }] });
  expect(await said(eth)).toBe('new');
  expect(() => simulator.service('models').command('script', { rules: [{ anser: {} }] })).toThrow(
    'Cannot do "script" as its input is not as it must be: "rules.0.answer"',
  );
});

test.each<{ name: string; answer: ScriptedAnswer; content: unknown; finish?: string }>([
  { name: 'a fence', answer: { json: { a: 1 }, form: 'fenced' }, content: '```json\n{\n  "a": 1\n}\n```' },
  { name: 'words after it', answer: { json: 1, form: 'trailing' }, content: '1\n\nNote: all of this may be wrong.' },
  { name: 'numbers as text', answer: { json: { a: [0.85] }, form: 'strings' }, content: '{"a":["0.85"]}' },
  { name: 'half of it', answer: { json: { a: 12 }, form: 'truncated' }, content: '{"a"', finish: 'length' },
  { name: 'blocks', answer: { json: 1, form: 'blocks' }, content: [{ type: 'text', text: '1' }] },
  { name: 'a draft', answer: { json: 1, think: '{"a":2}' }, content: '<think>{"a":2}</think>1' },
  { name: 'nothing', answer: { content: '' }, content: '' },
  { name: 'no content', answer: { content: null }, content: null },
  { name: 'a filter', answer: { content: '', finish: 'content_filter' }, content: '', finish: 'content_filter' },
])('models get it wrong: $name', async ({ answer, content, finish = 'stop' }) => {
  const { ask } = await open({ rules: [{ answer }] });
  const [choice] = (await ask('openai')).choices;
  expect(choice).toMatchObject({ message: { content, refusal: null }, finish_reason: finish });
});

test('a refusal has no content', async () => {
  const { ask } = await open({ rules: [{ answer: { refusal: 'I will not.' } }] });
  expect((await ask('openai')).choices[0]!.message).toMatchObject({ content: null, refusal: 'I will not.' });
});

test('what is thought counts against the most tokens, and may leave nothing', async () => {
  const { ask } = await open({ rules: [{ answer: { json: { a: 'long enough' }, usage: { reasoningTokens: 90 } } }] });
  const cut = await ask('openai', { max_completion_tokens: 92 });
  expect(cut.choices[0]).toMatchObject({ message: { content: '{"a":"lo' }, finish_reason: 'length' });
  const empty = await ask('openai', { max_completion_tokens: 50 });
  expect(empty.choices[0]).toMatchObject({ message: { content: '' }, finish_reason: 'length' });
  expect(empty.usage).toMatchObject({ completion_tokens: 90, completion_tokens_details: { reasoning_tokens: 90 } });
});

describe('errors', () => {
  test('one inside of HTTP 200 is an answer without choices to the client', async () => {
    const error = { status: 200, code: 502, message: 'Provider returned error', metadata: { provider_name: 'x' } };
    const { ask } = await open({ rules: [{ answer: { error } }] });
    const answer = await ask('openrouter');
    expect(answer.choices).toBeUndefined();
    expect(answer).toMatchObject({ error: { code: 502, message: 'Provider returned error' } });
  });

  test('429 is repeated after as long as it says, the same to the byte', async () => {
    const busy = {
      error: { status: 429, message: 'busy', code: 'rate_limit_exceeded' },
      headers: { 'retry-after-ms': '1' },
    };
    const { ask, simulator } = await open({ rules: [{ when: { call: 1 }, answer: busy }] });
    expect((await ask('openai', {}, 2)).choices).toHaveLength(1);
    const calls = simulator.journal.list({ service: 'models' });
    expect(calls.map(({ headers, status }) => [headers['x-stainless-retry-count'], status])).toEqual([
      ['0', 429],
      ['1', 200],
    ]);
    expect(calls[1]!.body).toBe(calls[0]!.body);
  });

  test.each<{ name: string; base: Base; more?: object; answer?: ScriptedAnswer; status: number; error: object }>([
    {
      name: 'a model that is gone',
      base: 'openai',
      more: { model: 'gpt-4-turbo' },
      status: 404,
      error: { code: 'model_not_found' },
    },
    {
      name: 'the same at Ollama',
      base: 'ollama',
      more: { model: 'o1' },
      status: 404,
      error: { message: 'model "o1" not found, try pulling it first' },
    },
    {
      name: 'an image for a model that is blind',
      base: 'openrouter',
      more: { model: BLIND, messages: withImage },
      status: 404,
      error: { message: 'No endpoints found that support image input' },
    },
    {
      name: 'a page instead of an image',
      base: 'openai',
      more: {
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:text/html;base64,AAAA' } }] },
        ],
      },
      status: 400,
      error: { code: 'invalid_image_url' },
    },
    {
      name: 'a schema that is not strict',
      base: 'openai',
      more: {
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'd',
            strict: true,
            schema: {
              type: 'object',
              properties: { properties: { type: 'string' } },
              required: [],
              additionalProperties: false,
            },
          },
        },
      },
      status: 400,
      error: {
        message:
          "Invalid schema for response_format 'd': In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'properties'.",
      },
    },
    { name: 'no messages', base: 'openai', more: { messages: [] }, status: 400, error: { param: 'messages' } },
    {
      name: 'a schema of no name',
      base: 'openai',
      more: { response_format: { type: 'json_schema', json_schema: { name: 'a b', schema: {} } } },
      status: 400,
      error: { param: 'response_format.json_schema.name' },
    },
    {
      name: 'a spent quota',
      base: 'openai',
      answer: { error: { status: 429, message: 'pay', type: 'insufficient_quota', code: 'insufficient_quota' } },
      status: 429,
      error: { type: 'insufficient_quota' },
    },
    {
      name: 'no credits',
      base: 'openrouter',
      answer: { error: { status: 402, message: 'Insufficient credits' } },
      status: 402,
      error: { code: 402 },
    },
    {
      name: 'a guardrail',
      base: 'openrouter',
      answer: { error: { status: 403, message: 'blocked', metadata: { patterns: ['ignore all'] } } },
      status: 403,
      error: { metadata: { patterns: ['ignore all'] } },
    },
    {
      name: 'a broken server',
      base: 'openai',
      answer: { error: { status: 500, message: 'oops' } },
      status: 500,
      error: { type: 'server_error' },
    },
  ])('$name', async ({ base, more, answer, status, error }) => {
    const { ask } = await open(answer ? { rules: [{ answer }] } : {});
    const refused = await refusal(ask(base, more));
    expect(refused.status).toBe(status);
    expect(refused.error).toMatchObject(error);
    expect(refused.requestID).toMatch(/^req_/);
  });

  test('a page of a proxy', async () => {
    const { ask } = await open({
      rules: [{ answer: { error: { status: 502, message: '', raw: '<html>Bad gateway</html>' } } }],
    });
    expect((await refusal(ask('openai'))).status).toBe(502);
  });

  test('a wrong key', async () => {
    const { ask } = await open({ key: 'sk-other' });
    expect((await refusal(ask('openai'))).code).toBe('invalid_api_key');
    expect((await ask('ollama')).choices).toHaveLength(1);
  });
});

describe('OpenRouter', () => {
  const model = 'simulated/no-schemas';

  test('a server that does not know schemas answers as it likes, or is passed over where they are required', async () => {
    const { ask } = await open();
    const loose = await ask('openrouter', { model, response_format: FORMAT });
    expect(loose.choices[0]!.message.content).toContain('```json\n{"action":"hold"');
    const provider = { require_parameters: true };
    const required = { model, response_format: FORMAT, provider } as object;
    expect((await refusal(ask('openrouter', required))).message).toContain('can handle the requested parameters');
    const fallback = { ...required, models: [model, SEES] } as object;
    expect(await ask('openrouter', fallback)).toMatchObject({ model: SEES, provider: 'Simulated' });
  });

  test('the cost is always told', async () => {
    const { ask } = await open({
      rules: [{ answer: { json: 1, usage: { promptTokens: 1e6, completionTokens: 1e6 } } }],
    });
    expect((await ask('openrouter')).usage).toMatchObject({ cost: 1.5 });
  });

  test('models tell what they take', async () => {
    const { simulator } = await open();
    const answer = await fetch(`${simulator.services[0]!.urls.openrouter}/models`, BEARER);
    expect(await answer.json()).toMatchObject({
      data: expect.arrayContaining([
        expect.objectContaining({
          id: BLIND,
          architecture: { input_modalities: ['text'], output_modalities: ['text'] },
          supported_parameters: expect.arrayContaining(['structured_outputs']),
          pricing: { prompt: '0.00000027', completion: '0.0000011' },
        }),
      ]),
    });
  });
});

const BEARER = { headers: { authorization: 'Bearer sk-test' } };

test('OpenAI tells which models go, and Ollama wants no key', async () => {
  const { simulator } = await open();
  const { openai, ollama } = simulator.services[0]!.urls;
  const client = new OpenAI({ baseURL: openai!, apiKey: 'sk-test' });
  const models = (await client.models.list()).data;
  expect(models.find(({ id }) => id === 'gpt-4o')).toMatchObject({ shutdown_date: '2027-01-14' });
  expect((await fetch(`${ollama}/models`)).status).toBe(200);
});

test('Ollama alone takes an image without an object around it', async () => {
  const { simulator } = await open();
  const content = [{ type: 'image_url', image_url: IMAGE }];
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] });
  const ask = (base: Base) =>
    fetch(`${simulator.services[0]!.urls[base]}/chat/completions`, { ...BEARER, method: 'POST', body });
  expect([(await ask('ollama')).status, (await ask('openai')).status]).toEqual([200, 400]);
});

test('Ollama reads the beginning of a long prompt no more, and says so only by its tokens', async () => {
  const { ask } = await open();
  const messages = [{ role: 'user' as const, content: 'x'.repeat(40_000) }];
  expect((await ask('ollama', { messages })).usage!.prompt_tokens).toBe(4096);
  expect((await ask('openai', { messages })).usage!.prompt_tokens).toBe(10_000);
});

describe('streams', () => {
  async function collect(answer: ScriptedAnswer, base: Base) {
    const { simulator } = await open({ rules: [{ answer }] });
    const client = new OpenAI({ baseURL: simulator.services[0]!.urls[base]!, apiKey: 'sk-test', maxRetries: 0 });
    const stream = await client.chat.completions.create({
      model: SEES,
      messages: [{ role: 'user', content: 'BTC?' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    const pieces: OpenAI.ChatCompletionChunk[] = [];
    for await (const piece of stream) pieces.push(piece);
    return pieces;
  }

  test('an answer comes in pieces, the tokens last', async () => {
    const pieces = await collect({ json: { action: 'hold', why: 'nothing to be seen here' } }, 'openrouter');
    const text = pieces.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    expect(JSON.parse(text)).toEqual({ action: 'hold', why: 'nothing to be seen here' });
    expect(pieces.length).toBeGreaterThan(4);
    expect(pieces.at(-1)!.usage!.total_tokens).toBeGreaterThan(0);
  });

  test('one breaks off with an error in a piece', async () => {
    const error = { status: 200, code: 429, message: 'Rate limit exceeded' };
    await expect(collect({ error }, 'openrouter')).rejects.toThrow('Rate limit exceeded');
  });
});

test('a slow answer comes late: a client with a time limit gives up', async () => {
  const { simulator } = await open({ rules: [{ answer: { json: 1, delayMs: 600_000 } }] });
  const client = new OpenAI({ baseURL: simulator.services[0]!.urls.openai!, apiKey: 'k', maxRetries: 0, timeout: 50 });
  const asked = client.chat.completions.create({ model: SEES, messages: [{ role: 'user', content: 'BTC?' }] });
  await expect(asked).rejects.toThrow('timed out');
});

test('/responses answers the same questions in its own shape', async () => {
  const { simulator } = await open({ rules: [{ when: { hasImage: true }, answer: { json: { a: 1 } } }] });
  const client = new OpenAI({ baseURL: simulator.services[0]!.urls.openai!, apiKey: 'sk-test' });
  const answer = await client.responses.create({
    model: 'm',
    instructions: 'Look.',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 't' },
          { type: 'input_image', image_url: IMAGE, detail: 'auto' },
        ],
      },
    ],
    text: { format: { type: 'json_schema', name: 'd', strict: true, schema: { ...DECISION } } },
  });
  expect(answer.output_text).toBe('{"a":1}');
  expect(answer).toMatchObject({ status: 'completed', usage: { output_tokens: 2 } });
});

import OpenAI from 'openai';
import { expect } from 'vitest';
import type { ScriptedAnswer } from '#simulator/models/script.ts';
import { modelsWith } from '#simulator/models/twin.ts';
import { openServices } from '#tests/builders/loopback-services.ts';
import { describeFacts, type WireFact } from './facts.ts';

/** The twin, answering all questions like this. */
async function open(answer: ScriptedAnswer, times?: number) {
  const when = times === undefined ? undefined : { call: times };
  const simulator = await openServices([modelsWith({ rules: [{ when, answer }] })]);
  const service = simulator.service('models');
  const client = (base: 'openai' | 'openrouter') => new OpenAI({ baseURL: service.urls[base]!, apiKey: 'sk-test' });
  const post = (path: string, body: object, headers: Record<string, string> = {}) => {
    return fetch(`${service.address}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-test', ...headers },
      body: JSON.stringify(body),
    });
  };
  const calls = () => simulator.journal.list({ service: 'models' });
  return { client, post, calls };
}

const QUESTION = { model: 'm', messages: [{ role: 'user' as const, content: 'BTC?' }] };

/** What a body says apart from its volatile parts. */
const lasting = ({ id: _id, created: _created, created_at: _at, usage, ...body }: Record<string, unknown>) => ({
  ...body,
  usage: Object.fromEntries(Object.keys(Object(usage)).map((name) => [name, expect.any(Number)])),
});

/** What the service answers with an error's own words and numbers. */
async function failsAsStated({ request, expect: expected }: WireFact) {
  const { code, message, metadata } = expected.body?.error ?? { message: 'no credits' };
  const { post } = await open({ error: { status: expected.http, code, message, metadata } });
  const answer = await post(request.path ?? '/api/v1/chat/completions', QUESTION);
  expect(answer.status).toBe(expected.http);
  if (expected.body !== undefined) expect(await answer.json()).toEqual(expected.body);
}

/** However a model puts it, the client is handed the very content. */
async function servesContent({ request }: WireFact) {
  const isRefusal = request.case === 'refusal';
  const { client } = await open(isRefusal ? { refusal: 'I will not.' } : { content: request.content });
  const { choices } = await client('openai').chat.completions.create(QUESTION);
  expect(choices[0]!.message).toMatchObject({ content: request.content, refusal: isRefusal ? 'I will not.' : null });
}

describeFacts('simulator', ['openai', 'openrouter', 'llm-parser'], {
  'openai-001': async ({ request, expect: expected }) => {
    const { content } = expected.body.choices[0].message;
    const { post } = await open({ content, model: expected.body.model });
    const answer = await post(request.path, request.body, request.headers);
    expect(answer.status).toBe(expected.http);
    expect(await answer.json()).toMatchObject(lasting(expected.body));
  },
  'openai-002': async ({ request, expect: expected }) => {
    const { client, post } = await open({ content: expected.output_text });
    const answer = await post(request.path, request.body);
    expect(answer.status).toBe(expected.http);
    const [message] = expected.body.output;
    const stated = { ...lasting(expected.body), output: [{ content: message.content }] };
    expect(await answer.json()).toMatchObject(stated);
    expect((await client('openai').responses.create(request.body)).output_text).toBe(expected.output_text);
  },
  'openai-003': async ({ expect: expected }) => {
    const error = { status: expected.http, message: 'Rate limit reached', code: 'rate_limit_exceeded' };
    const { client, calls } = await open({ error, headers: { 'retry-after-ms': '50' } }, 1);
    await client('openai').chat.completions.create(QUESTION);
    const [first, second, ...more] = calls();
    expect(more).toEqual([]);
    expect([first!.status, second!.status]).toEqual([429, 200]);
    expect(second!.body).toBe(first!.body);
    expect([first, second].map((call) => call!.headers['x-stainless-retry-count'])).toEqual(['0', '1']);
  },
  'openai-004': async ({ expect: expected }) => {
    const { message, type, param, code } = expected.body.error;
    const { client, post, calls } = await open({ error: { status: expected.http, message, type, param, code } });
    expect(await (await post('/v1/chat/completions', QUESTION)).json()).toEqual(expected.body);
    const asked = client('openai').chat.completions.create(QUESTION);
    await expect(asked).rejects.toMatchObject({ status: 400, code, param, requestID: expect.stringMatching(/^req_/) });
    expect(calls()).toHaveLength(2);
  },
  'openrouter-001': async (fact) => {
    await failsAsStated(fact);
    const { client } = await open({ error: { status: 200, ...fact.expect.body.error } });
    const answer = await client('openrouter').chat.completions.create(QUESTION);
    expect(answer.choices).toBeUndefined();
    expect(answer).toMatchObject(fact.expect.body);
  },
  'openrouter-002': async ({ request, expect: expected }) => {
    const { post } = await open({ error: { status: 200, ...expected.sse.error } });
    const answer = await post(request.path, { ...QUESTION, model: expected.sse.model, stream: true });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const [, event] = /^data: (\{.*\})$/m.exec(await answer.text())!;
    const { id: _id, created: _created, provider: _provider, ...stated } = expected.sse;
    expect(JSON.parse(event!)).toMatchObject(stated);
  },
  'openrouter-003': failsAsStated,
  'openrouter-004': failsAsStated,
  'openrouter-005': async ({ request, expect: expected }) => {
    const { prompt_tokens, completion_tokens } = expected['raw.usage'];
    const usage = { promptTokens: prompt_tokens, completionTokens: completion_tokens };
    const { post } = await open({ json: 'hi', usage });
    const { usage: told } = (await (await post(request.path, QUESTION)).json()) as { usage: object };
    expect(namesIn(told)).toEqual(namesIn(expected['raw.usage']));
    expect(told).toMatchObject({ prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens });
  },
  'llm-parser-001': servesContent,
  'llm-parser-002': servesContent,
  'llm-parser-004': servesContent,
  'llm-parser-005': servesContent,
  'llm-parser-006': servesContent,
  'llm-parser-007': servesContent,
});

/** Every name of a tree, as paths. */
function namesIn(value: object, path = ''): string[] {
  return Object.entries(value)
    .flatMap(([name, inner]) => (typeof inner === 'object' ? namesIn(inner, `${path}${name}.`) : [`${path}${name}`]))
    .sort();
}

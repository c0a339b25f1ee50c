import { type Dialect, OLLAMA_ERROR_TYPES, OPENAI_ERROR_TYPES } from '#protocols/chat-completions.ts';
import type { Catalogue } from './catalogue.ts';
import type { Completion, Usage } from './completion.ts';
import type { ModelFailure } from './failure.ts';

/** The name that OpenRouter gives for whoever ran the model. */
const PROVIDER = 'Simulated';

/** Where and when an answer was given. */
export interface Stamp {
  readonly dialect: Dialect;
  /** Counts answers, from 1. */
  readonly number: number;
  readonly at: number;
}

/** A completion as one JSON body. */
export function completionBody(stamp: Stamp, completion: Completion): object {
  const { content, refusal, reasoning, finish, usage } = completion;
  return {
    ...head(stamp, completion, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal, ...thoughts(stamp.dialect, reasoning) },
        logprobs: null,
        finish_reason: finish,
      },
    ],
    usage: usageBody(stamp.dialect, usage),
  };
}

/** A completion as server-sent events, in pieces. @param includesUsage A last piece tells the tokens. */
export function completionEvents(stamp: Stamp, completion: Completion, includesUsage: boolean): string {
  const { content, reasoning, finish, refusal, usage } = completion;
  const start = head(stamp, completion, 'chat.completion.chunk');
  const piece = (delta: object, finishReason: string | null) => ({
    ...start,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  });
  const texts =
    typeof content === 'string' ? (content.match(/[\s\S]{1,20}/g) ?? []) : content === null ? [] : [content];
  const pieces = [
    piece({ role: 'assistant', content: '', ...thoughts(stamp.dialect, reasoning), ...(refusal && { refusal }) }, null),
    ...texts.map((text) => piece({ content: text }, null)),
    piece({}, finish),
    ...(includesUsage ? [{ ...start, choices: [], usage: usageBody(stamp.dialect, usage) }] : []),
  ];
  // OpenRouter keeps a slow connection open by comments.
  return events(pieces, stamp.dialect === 'openrouter' ? ': OPENROUTER PROCESSING\n\n' : '');
}

/** A stream that began well and breaks off with an error, as OpenRouter has it. */
export function brokenEvents(stamp: Stamp, model: string, failure: ModelFailure): string {
  const start = head(stamp, { model }, 'chat.completion.chunk');
  const choices = [{ index: 0, delta: { content: '' }, finish_reason: 'error' }];
  return events([{ ...start, ...failureBody(stamp.dialect, failure), choices }], '');
}

function events(pieces: readonly object[], before: string): string {
  return `${before}${pieces.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('')}data: [DONE]\n\n`;
}

function head({ dialect, number, at }: Stamp, { model }: { readonly model: string }, object: string): object {
  return {
    id: `${dialect === 'openrouter' ? 'gen' : 'chatcmpl'}-${number}`,
    object,
    created: Math.floor(at / 1000),
    model,
    ...(dialect === 'openrouter' && { provider: PROVIDER }),
    ...(dialect === 'ollama' && { system_fingerprint: 'fp_ollama' }),
  };
}

function thoughts(dialect: Dialect, reasoning: string | undefined): object {
  if (reasoning === undefined) return {};
  return dialect === 'openai' ? { reasoning_content: reasoning } : { reasoning };
}

function usageBody(dialect: Dialect, { promptTokens, completionTokens, reasoningTokens, cost }: Usage): object {
  const tokens = {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
  if (dialect === 'ollama') return tokens;
  const completion = { completion_tokens_details: { reasoning_tokens: reasoningTokens } };
  if (dialect === 'openai') return { ...tokens, prompt_tokens_details: { cached_tokens: 0 }, ...completion };
  return {
    ...tokens,
    cost,
    cost_details: { upstream_inference_cost: cost },
    prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0, audio_tokens: 0 },
    ...completion,
  };
}

/** An error's body, as each server has it. */
export function failureBody(dialect: Dialect, { status, message, param, code, type, metadata }: ModelFailure): object {
  if (dialect === 'openrouter') {
    return { error: { code: typeof code === 'number' ? code : status, message, ...(metadata && { metadata }) } };
  }
  const types = dialect === 'openai' ? OPENAI_ERROR_TYPES : OLLAMA_ERROR_TYPES;
  const kind = type ?? types[status] ?? (dialect === 'openai' ? 'server_error' : 'api_error');
  return { error: { message, type: kind, param, code, ...(metadata && { metadata }) } };
}

/** The list of models. @param dialect Decides what is told of each. */
export function modelsBody(dialect: Dialect, catalogue: Catalogue): object {
  const rows = catalogue.list(dialect).map((model) => {
    const common = { id: model.id, object: 'model', created: 0, owned_by: 'simulated' };
    if (dialect === 'ollama') return common;
    if (dialect === 'openai') return { ...common, ...(model.shutdownDate && { shutdown_date: model.shutdownDate }) };
    return {
      id: model.id,
      name: model.id,
      created: 0,
      context_length: model.contextTokens,
      architecture: { input_modalities: model.seesImages ? ['text', 'image'] : ['text'], output_modalities: ['text'] },
      pricing: { prompt: perToken(model.promptPrice), completion: perToken(model.completionPrice) },
      supported_parameters: [
        'max_tokens',
        'temperature',
        ...(model.keepsSchemas ? ['response_format', 'structured_outputs'] : []),
      ],
    };
  });
  return dialect === 'openrouter' ? { data: rows } : { object: 'list', data: rows };
}

/** Decimal text, as OpenRouter tells prices. */
function perToken(perMillion: number): string {
  return (perMillion / 1e6).toFixed(10).replace(/\.?0+$/, '');
}

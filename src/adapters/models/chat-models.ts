import OpenAI, { APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import type { ChatCompletionContentPart, ChatCompletionCreateParamsNonStreaming } from 'openai/resources';
import { z } from 'zod';
import { estimatedTokens } from '#core/prompts.ts';
import type { WallClock } from '#ports/clock.ts';
import type { Asker, ModelAnswer, ModelFailure, ModelQuestion, Models, ModelUsage } from '#ports/models.ts';
import { readAnswerText } from './answer-text.ts';
import { fetchOfLimitedLength } from './limited-fetch.ts';
import { callCostUsd, estimatedPromptTokens, type ModelPrices } from './prices.ts';
import { questionId } from './question.ts';

/** Of an answer that cannot be used, so much is kept and quoted. */
const LONGEST_QUOTED = 20_000;

/** A server that speaks the chat-completions dialect: OpenAI, OpenRouter, Ollama, or one like them. */
export interface ChatServer {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** An answer that takes longer is none: the candle it was for is over. */
  readonly timeLimitMs: number;
  /** Whether it holds models to a JSON schema; where it does not, the schema is told in words. */
  readonly structured: boolean;
  /** Sent as they are with a question that has none of its own: OpenRouter's `provider`, for one. */
  readonly extras: Readonly<Record<string, unknown>>;
  readonly prices: ModelPrices;
}

interface Said {
  readonly kind: 'said';
  readonly text: string;
  readonly model: string;
  readonly provider: string;
  readonly usage: ModelUsage;
}

interface Failed {
  readonly kind: 'failed';
  readonly failure: ModelFailure;
  readonly why: string;
  readonly raw?: string;
  readonly usage?: ModelUsage;
}

/** What a conversation brought. */
type Told =
  | Failed
  | Pick<Extract<ModelAnswer, { kind: 'answered' }>, 'kind' | 'value' | 'raw' | 'model' | 'provider' | 'usage'>;

const completionSchema = z.object({
  model: z.string().nullish(),
  provider: z.string().nullish(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        error: z.unknown().optional(),
        message: z.object({
          content: z.union([z.string(), z.array(z.object({ text: z.string().optional() }))]).nullish(),
          refusal: z.string().nullish(),
        }),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: z.number().nonnegative(),
      completion_tokens: z.number().nonnegative(),
      cost: z.number().nonnegative().nullish(),
    })
    .nullish()
    .catch(undefined),
});
const errorSchema = z.object({ error: z.object({ message: z.string().optional(), code: z.unknown().optional() }) });

/** Asks models over the wire. An answer that cannot be read is asked for once more, in the same conversation. */
export class ChatModels implements Models {
  private readonly client: OpenAI;
  private readonly server: ChatServer;
  private readonly clock: WallClock;

  constructor(server: ChatServer, clock: WallClock) {
    this.server = server;
    this.clock = clock;
    const { baseUrl: baseURL, apiKey, timeLimitMs: timeout } = server;
    this.client = new OpenAI({ baseURL, apiKey, timeout, maxRetries: 0, fetch: fetchOfLimitedLength });
  }

  async ask(question: ModelQuestion, _asker: Asker, abort: AbortSignal): Promise<ModelAnswer> {
    const begun = this.clock.mono();
    const told = await this.converse(question, begun, abort);
    const common = { id: questionId(question), latencyMs: Math.round(this.clock.mono() - begun), isRecorded: false };
    return told.kind === 'failed' ? { ...common, raw: undefined, usage: undefined, ...told } : { ...common, ...told };
  }

  /** The answer, or that of a second attempt when the first one could not be read. */
  private async converse(question: ModelQuestion, begun: number, abort: AbortSignal): Promise<Told> {
    const first = await this.call(question, [], abort);
    if (first.kind === 'failed') return first;
    const read = readAnswerText(first.text);
    if (read.kind === 'value') return toldOf(first, read.value);
    // What is left of the time is all that a second attempt has.
    const left = Math.floor(this.server.timeLimitMs - (this.clock.mono() - begun));
    if (left <= 0) return unparseable(`its answer ${read.why}`, first.text, first.usage);
    const second = await this.call(question, repairOf(first.text, read.why), abort, left);
    if (second.kind === 'failed') {
      const usage = second.usage ? sumOf(first.usage, second.usage) : first.usage;
      return unparseable(`its answer ${read.why}; asked again, ${second.why}`, first.text, usage);
    }
    const both = { ...second, text: `${first.text}\n\n${second.text}`, usage: sumOf(first.usage, second.usage) };
    const again = readAnswerText(second.text);
    if (again.kind === 'value') return toldOf(both, again.value);
    return unparseable(`its answer ${again.why}, also when asked again`, both.text, both.usage);
  }

  private async call(
    question: ModelQuestion,
    more: ChatCompletionCreateParamsNonStreaming['messages'],
    abort: AbortSignal,
    timeout = this.server.timeLimitMs,
  ): Promise<Said | Failed> {
    const body = this.bodyOf(question, more);
    try {
      // A server may answer with anything: nothing is taken for what the types say.
      const reply: unknown = await this.client.chat.completions.create(body, { signal: abort, timeout });
      return this.replyOf(question, reply);
    } catch (error) {
      return failureOf(error);
    }
  }

  private bodyOf(
    { model, system, user, images, schema, parameters }: ModelQuestion,
    more: ChatCompletionCreateParamsNonStreaming['messages'],
  ): ChatCompletionCreateParamsNonStreaming {
    const { structured, extras } = this.server;
    const pictures: ChatCompletionContentPart[] = images.map(({ png }) => ({
      type: 'image_url',
      image_url: { url: `data:image/png;base64,${Buffer.from(png).toString('base64')}`, detail: 'high' },
    }));
    const told = structured
      ? system
      : `${system}\n\nAnswer with one JSON object of this schema and nothing else:\n${JSON.stringify(schema.json)}`;
    return {
      ...(parameters.extras ?? extras),
      model,
      messages: [
        { role: 'system', content: told },
        { role: 'user', content: pictures.length === 0 ? user : [{ type: 'text', text: user }, ...pictures] },
        ...more,
      ],
      max_completion_tokens: parameters.maxTokens,
      ...(parameters.temperature !== undefined && { temperature: parameters.temperature }),
      ...(structured && {
        response_format: {
          type: 'json_schema',
          json_schema: { name: schema.name, strict: true, schema: { ...schema.json } },
        },
      }),
    };
  }

  private replyOf(question: ModelQuestion, reply: unknown): Said | Failed {
    // OpenRouter answers 200 with an error once a provider has begun.
    const error = errorSchema.safeParse(reply);
    if (error.success) {
      const { message = 'without a message', code } = error.data.error;
      return failure('unavailable', `its server answered with an error: ${message} (${String(code)})`, textOf(reply));
    }
    const completion = completionSchema.safeParse(reply);
    if (!completion.success) return failure('unavailable', 'its server answered with no completion', textOf(reply));
    const { model, provider, choices, usage: used } = completion.data;
    const { message, finish_reason: end, error: broken } = choices[0]!;
    const { content, refusal } = message;
    const text = typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('');
    const usage = this.usageOf(question, model ?? question.model, used, text);
    // A provider that breaks down in the middle of an answer has said something too.
    if (end === 'error' || (broken !== undefined && broken !== null))
      return { ...failure('unavailable', 'its provider broke off with an error', textOf(reply)), usage };
    if (refusal) return { ...failure('refused', `it refused: ${refusal}`, refusal), usage };
    if (end === 'content_filter') return { ...failure('refused', 'a content filter stopped it', text), usage };
    if (end === 'length') return { ...failure('truncated', 'its answer was cut off at its most tokens', text), usage };
    if (text.trim() === '') return { ...failure('empty', 'its answer was empty', text), usage };
    const whose = provider ?? new URL(this.server.baseUrl).host;
    return { kind: 'said', text, model: model ?? question.model, provider: whose, usage };
  }

  /** As the server counts; estimated where it does not, as a budget must count what is not told too. */
  private usageOf(
    question: ModelQuestion,
    model: string,
    used: z.output<typeof completionSchema>['usage'],
    text: string,
  ): ModelUsage {
    const promptTokens = used?.prompt_tokens ?? estimatedPromptTokens(question);
    const completionTokens = used?.completion_tokens ?? estimatedTokens(text);
    // A server names the version that answered ("gpt-6-luna-2026-08-06"), a price table often the name that is asked.
    const priced = Object.hasOwn(this.server.prices, model) ? model : question.model;
    const costUsd = used?.cost ?? callCostUsd(this.server.prices, priced, promptTokens, completionTokens);
    return { promptTokens, completionTokens, costUsd };
  }
}

/** The rest of a conversation in which an answer could not be read. */
function repairOf(text: string, why: string): ChatCompletionCreateParamsNonStreaming['messages'] {
  return [
    { role: 'assistant', content: text.slice(0, LONGEST_QUOTED) },
    { role: 'user', content: `Your answer ${why}. Answer with the JSON object alone.` },
  ];
}

function failureOf(error: unknown): Failed {
  if (error instanceof APIConnectionTimeoutError) return failure('late', 'it did not answer within its time limit');
  if (error instanceof APIUserAbortError) return failure('late', 'the question was called off');
  if (!(error instanceof APIError))
    return failure('unavailable', `its server sent what cannot be read: ${String(error)}`);
  const { status, code } = error;
  const why = `its server says: ${status ?? 'no answer'} ${error.message}`;
  if (code === 'insufficient_quota' || status === 402) return failure('misconfigured', why);
  if (status === 429) return failure('rate-limited', why);
  const isOurs = status !== undefined && status >= 400 && status < 500 && status !== 408;
  return failure(isOurs ? 'misconfigured' : 'unavailable', why);
}

function failure(kind: ModelFailure, why: string, raw?: string): Failed {
  return { kind: 'failed', failure: kind, why, ...(raw !== undefined && { raw }) };
}

function unparseable(why: string, raw: string, usage: ModelUsage): Failed {
  return { ...failure('unparseable', why, raw), usage };
}

function toldOf({ text: raw, model, provider, usage }: Said, value: unknown): Told {
  return { kind: 'answered', value, raw, model, provider, usage };
}

function sumOf(one: ModelUsage, other: ModelUsage): ModelUsage {
  const isKnown = one.costUsd !== undefined && other.costUsd !== undefined;
  return {
    promptTokens: one.promptTokens + other.promptTokens,
    completionTokens: one.completionTokens + other.completionTokens,
    costUsd: isKnown ? one.costUsd! + other.costUsd! : undefined,
  };
}

function textOf(reply: unknown): string {
  return (JSON.stringify(reply) ?? String(reply)).slice(0, LONGEST_QUOTED);
}

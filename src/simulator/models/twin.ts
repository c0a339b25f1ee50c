import type { WallClock } from '#ports/clock.ts';
import type { Dialect } from '#protocols/chat-completions.ts';
import { commandInput } from '../command-input.ts';
import type { Twin, TwinAnswer, TwinDefinition, TwinRequest } from '../twin.ts';
import { brokenEvents, completionBody, completionEvents, failureBody, modelsBody, type Stamp } from './bodies.ts';
import { Catalogue, type Model } from './catalogue.ts';
import { type Completion, chosenModel, complete } from './completion.ts';
import { ModelFailure } from './failure.ts';
import { jsonOf, type Question, readChat } from './question.ts';
import { chatOfResponses, responseBody } from './responses.ts';
import { type Rule, RuleBook, Script, type ScriptedAnswer } from './script.ts';

export interface ModelsOptions {
  /** What is answered; with no rule, or where none matches, a value that keeps the asked schema. */
  readonly rules?: readonly Rule<Question>[];
  /** In place of the usual models. */
  readonly models?: readonly Model[];
  /** The only key that is taken; any one when left out. Ollama takes none. */
  readonly key?: string;
}

/** Each dialect has a base URL of its own. */
const BASES: Readonly<Record<Dialect, string>> = { openrouter: '/api/v1', ollama: '/ollama/v1', openai: '/v1' };
/** What OpenAI tells of its limits beside every answer. Resets are durations. */
const LIMITS = {
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-reset-requests': '6ms',
  'x-ratelimit-limit-tokens': '200000000',
  'x-ratelimit-remaining-tokens': '199999000',
  'x-ratelimit-reset-tokens': '0s',
};

/** Language models on loopback: OpenAI's, OpenRouter's and Ollama's chat completions, answered from a script. */
export function modelsWith(options: ModelsOptions): TwinDefinition {
  return { name: 'models', open: ({ clock }) => new ModelsTwin(clock, options) };
}

export const modelsTwin: TwinDefinition = modelsWith({});

class ModelsTwin implements Twin {
  readonly endpoints = {
    openai: `http:${BASES.openai}`,
    openrouter: `http:${BASES.openrouter}`,
    ollama: `http:${BASES.ollama}`,
  };
  readonly commands = {
    script: (input: unknown) => {
      const { rules } = commandInput('script', Script, input);
      this.book = new RuleBook<Question>(rules);
      return { rules: rules.length };
    },
    questions: () => this.questions,
  };
  private readonly clock: WallClock;
  private readonly catalogue: Catalogue;
  private readonly key: string | undefined;
  private readonly ended = new AbortController();
  private readonly questions: Omit<Question, 'schema'>[] = [];
  private book: RuleBook<Question>;
  private count = 0;

  constructor(clock: WallClock, { rules = [], models, key }: ModelsOptions) {
    this.clock = clock;
    this.catalogue = new Catalogue(models);
    this.key = key;
    this.book = new RuleBook(rules);
  }

  async answer(request: TwinRequest): Promise<TwinAnswer> {
    const dialect = dialectOf(request.path);
    if (dialect === undefined)
      return { status: 404, body: '404 page not found', headers: { 'content-type': 'text/plain' } };
    this.count += 1;
    const stamp = { dialect, number: this.count, at: this.clock.wall() };
    const given = await this.given(stamp, request).catch((error: unknown): TwinAnswer => {
      if (!(error instanceof ModelFailure)) throw error;
      return { status: error.status, body: JSON.stringify(failureBody(dialect, error)) };
    });
    return {
      ...given,
      headers: { 'x-request-id': `req_${stamp.number}`, ...(dialect === 'openai' && LIMITS), ...given.headers },
    };
  }

  close(): void {
    this.ended.abort();
  }

  private async given(stamp: Stamp, { method, path, headers, body }: TwinRequest): Promise<TwinAnswer> {
    const { dialect } = stamp;
    this.mustBeKnown(dialect, headers.authorization);
    const endpoint = path.slice(BASES[dialect].length);
    if (method === 'GET' && endpoint === '/models') return json(modelsBody(dialect, this.catalogue));
    if (method === 'POST' && endpoint === '/chat/completions') {
      return this.completed(stamp, readChat(dialect, jsonOf(body)), completionBody);
    }
    if (method === 'POST' && endpoint === '/responses' && dialect !== 'openrouter') {
      const question = readChat(dialect, chatOfResponses(jsonOf(body)));
      return this.completed(stamp, question, (at, completion) => responseBody(at.number, at.at, completion));
    }
    throw new ModelFailure(404, `Invalid URL (${method} ${path})`);
  }

  private mustBeKnown(dialect: Dialect, authorization = ''): void {
    if (dialect === 'ollama') return;
    const key = /^Bearer (.+)$/.exec(authorization)?.[1];
    if (key !== undefined && (this.key === undefined || this.key === key)) return;
    throw dialect === 'openai'
      ? new ModelFailure(401, 'Incorrect API key provided.', { code: 'invalid_api_key' })
      : new ModelFailure(401, key === undefined ? 'No auth credentials found' : 'User not found.');
  }

  private async completed(
    stamp: Stamp,
    question: Question,
    bodyOf: (stamp: Stamp, completion: Completion) => object,
  ): Promise<TwinAnswer> {
    const { schema, ...kept } = question;
    this.questions.push(kept);
    const scripted = this.book.answerTo(question);
    if (scripted?.delayMs !== undefined) await this.clock.sleep(scripted.delayMs, this.ended.signal);
    const headers = scripted?.headers ?? {};
    if (scripted?.error !== undefined) return failed(stamp, question, scripted.error, headers);
    const completion = complete(question, chosenModel(question, this.catalogue), scripted);
    if (!question.stream) return { ...json(bodyOf(stamp, completion)), headers };
    return stream(completionEvents(stamp, completion, question.includesUsage), headers);
  }
}

/** A scripted error: as a page, as the rest of a stream that began well, or as a JSON body of any status. */
function failed(
  stamp: Stamp,
  { stream: isStream, model }: Question,
  { status, message, raw, ...more }: NonNullable<ScriptedAnswer['error']>,
  headers: Readonly<Record<string, string>>,
): TwinAnswer {
  if (raw !== undefined) return { status, headers: { 'content-type': 'text/html', ...headers }, body: raw };
  const failure = new ModelFailure(status, message, more);
  if (isStream && status === 200) return stream(brokenEvents(stamp, model, failure), headers);
  return { status, headers, body: JSON.stringify(failureBody(stamp.dialect, failure)) };
}

function dialectOf(path: string): Dialect | undefined {
  const dialects: readonly Dialect[] = ['openrouter', 'ollama', 'openai'];
  return dialects.find((dialect) => path.startsWith(`${BASES[dialect]}/`));
}

function json(body: object): TwinAnswer {
  return { status: 200, body: JSON.stringify(body) };
}

function stream(body: string, headers: Readonly<Record<string, string>>): TwinAnswer {
  return { status: 200, body, headers: { 'content-type': 'text/event-stream', ...headers } };
}

import { type Dialect, type FinishReason, OLLAMA_CONTEXT_TOKENS } from '#protocols/chat-completions.ts';
import type { Catalogue, Model } from './catalogue.ts';
import { written } from './content.ts';
import { ModelFailure } from './failure.ts';
import type { Question } from './question.ts';
import { valueFor } from './schema-value.ts';
import type { ScriptedAnswer } from './script.ts';
import { CHARACTERS_PER_TOKEN, tokensOf } from './tokens.ts';

/** Tokens of an answer and what it was made from. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly reasoningTokens: number;
  /** US dollars. */
  readonly cost: number;
}

/** What a model said. */
export interface Completion {
  readonly model: string;
  readonly content: unknown;
  readonly reasoning: string | undefined;
  readonly refusal: string | null;
  readonly finish: FinishReason;
  readonly usage: Usage;
}

const PER_MILLION = 1e6;
/** What is said when nothing else is scripted and no schema asked for. */
const HOLD = { action: 'hold', confidence: 0.5, reasoning: 'simulated' } as const;

/** The model that answers a question. @throws ModelFailure when there is none that may. */
export function chosenModel(question: Question, catalogue: Catalogue): Model {
  const { dialect, models } = question;
  let refusal: ModelFailure | undefined;
  for (const id of models) {
    const model = catalogue.find(dialect, id);
    const failure = model === undefined ? noSuchModel(dialect, id) : unfit(question, model);
    if (model !== undefined && failure === undefined) return model;
    refusal ??= failure;
  }
  throw refusal!;
}

function noSuchModel(dialect: Dialect, id: string): ModelFailure {
  switch (dialect) {
    case 'openai':
      return new ModelFailure(404, `The model \`${id}\` does not exist or you do not have access to it.`, {
        code: 'model_not_found',
      });
    case 'openrouter':
      return new ModelFailure(400, `${id} is not a valid model ID`);
    case 'ollama':
      return new ModelFailure(404, `model "${id}" not found, try pulling it first`);
  }
}

function unfit(question: Question, model: Model): ModelFailure | undefined {
  const { dialect, images, promptTokens } = question;
  if (images.length > 0 && !model.seesImages) {
    return dialect === 'openrouter'
      ? new ModelFailure(404, 'No endpoints found that support image input')
      : new ModelFailure(400, 'Invalid content type. image_url is only supported by certain models.', {
          param: 'messages',
        });
  }
  if (question.schema !== undefined && question.requiresParameters && !model.keepsSchemas) {
    return new ModelFailure(404, 'No endpoints found that can handle the requested parameters.');
  }
  if (dialect !== 'ollama' && promptTokens > model.contextTokens) {
    return new ModelFailure(
      400,
      `This model's maximum context length is ${model.contextTokens} tokens. However, your messages resulted in ${promptTokens} tokens.`,
      { param: 'messages', code: 'context_length_exceeded', metadata: { error_type: 'context_length_exceeded' } },
    );
  }
  return undefined;
}

/** Answers a question as scripted, or with a value that keeps its schema. */
export function complete(question: Question, model: Model, scripted: ScriptedAnswer | undefined): Completion {
  const answer = scripted ?? {};
  const form = answer.form ?? (scripted === undefined && !keepsSchema(question, model) ? 'prose' : 'plain');
  const json = answer.json === undefined ? defaultValue(question) : answer.json;
  const said = answer.content === undefined ? written(json, form) : answer.content;
  const content = answer.refusal === undefined ? said : null;
  const thought = answer.think === undefined ? content : `<think>${answer.think}</think>${String(content ?? '')}`;
  const limited = limitedTo(question, thought, answer);
  return {
    model: answer.model ?? model.id,
    content: limited.content,
    reasoning: answer.reasoning,
    refusal: answer.refusal ?? null,
    finish: answer.finish ?? (form === 'truncated' || limited.isCut ? 'length' : 'stop'),
    usage: usageOf(question, model, limited.content, answer),
  };
}

function keepsSchema({ schema }: Question, model: Model): boolean {
  return schema === undefined || model.keepsSchemas;
}

function defaultValue({ schema }: Question): unknown {
  return schema === undefined ? HOLD : valueFor(schema);
}

/** Cuts an answer off where its tokens end. What was thought counts: it may leave nothing for the answer. */
function limitedTo(
  { mostCompletionTokens = Number.POSITIVE_INFINITY }: Question,
  content: unknown,
  { usage }: ScriptedAnswer,
): { readonly content: unknown; readonly isCut: boolean } {
  const left = Math.max(0, mostCompletionTokens - (usage?.reasoningTokens ?? 0)) * CHARACTERS_PER_TOKEN;
  if (typeof content !== 'string' || content.length <= left) return { content, isCut: false };
  return { content: content.slice(0, left), isCut: true };
}

function usageOf(question: Question, model: Model, content: unknown, { usage = {} }: ScriptedAnswer): Usage {
  const text = typeof content === 'string' ? content : content === null ? '' : JSON.stringify(content);
  const reasoningTokens = usage.reasoningTokens ?? 0;
  const most = question.dialect === 'ollama' ? OLLAMA_CONTEXT_TOKENS : Number.POSITIVE_INFINITY;
  const promptTokens = usage.promptTokens ?? Math.min(question.promptTokens, most);
  const completionTokens = usage.completionTokens ?? tokensOf(text) + reasoningTokens;
  const cost = (promptTokens * model.promptPrice + completionTokens * model.completionPrice) / PER_MILLION;
  return { promptTokens, completionTokens, reasoningTokens, cost };
}

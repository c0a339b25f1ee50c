import { z } from 'zod';
import { FINISH_REASONS } from '#protocols/chat-completions.ts';

/** How JSON is written down: as it is, or as models get it wrong. */
export const FORMS = ['plain', 'fenced', 'prose', 'trailing', 'strings', 'truncated', 'blocks'] as const;

const LONGEST_DELAY_MS = 600_000;

const Failure = z.strictObject({
  /** 200 puts the error into an answer that looks well. */
  status: z.int().min(200).max(599),
  message: z.string(),
  type: z.string().optional(),
  param: z.string().nullable().optional(),
  code: z.union([z.string(), z.int(), z.null()]).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  /** The body as it is, in place of a JSON error: a proxy's page. */
  raw: z.string().optional(),
});

const Answer = z.strictObject({
  /** Written as JSON. Without it and `content`: a value that keeps the asked schema. */
  json: z.unknown().optional(),
  form: z.enum(FORMS).optional(),
  /** The content word by word; null or "" for none, a list for content in blocks. */
  content: z.union([z.string(), z.null(), z.array(z.record(z.string(), z.unknown()))]).optional(),
  /** Stands as `<think>` before the content. */
  think: z.string().optional(),
  /** What was thought, as a field of its own. */
  reasoning: z.string().optional(),
  refusal: z.string().optional(),
  finish: z.enum(FINISH_REASONS).optional(),
  /** The model that says it answered. */
  model: z.string().optional(),
  usage: z
    .strictObject({ promptTokens: z.int().min(0), completionTokens: z.int().min(0), reasoningTokens: z.int().min(0) })
    .partial()
    .optional(),
  error: Failure.optional(),
  headers: z.record(z.string(), z.string()).optional(),
  delayMs: z.int().min(0).max(LONGEST_DELAY_MS).optional(),
});

const When = z.strictObject({
  model: z.string().optional(),
  /** Text of any message. */
  contains: z.string().optional(),
  hasImage: z.boolean().optional(),
  /** The nth of the questions that match so far: 1 is the first. */
  call: z.int().min(1).optional(),
  /** Each nth of them. */
  every: z.int().min(1).optional(),
});

const RuleData = z.strictObject({ when: When.optional(), answer: Answer });
/** What the control port takes: rules, the first that matches answers. */
export const Script = z.strictObject({ rules: z.array(RuleData) });

export type ScriptedFailure = z.infer<typeof Failure>;
export type ScriptedAnswer = z.infer<typeof Answer>;

/** What a rule sees of a question. */
export interface Asked {
  readonly model: string;
  /** All text of all messages, a line each. */
  readonly text: string;
  readonly images: readonly { readonly mediaType: string; readonly bytes: number; readonly sha256: string }[];
}

/** In process an answer may be made from the question. */
export interface Rule<Question extends Asked = Asked> {
  readonly when?: z.infer<typeof When> | undefined;
  readonly answer: ScriptedAnswer | ((question: Question) => ScriptedAnswer);
}

/** Rules in their order, each with how often it has matched. */
export class RuleBook<Question extends Asked> {
  private readonly rules: { readonly rule: Rule<Question>; calls: number }[];

  constructor(rules: readonly Rule<Question>[]) {
    this.rules = rules.map((rule) => ({ rule, calls: 0 }));
  }

  /** The answer of the first rule that matches; undefined when none does. */
  answerTo(question: Question): ScriptedAnswer | undefined {
    for (const counted of this.rules) {
      const { when, answer } = counted.rule;
      if (!concerns(when, question)) continue;
      counted.calls += 1;
      if (!isTurn(when, counted.calls)) continue;
      return typeof answer === 'function' ? answer(question) : answer;
    }
    return undefined;
  }
}

function concerns(when: Rule['when'], { model, text, images }: Asked): boolean {
  if (when === undefined) return true;
  if (when.model !== undefined && when.model !== model) return false;
  if (when.contains !== undefined && !text.includes(when.contains)) return false;
  return when.hasImage === undefined || when.hasImage === images.length > 0;
}

function isTurn(when: Rule['when'], calls: number): boolean {
  if (when?.call !== undefined && when.call !== calls) return false;
  return when?.every === undefined || calls % when.every === 0;
}

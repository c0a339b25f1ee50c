import type { BotId } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import type { ChartImage } from './charts.ts';

/** Who asks, and on which occasion: what budgets and lists go by. It is no part of what is asked. */
export interface Asker {
  readonly botId: BotId;
  readonly symbol: MarketSymbol;
  readonly timeframe: Timeframe;
  /** Market time of the occasion that called for it. */
  readonly occasion: EpochMs;
}

/** What a model is asked: all that its answer may depend on, and nothing else. */
export interface ModelQuestion {
  /** As its server names it: "deepseek/deepseek-chat-v3.1". */
  readonly model: string;
  /** Name and version of the prompt: "chart-vision/1". */
  readonly promptName: string;
  readonly system: string;
  readonly user: string;
  /** Figures that the text tells of too, for an analyst that reads no text. */
  readonly facts: Readonly<Record<string, number>>;
  /** Shown after the text, in this order; empty for a model that sees nothing. */
  readonly images: readonly ChartImage[];
  /** What the answer must look like. */
  readonly schema: AnswerSchema;
  readonly parameters: ModelParameters;
}

export interface AnswerSchema {
  /** Letters, digits, _ and -, up to 64. */
  readonly name: string;
  /** JSON Schema in the strict form: every property required, no others; what may be missing is null. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface ModelParameters {
  /** Left out for models that refuse one. */
  readonly temperature?: number;
  readonly maxTokens: number;
  /** Sent with it as they are, where the owner set some: "reasoning_effort", for one. */
  readonly extras?: Readonly<Record<string, unknown>>;
}

/** What was used up: tokens as the server counts them, or estimated where it does not. */
export interface ModelUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** US dollars, as the server says or by the price table; undefined where neither knows. */
  readonly costUsd: number | undefined;
}

export type ModelFailure =
  /** Nothing that could be read as an answer, also after one attempt to have it repaired. */
  | 'unparseable'
  | 'truncated'
  | 'empty'
  | 'refused'
  /** Not within the time limit. */
  | 'late'
  | 'rate-limited'
  /** The server, its provider or the network. */
  | 'unavailable'
  /** A wrong key, no credit, a model that is not there: asking again does not help. */
  | 'misconfigured'
  /** The bot's or the account's budget is spent. */
  | 'over-budget'
  /** The model failed several times in a row and is left alone for a while. */
  | 'resting'
  /** It went out, and the program ended before the answer came: nothing is asked twice. */
  | 'interrupted'
  /** Only recorded answers may be used, and there is none. */
  | 'not-recorded';

/** What came of a question. A failure leads to no trade, never to a direction. */
export type ModelAnswer =
  | {
      readonly kind: 'answered';
      /** Hash of what was asked. */
      readonly id: string;
      /** The JSON value in the answer: to be checked by whoever asked. */
      readonly value: unknown;
      readonly raw: string;
      /** Which model answered: a server may fall back to another one. */
      readonly model: string;
      /** Who ran it: as the server says, or the host of the server; left out where nobody is called. */
      readonly provider?: string;
      readonly usage: ModelUsage;
      readonly latencyMs: number;
      /** Whether it was asked before, and nothing was asked now. */
      readonly isRecorded: boolean;
    }
  | {
      readonly kind: 'failed';
      readonly id: string;
      readonly failure: ModelFailure;
      /** A sentence. */
      readonly why: string;
      /** What came instead of an answer; undefined when nothing did. */
      readonly raw: string | undefined;
      /** What was used up all the same; undefined when nothing came. */
      readonly usage: ModelUsage | undefined;
      readonly latencyMs: number;
      readonly isRecorded: boolean;
    };

/** Who answers. It never throws for what a model or its server does. */
export interface Models {
  ask(question: ModelQuestion, asker: Asker, abort: AbortSignal): Promise<ModelAnswer>;
}

/** A question and what came of it, whole. */
export interface ModelRecord {
  /** Hash of what was asked: the key. */
  readonly id: string;
  /** All that was asked, JSON. */
  readonly question: string;
  readonly asker: Asker;
  readonly answer: ModelAnswer;
  /** Wall time. */
  readonly askedAt: EpochMs;
}

/** Where questions and answers are kept. */
export interface Recordings {
  find(id: string): Promise<ModelRecord | undefined>;
  /** What a bot asked a model with a prompt on an occasion, in whatever words. */
  findAsked(asker: Asker, model: string, promptName: string): Promise<ModelRecord | undefined>;
  /** Resolves once it is kept; an id that is there is replaced. */
  keep(record: ModelRecord): Promise<void>;
  /** US dollars of all that was asked since, by one bot or by all. */
  spentUsd(since: EpochMs, botId: BotId | undefined): Promise<number>;
}

/** Which questions went out: kept before they go, so that none goes out twice however the program ends. */
export interface SentQuestions {
  /**
   * Resolves once it is kept.
   * @param now Wall time.
   * @returns When it went out before, wall time: it must not go again. Undefined when it has not: it may go now.
   */
  send(question: ModelQuestion, asker: Asker, now: EpochMs): Promise<EpochMs | undefined>;
}

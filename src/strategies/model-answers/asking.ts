import type { BotId } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { MarketFigures } from '#core/market-figures.ts';
import type { AskedModel } from '#core/model-bots.ts';
import type { MarketNow, NoOpinion, Opinion } from '#core/opinions.ts';
import { filled, type Prompt, type PromptValues, promptNameOf } from '#core/prompts.ts';
import type { EpochMs } from '#core/time.ts';
import type { ChartImage } from '#ports/charts.ts';
import type { SurroundingsSource } from '#ports/context.ts';
import type { AnswerSchema, Asker, ModelAnswer, ModelQuestion, Models } from '#ports/models.ts';

/** The market of one symbol as a model is shown it. */
export interface ShownMarket {
  readonly botId: BotId;
  readonly symbol: MarketSymbol;
  readonly candles: Candles;
  /** Step of the price, quote per base. */
  readonly tick: number;
  /** Decimals of the tick. */
  readonly decimals: number;
}

/** The market that a strategy asks about. */
export interface AskedMarket extends ShownMarket {
  /** What lies between bid and ask when something is decided, quote per base; undefined where nobody tells. */
  readonly spreadAt: (at: EpochMs) => number | undefined;
}

/** Whom it asks. */
export interface Asked {
  readonly models: Models;
  readonly surroundings: SurroundingsSource;
  /** Calls every question off. */
  readonly abort: AbortSignal;
}

/** All that goes into the question at one close. */
export interface Facts {
  readonly asker: Asker;
  readonly values: PromptValues;
  readonly figures: MarketFigures;
  readonly now: MarketNow;
}

export function questionFor(
  prompt: Prompt,
  { model, maxTokens, temperature }: AskedModel,
  { values, figures }: Facts,
  schema: AnswerSchema,
  images: readonly ChartImage[] = [],
): ModelQuestion {
  const facts = Object.fromEntries(Object.entries(figures).filter(([, value]) => Number.isFinite(value)));
  return {
    model,
    promptName: promptNameOf(prompt),
    system: filled(prompt.system, values),
    user: filled(prompt.user, values),
    facts,
    images,
    schema,
    parameters: { maxTokens, ...(temperature !== undefined && { temperature }) },
  };
}

/** What was read of an answer: an opinion, or a sentence that says why it is none. */
export type ReadOpinion =
  | (Pick<Opinion, 'recommendation' | 'confidence' | 'entry' | 'stop' | 'target' | 'why' | 'contradictions'> & {
      readonly kind: 'opinion';
    })
  | { readonly kind: 'none'; readonly failure: 'unusable' | 'contradictory'; readonly why: string };

/** An opinion with where it came from, or why there is none. */
export type OneAnswer =
  | { readonly kind: 'opinion'; readonly opinion: Opinion }
  | { readonly kind: 'none'; readonly none: NoOpinion };

const LONGEST_KEPT = 20_000;

/** What became of a question to one model. */
export function answerOf(
  question: ModelQuestion,
  answer: ModelAnswer,
  read: (value: unknown) => ReadOpinion,
): OneAnswer {
  const common = {
    analyst: question.model,
    rawAnswer: answer.raw === undefined ? undefined : keepable(answer.raw),
    imageHash: question.images[0]?.sha256,
    questionId: answer.id,
  };
  if (answer.kind === 'failed') {
    return { kind: 'none', none: { ...common, failure: answer.failure, why: keepable(answer.why) } };
  }
  const said = read(answer.value);
  if (said.kind === 'none') return { kind: 'none', none: { ...common, failure: said.failure, why: said.why } };
  const { kind, ...opinion } = said;
  return { kind, opinion: { ...common, ...opinion, why: keepable(opinion.why), answeredBy: keepable(answer.model) } };
}

/** No store takes a U+0000, or half of a sign; the whole answer is kept with its question. */
function keepable(text: string): string {
  return text.slice(0, LONGEST_KEPT).replaceAll('\0', '\uFFFD').toWellFormed();
}

/** @param what What an answer has, or lacks: "no confidence from 0 to 1". */
export function unusable(what: string): ReadOpinion {
  return { kind: 'none', failure: 'unusable', why: `its answer has ${what}` };
}

import type { Bot, BotBase, Brackets } from './bots.ts';
import type { IndicatorSpec } from './indicators/registry.ts';
import type { Prompt } from './prompts.ts';
import type { Timeframe } from './time.ts';
import type { VoteRules } from './votes.ts';

/**
 * Analysts that need no model and no key: they answer what models are asked, from indicators, and are named so wherever
 * they appear. The first follows a trend, the second expects what went too far to come back.
 */
export const RULES_ANALYST = 'rules (no model)';
export const REVERSION_ANALYST = 'rules (no model): reversion';
export const RULE_ANALYSTS: readonly string[] = [RULES_ANALYST, REVERSION_ANALYST];

/** A model as a bot asks it. */
export interface AskedModel {
  /** As its server names it, or one of `RULE_ANALYSTS`. */
  readonly model: string;
  /** The longest answer. */
  readonly maxTokens: number;
  /** Left out for models that refuse one. */
  readonly temperature?: number;
}

export interface VotingModel extends AskedModel {
  /** How much its answer counts in a weighted vote, above 0. */
  readonly weight: number;
}

/** The picture that a model is shown. */
export interface ChartLook {
  readonly theme: 'dark' | 'light';
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly candles: number;
  /** Lines over the candles. */
  readonly overlays: readonly IndicatorSpec[];
  /** Strips below them, each with its lines. */
  readonly panes: readonly (readonly IndicatorSpec[])[];
  /** Further pictures, of higher timeframes, in this order. */
  readonly timeframes: readonly Timeframe[];
}

/** What bots that ask models say beside what every bot does. */
export interface ModelBotBase extends BotBase {
  /** The stop, where models name none, is this one; so is the target. */
  readonly brackets: Brackets;
  readonly prompt: Prompt;
  /** What models are told of, by name and value. */
  readonly indicators: readonly IndicatorSpec[];
  /** The most it may spend on questions, in US dollars for a day (UTC); left out, only the account's budget limits it. */
  readonly budgetUsdPerDay?: number;
}

export interface ChartVisionBot extends ModelBotBase {
  readonly kind: 'chart-vision';
  readonly model: AskedModel;
  readonly chart: ChartLook;
}

export interface ModelVoteBot extends ModelBotBase {
  readonly kind: 'model-vote';
  /** Each once. */
  readonly models: readonly VotingModel[];
  readonly vote: VoteRules;
}

export type ModelBot = ChartVisionBot | ModelVoteBot;

/** The models that a bot asks: none for one that decides by rules. */
export function modelsOf(bot: Bot): readonly AskedModel[] {
  if ('models' in bot) return bot.models;
  return 'model' in bot ? [bot.model] : [];
}

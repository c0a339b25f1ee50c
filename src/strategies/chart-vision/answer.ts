import { chartConfidence } from '#core/chart-confidence.ts';
import { contradictionsIn, type MarketFigures } from '#core/market-figures.ts';
import { levelsRefusal, type MarketNow, rewardRisk } from '#core/opinions.ts';
import type { AnswerSchema } from '#ports/models.ts';
import { type ReadOpinion, unusable } from '../model-answers/asking.ts';
import {
  BAD,
  type Field,
  fieldIn,
  fractionIn,
  priceIn,
  recommendationIn,
  textIn,
  trendIn,
} from '../model-answers/fields.ts';

const PRICE = { type: ['number', 'null'] };
const PART = { type: 'number', description: '0 to 1' };
const PROPERTIES = {
  recommendation: { type: 'string', enum: ['buy', 'sell', 'hold'] },
  entry: PRICE,
  stop: PRICE,
  target: PRICE,
  setup_quality: PART,
  risk_reward: { type: ['number', 'null'], description: "the target's distance from the entry over the stop's" },
  market_environment: PART,
  trend: { type: 'string', enum: ['up', 'down', 'sideways'] },
  support: PRICE,
  resistance: PRICE,
  invalidation_level: PRICE,
  summary: { type: 'string' },
};

/** What a model that was shown a chart answers. */
export const CHART_SCHEMA: AnswerSchema = {
  name: 'chart_reading',
  json: { type: 'object', properties: PROPERTIES, required: Object.keys(PROPERTIES), additionalProperties: false },
};

/** Where the bot itself enters, and its own stop and target for an answer that names none: prices, quote per base. */
export interface OwnLevels {
  readonly entry: number;
  readonly stop: number;
  readonly target: number | undefined;
}

/** A chart reading as it was answered: every figure checked, the reward/risk and the confidence reckoned here. */
export function readChart(
  value: unknown,
  now: MarketNow,
  figures: MarketFigures,
  ownLevels: (side: 'buy' | 'sell') => OwnLevels,
): ReadOpinion {
  const recommendation = recommendationIn(fieldIn(value, 'recommendation'));
  const setupQuality = fractionIn(fieldIn(value, 'setup_quality'));
  const marketEnvironment = fractionIn(fieldIn(value, 'market_environment'));
  if (recommendation === undefined || recommendation === BAD) return unusable('no recommendation of buy, sell or hold');
  if (setupQuality === undefined || setupQuality === BAD) return unusable('no setup quality from 0 to 1');
  if (marketEnvironment === undefined || marketEnvironment === BAD)
    return unusable('no market environment from 0 to 1');
  // Whoever holds names no levels that matter.
  const isHold = recommendation === 'hold';
  const [entry, stop, target] = (['entry', 'stop', 'target'] as const).map((name) =>
    isHold ? undefined : priceIn(fieldIn(value, name)),
  );
  if (entry === BAD || stop === BAD || target === BAD) return unusable('an entry, stop or target that is no price');
  const levels = { entry, stop, target };
  const own = isHold ? undefined : ownLevels(recommendation);
  // What is bought is bought where the bot enters, wherever the model would have.
  const refusal =
    levelsRefusal({ recommendation, ...levels }, now) ??
    (own && levelsRefusal({ recommendation, ...levels, entry: undefined }, { ...now, price: own.entry }));
  if (refusal !== undefined) return { kind: 'none', failure: 'contradictory', why: refusal };
  const ratio = own && rewardRisk(own.entry, stop ?? own.stop, target ?? own.target);
  const claim = (name: string) => claimed(priceIn(fieldIn(value, name)));
  const claims = {
    recommendation,
    trend: claimed(trendIn(fieldIn(value, 'trend'))),
    support: claim('support'),
    resistance: claim('resistance'),
    invalidation: claim('invalidation_level'),
    saidRewardRisk: claim('risk_reward'),
    rewardRisk: ratio,
  };
  return {
    kind: 'opinion',
    recommendation,
    confidence: chartConfidence({ setupQuality, rewardRisk: ratio ?? 0, marketEnvironment }),
    ...levels,
    why: textIn(fieldIn(value, 'summary')),
    contradictions: contradictionsIn(claims, figures),
  };
}

/** What is claimed in no form that can be read is not claimed. */
function claimed<Value>(field: Field<Value>): Value | undefined {
  return field === BAD ? undefined : field;
}

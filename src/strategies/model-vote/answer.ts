import { contradictionsIn, type MarketFigures } from '#core/market-figures.ts';
import { levelsRefusal, type MarketNow } from '#core/opinions.ts';
import type { AnswerSchema } from '#ports/models.ts';
import { type ReadOpinion, unusable } from '../model-answers/asking.ts';
import { BAD, fieldIn, fractionIn, priceIn, recommendationIn, textIn, trendIn } from '../model-answers/fields.ts';

const PRICE = { type: ['number', 'null'] };

/** What a voting model answers. */
export const VOTE_SCHEMA: AnswerSchema = {
  name: 'vote',
  json: {
    type: 'object',
    properties: {
      recommendation: { type: 'string', enum: ['buy', 'sell', 'hold'] },
      confidence: { type: 'number', description: '0 to 1' },
      reasoning: { type: 'string' },
      stop: PRICE,
      target: PRICE,
      trend: { type: 'string', enum: ['up', 'down', 'sideways'] },
    },
    required: ['recommendation', 'confidence', 'reasoning', 'stop', 'target', 'trend'],
    additionalProperties: false,
  },
};

/** A vote as it was answered, with every figure checked. */
export function readVote(value: unknown, now: MarketNow, figures: MarketFigures): ReadOpinion {
  const recommendation = recommendationIn(fieldIn(value, 'recommendation'));
  const confidence = fractionIn(fieldIn(value, 'confidence'));
  if (recommendation === undefined || recommendation === BAD) return unusable('no recommendation of buy, sell or hold');
  if (confidence === undefined || confidence === BAD) return unusable('no confidence from 0 to 1');
  // Whoever holds names no levels that matter.
  const isHold = recommendation === 'hold';
  const [stop, target] = (['stop', 'target'] as const).map((name) =>
    isHold ? undefined : priceIn(fieldIn(value, name)),
  );
  if (stop === BAD || target === BAD) return unusable('a stop or a target that is no price');
  const levels = { entry: undefined, stop, target };
  const refusal = levelsRefusal({ recommendation, ...levels }, now);
  if (refusal !== undefined) return { kind: 'none', failure: 'contradictory', why: refusal };
  const trend = trendIn(fieldIn(value, 'trend'));
  const contradictions = contradictionsIn({ recommendation, trend: trend === BAD ? undefined : trend }, figures);
  const why = textIn(fieldIn(value, 'reasoning'));
  return { kind: 'opinion', recommendation, confidence, ...levels, why, contradictions };
}

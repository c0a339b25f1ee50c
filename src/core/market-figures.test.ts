import { expect, test } from 'vitest';
import { contradictionsIn, type MarketClaims, type MarketFigures } from './market-figures.ts';

const FIGURES: MarketFigures = {
  ...{ price: 100, emaFast: 101, emaSlow: 99, rsi: 55, adx: 20, atr: 2 },
  ...{ support: 95, resistance: 108, low: 90, high: 112 },
};
const SILENT: MarketClaims = { recommendation: 'buy', trend: undefined };

test.each<{ name: string; claims: Partial<MarketClaims>; figures?: Partial<MarketFigures>; says: string | undefined }>([
  { name: 'nothing', claims: {}, says: undefined },
  { name: 'the trend that is', claims: { trend: 'up' }, says: undefined },
  { name: 'the other trend', claims: { trend: 'down' }, says: 'sees a downtrend, and ema(20) is 101 and ema(50) 99' },
  { name: 'an uptrend that is none', claims: { trend: 'up' }, figures: { emaFast: 98 }, says: 'sees an uptrend' },
  { name: 'no trend, averages close', claims: { trend: 'sideways' }, says: undefined },
  { name: 'no trend, averages apart', claims: { trend: 'sideways' }, figures: { emaFast: 104 }, says: 'sees no trend' },
  { name: 'no figures yet', claims: { trend: 'up' }, figures: { emaSlow: Number.NaN }, says: undefined },
  { name: 'the support that is', claims: { support: 96 }, says: undefined },
  { name: 'the low as support', claims: { support: 90.5 }, says: undefined },
  { name: 'a support above the price', claims: { support: 101 }, says: 'support at 101, above the price 100' },
  { name: 'a support below all', claims: { support: 80 }, says: 'below all it was shown (90)' },
  { name: 'a support of its own', claims: { support: 99.5 }, says: 'and the market turned at 95' },
  { name: 'the resistance that is', claims: { resistance: 107 }, says: undefined },
  { name: 'a resistance below the price', claims: { resistance: 99 }, says: 'below the price 100' },
  { name: 'a resistance above all', claims: { resistance: 130 }, says: 'above all it was shown (112)' },
  { name: 'a resistance of its own', claims: { resistance: 102 }, says: 'and the market turned at 108' },
  { name: 'to be wrong below a buy', claims: { invalidation: 94 }, says: undefined },
  { name: 'to be wrong above a buy', claims: { invalidation: 106 }, says: 'would be wrong at 106, on the other side' },
  {
    name: 'to be wrong below a sell',
    claims: { recommendation: 'sell', invalidation: 94 },
    says: 'on the other side of 100',
  },
  { name: 'to hold and be wrong', claims: { recommendation: 'hold', invalidation: 94 }, says: undefined },
  { name: 'its own ratio', claims: { saidRewardRisk: 2.1, rewardRisk: 2 }, says: undefined },
  {
    name: 'another ratio',
    claims: { saidRewardRisk: 4, rewardRisk: 2 },
    says: 'a reward/risk of 4, and its levels have 2',
  },
  { name: 'a ratio without levels', claims: { saidRewardRisk: 4 }, says: undefined },
])('a claim of $name', ({ claims, figures, says }) => {
  const found = contradictionsIn({ ...SILENT, ...claims }, { ...FIGURES, ...figures });
  expect(found).toEqual(says === undefined ? [] : [expect.stringContaining(says)]);
});

test('every claim that does not agree is told', () => {
  const claims: MarketClaims = {
    recommendation: 'sell',
    trend: 'down',
    support: 120,
    resistance: 50,
    invalidation: 90,
  };
  expect(contradictionsIn({ ...claims, saidRewardRisk: 9, rewardRisk: 1 }, FIGURES)).toHaveLength(5);
});

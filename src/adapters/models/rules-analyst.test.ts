import { expect, test } from 'vitest';
import { REVERSION_ANALYST, RULES_ANALYST } from '#core/model-bots.ts';
import { CHART_SCHEMA, readChart } from '#strategies/chart-vision/answer.ts';
import { readVote, VOTE_SCHEMA } from '#strategies/model-vote/answer.ts';
import { RulesAnalyst } from './rules-analyst.ts';

const RISING = {
  ...{ price: 105, emaFast: 103, emaSlow: 100, rsi: 60, adx: 30, atr: 2 },
  ...{ support: 98, resistance: 110, low: 90, high: 111 },
};
const FALLING = { ...RISING, price: 95, emaFast: 97, rsi: 40, support: 92, resistance: 100 };

const ask = (model: string, facts: Record<string, number>, schema = VOTE_SCHEMA) =>
  new RulesAnalyst().ask({
    model,
    promptName: 'p/1',
    system: '',
    user: '',
    facts,
    images: [],
    schema,
    parameters: { maxTokens: 1 },
  });

test.each([
  { name: 'a trend up', model: RULES_ANALYST, facts: RISING, is: 'buy' },
  { name: 'a trend down', model: RULES_ANALYST, facts: FALLING, is: 'sell' },
  { name: 'a weak one', model: RULES_ANALYST, facts: { ...RISING, adx: 10 }, is: 'hold' },
  { name: 'an exhausted one', model: RULES_ANALYST, facts: { ...RISING, rsi: 80 }, is: 'hold' },
  { name: 'too far down', model: REVERSION_ANALYST, facts: { ...FALLING, rsi: 20 }, is: 'buy' },
  { name: 'too far up', model: REVERSION_ANALYST, facts: { ...RISING, rsi: 80 }, is: 'sell' },
  { name: 'nothing special', model: REVERSION_ANALYST, facts: RISING, is: 'hold' },
])('$name: $is', async ({ model, facts, is }) => {
  const vote = await ask(model, facts);
  expect(vote).toMatchObject({ kind: 'answered', model, usage: { costUsd: 0 } });
  if (vote.kind !== 'answered') return;
  const now = { price: facts.price, spread: 0.1 };
  const read = readVote(vote.value, now, facts);
  expect(read).toMatchObject({ kind: 'opinion', recommendation: is, contradictions: [] });
  // It is said in the schema of a chart too, and both can be taken.
  const chart = await ask(model, facts, CHART_SCHEMA);
  const opinion = readChart(chart.kind === 'answered' && chart.value, now, facts, () => ({
    entry: now.price,
    stop: 1,
    target: undefined,
  }));
  expect(opinion).toMatchObject({ kind: 'opinion', recommendation: is, contradictions: [] });
  expect(await ask(model, facts)).toEqual(vote);
});

test('without figures there is no opinion', async () => {
  const { adx, ...facts } = RISING;
  expect(await ask(RULES_ANALYST, facts)).toMatchObject({
    kind: 'failed',
    why: expect.stringContaining('indicators that have a value'),
  });
});

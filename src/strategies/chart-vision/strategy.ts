import { entryBeside } from '#core/entry-beside.ts';
import type { ChartVisionBot } from '#core/model-bots.ts';
import { promptNameOf } from '#core/prompts.ts';
import type { Strategy } from '#core/signals.ts';
import { type Charts, ChartUnavailable } from '#ports/charts.ts';
import { compileBrackets } from '../indicator-rules/brackets.ts';
import { type Asked, type AskedMarket, answerOf, type OneAnswer, questionFor } from '../model-answers/asking.ts';
import { type Judgement, ModelStrategy } from '../model-answers/model-strategy.ts';
import type { PastDecisions } from '../model-answers/past-decisions.ts';
import { CHART_SCHEMA, type OwnLevels, readChart } from './answer.ts';
import { Pictures } from './pictures.ts';

/** One model that is shown a picture of the market. */
export function chartVision(
  bot: ChartVisionBot,
  market: AskedMarket,
  asked: Asked,
  charts: Charts,
  past: PastDecisions,
): Strategy {
  return new ModelStrategy(bot, market, asked, past, (indicators) => {
    const pictures = new Pictures(market, bot.chart, indicators);
    const brackets = compileBrackets(bot.brackets, indicators);
    return async (i, facts) => {
      const images = await pictures.draw(i, charts).catch(unavailable);
      if (images instanceof ChartUnavailable) return judgementOf(bot, withoutPicture(bot, images));
      const question = questionFor(bot.prompt, bot.model, facts, CHART_SCHEMA, images);
      const answer = await asked.models.ask(question, facts.asker, asked.abort);
      const { price } = facts.now;
      const own = (side: 'buy' | 'sell'): OwnLevels => {
        const direction = side === 'buy' ? 'long' : 'short';
        const { stop, target } = brackets(i, direction, price);
        const entry = entryBeside(price, direction, bot.entryOrder);
        const sign = side === 'buy' ? 1 : -1;
        return { entry, stop: entry - sign * stop, target: target === undefined ? undefined : entry + sign * target };
      };
      const read = (value: unknown) => readChart(value, facts.now, facts.figures, own);
      return judgementOf(bot, answerOf(question, answer, read));
    };
  });
}

/** A picture that cannot be had is no trade; anything else is a fault. */
function unavailable(error: unknown): ChartUnavailable {
  if (error instanceof ChartUnavailable) return error;
  throw error;
}

/** Nobody was asked: there was nothing to show. */
function withoutPicture({ model: { model } }: ChartVisionBot, { message: why }: ChartUnavailable): OneAnswer {
  const nothing = { rawAnswer: undefined, imageHash: undefined, questionId: undefined };
  return { kind: 'none', none: { analyst: model, ...nothing, failure: 'no-picture', why } };
}

/** What one answer comes to: its own recommendation, or no trade. */
function judgementOf({ prompt }: ChartVisionBot, one: OneAnswer): Judgement {
  const promptName = promptNameOf(prompt);
  if (one.kind === 'none') {
    const rule = `no trade without an answer: ${one.none.why}`;
    const nothing = { recommendation: 'hold', confidence: undefined } as const;
    return {
      basis: { promptName, ...nothing, rule, opinions: [], failures: [one.none] },
      stop: undefined,
      target: undefined,
    };
  }
  const { recommendation, confidence, stop, target } = one.opinion;
  const rule = `the model recommends to ${recommendation}: confidence ${confidence} of setup, reward/risk and environment`;
  return {
    basis: { promptName, recommendation, confidence, rule, opinions: [one.opinion], failures: [] },
    stop,
    target,
  };
}

import type { ModelVoteBot } from '#core/model-bots.ts';
import { agreedLevels, type Opinion } from '#core/opinions.ts';
import { promptNameOf } from '#core/prompts.ts';
import type { Strategy } from '#core/signals.ts';
import { decideVote, type Vote } from '#core/votes.ts';
import {
  type Asked,
  type AskedMarket,
  answerOf,
  type Facts,
  type OneAnswer,
  questionFor,
} from '../model-answers/asking.ts';
import { type Judgement, ModelStrategy } from '../model-answers/model-strategy.ts';
import type { PastDecisions } from '../model-answers/past-decisions.ts';
import { readVote, VOTE_SCHEMA } from './answer.ts';

/** Several models that answer the same question at once; what they decide follows from their votes. */
export function modelVote(bot: ModelVoteBot, market: AskedMarket, asked: Asked, past: PastDecisions): Strategy {
  return new ModelStrategy(
    bot,
    market,
    asked,
    past,
    () => async (_, facts) => judgementOf(bot, await askAll(bot, asked, facts)),
  );
}

function askAll({ models, prompt }: ModelVoteBot, asked: Asked, facts: Facts): Promise<OneAnswer[]> {
  return Promise.all(
    models.map(async (model) => {
      const question = questionFor(prompt, model, facts, VOTE_SCHEMA);
      const answer = await asked.models.ask(question, facts.asker, asked.abort);
      return answerOf(question, answer, (value) => readVote(value, facts.now, facts.figures));
    }),
  );
}

/** What the answers come to. Levels are those of the models that agree, the tightest of each. */
export function judgementOf({ models, prompt, vote }: ModelVoteBot, answers: readonly OneAnswer[]): Judgement {
  const opinions = answers.flatMap((one) => (one.kind === 'opinion' ? [one.opinion] : []));
  const failures = answers.flatMap((one) => (one.kind === 'none' ? [one.none] : []));
  const weights = new Map(models.map(({ model, weight }) => [model, weight]));
  const votes = opinions.map(
    ({ analyst, recommendation, confidence }): Vote => ({
      ...{ voter: analyst, recommendation, confidence },
      weight: weights.get(analyst)!,
    }),
  );
  const { recommendation, confidence, why, agreeing } = decideVote(votes, vote);
  const basis = {
    ...{ promptName: promptNameOf(prompt), recommendation, confidence, opinions, failures },
    rule: ruleText(vote.kind, why, answers.length - opinions.length),
  };
  if (recommendation === 'hold') return { basis, stop: undefined, target: undefined };
  const agreed = opinions.filter(({ analyst }: Opinion) => agreeing.some(({ voter }) => voter === analyst));
  return { basis, ...agreedLevels(recommendation === 'buy' ? 'long' : 'short', agreed) };
}

function ruleText(kind: string, why: string, failed: number): string {
  const missing =
    failed === 0 ? '' : `; ${failed} ${failed === 1 ? 'model gave' : 'models gave'} no answer that could be used`;
  return `${kind} vote: ${why}${missing}`;
}

import { unreachable } from './brand.ts';

export type Recommendation = 'buy' | 'sell' | 'hold';

/** One answer of those that decide together. */
export interface Vote {
  /** Who gave it: a model's name. */
  readonly voter: string;
  readonly recommendation: Recommendation;
  /** 0 to 1. */
  readonly confidence: number;
  /** How much it counts in a weighted vote, above 0. */
  readonly weight: number;
}

export interface VoteRules {
  readonly kind: 'majority' | 'unanimous' | 'weighted';
  /** What an answer does that is the only one: `follow` takes it from a confidence of 0.55 on. */
  readonly alone: 'follow' | 'no-trade';
}

export interface VoteResult {
  readonly recommendation: Recommendation;
  /** 0 to 1; undefined where nothing came of it. */
  readonly confidence: number | undefined;
  /** A sentence that names the rule that decided. */
  readonly why: string;
  /** The answers that say what was decided, and the others: dissent is kept. */
  readonly agreeing: readonly Vote[];
  readonly dissenting: readonly Vote[];
}

/** The confidence from which on answers decide: their mean, or their score. */
export const SURE_ENOUGH = 0.6;
/** That of an answer which is the only one. */
export const SURE_ENOUGH_ALONE = 0.55;
/** By how much the surer of two equal shares must be surer. */
export const CLEARLY_SURER = 0.2;
/** What sums of decimals are off by: 0.75 - 0.55 is 0.2 here. */
const ROUNDING = 1e-9;

/**
 * One recommendation out of several answers. An answer that did not come, or was of no use, is not among them.
 *
 * - One answer: `alone`.
 * - `majority`: a recommendation that more than half give wins when their mean confidence is at least 0.60. Where two
 *   recommendations share all answers equally, as two answers that differ do, the surer one (by mean) wins when it is surer
 *   by at least 0.20 and has at least 0.60. Everything else holds: three that all differ, two of four against one and one.
 * - `unanimous`: all give the same, with a mean confidence of at least 0.60.
 * - `weighted`: the score of a recommendation is the sum of confidence x weight of those that give it over the weights of
 *   all; the highest wins from 0.60 on, and a tie at the top holds.
 *
 * To hold is a recommendation like the others and wins by the same rules; what else is not decided holds too.
 */
export function decideVote(votes: readonly Vote[], rules: VoteRules): VoteResult {
  const [first] = votes;
  if (first === undefined) return holds(votes, 'no answer came that could be used');
  if (votes.length === 1) return aloneVote(first, rules);
  switch (rules.kind) {
    case 'majority':
      return majorityVote(votes);
    case 'unanimous':
      return unanimousVote(votes);
    case 'weighted':
      return weightedVote(votes);
    default:
      return unreachable(rules.kind);
  }
}

function aloneVote(vote: Vote, { alone }: VoteRules): VoteResult {
  if (alone === 'no-trade') return holds([vote], 'a single answer may not decide');
  if (!atLeast(vote.confidence, SURE_ENOUGH_ALONE)) {
    return holds([vote], `the only answer has a confidence of ${shown(vote.confidence)}, under ${SURE_ENOUGH_ALONE}`);
  }
  return decided([vote], vote.recommendation, vote.confidence, 'the only answer is sure enough');
}

function majorityVote(votes: readonly Vote[]): VoteResult {
  const camps = campsOf(votes);
  const leader = camps.find(({ members }) => members.length * 2 > votes.length);
  if (leader !== undefined) return sureEnough(votes, leader, `${leader.members.length} of ${votes.length} agree`);
  const [one, other, ...others] = camps;
  if (one === undefined || other === undefined || others.length > 0 || one.members.length !== other.members.length) {
    return holds(votes, 'no recommendation has more than half of the answers');
  }
  const [surer, less] = one.mean >= other.mean ? [one, other] : [other, one];
  const gap = surer.mean - less.mean;
  if (!atLeast(gap, CLEARLY_SURER)) {
    return holds(votes, `the answers differ and the surer one leads by ${shown(gap)}, under ${CLEARLY_SURER}`);
  }
  return sureEnough(votes, surer, `the answers differ and one is surer by ${shown(gap)}`);
}

function unanimousVote(votes: readonly Vote[]): VoteResult {
  const [camp, ...others] = campsOf(votes);
  if (others.length > 0) return holds(votes, 'the answers differ and must all be the same');
  return sureEnough(votes, camp!, `all ${votes.length} agree`);
}

function weightedVote(votes: readonly Vote[]): VoteResult {
  const total = votes.reduce((sum, { weight }) => sum + weight, 0);
  const scores = campsOf(votes)
    .map(({ recommendation, members }) => ({
      recommendation,
      score: members.reduce((sum, { confidence, weight }) => sum + confidence * weight, 0) / total,
    }))
    .toSorted((a, b) => b.score - a.score);
  const [best, next] = scores;
  if (next !== undefined && Math.abs(best!.score - next.score) <= ROUNDING) {
    return holds(votes, `${best!.recommendation} and ${next.recommendation} score the same, ${shown(best!.score)}`);
  }
  const { recommendation, score } = best!;
  if (!atLeast(score, SURE_ENOUGH)) {
    return holds(votes, `${recommendation} scores highest with ${shown(score)}, under ${SURE_ENOUGH}`);
  }
  return decided(votes, recommendation, score, `${recommendation} scores ${shown(score)}`);
}

/** Answers that recommend the same. */
interface Camp {
  readonly recommendation: Recommendation;
  readonly members: readonly Vote[];
  /** Of their confidences. */
  readonly mean: number;
}

function campsOf(votes: readonly Vote[]): Camp[] {
  return (['buy', 'sell', 'hold'] as const).flatMap((recommendation) => {
    const members = votes.filter((vote) => vote.recommendation === recommendation);
    if (members.length === 0) return [];
    return [
      { recommendation, members, mean: members.reduce((sum, vote) => sum + vote.confidence, 0) / members.length },
    ];
  });
}

function sureEnough(votes: readonly Vote[], { recommendation, mean }: Camp, why: string): VoteResult {
  if (!atLeast(mean, SURE_ENOUGH)) {
    return holds(votes, `${why} on ${recommendation} with a confidence of ${shown(mean)}, under ${SURE_ENOUGH}`);
  }
  return decided(votes, recommendation, mean, `${why} on ${recommendation} with a confidence of ${shown(mean)}`);
}

function decided(votes: readonly Vote[], recommendation: Recommendation, confidence: number, why: string): VoteResult {
  const agrees = (vote: Vote) => vote.recommendation === recommendation;
  return {
    recommendation,
    confidence,
    why,
    agreeing: votes.filter(agrees),
    dissenting: votes.filter((vote) => !agrees(vote)),
  };
}

function holds(votes: readonly Vote[], why: string): VoteResult {
  return { ...decided(votes, 'hold', 0, why), confidence: undefined };
}

function atLeast(value: number, least: number): boolean {
  return value >= least - ROUNDING;
}

function shown(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

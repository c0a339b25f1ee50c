import { describe, expect, test } from 'vitest';
import { decideVote, type Recommendation, type Vote, type VoteRules } from './votes.ts';

/** `buy 0.7` or, with a weight, `buy 0.7 x 2`. */
function votesOf(text: string): Vote[] {
  return text
    .split(',')
    .filter((one) => one.trim() !== '')
    .map((one, k) => {
      const [recommendation, confidence, , weight = '1'] = one.trim().split(' ');
      return {
        voter: `model ${k + 1}`,
        recommendation: recommendation as Recommendation,
        confidence: Number(confidence),
        weight: Number(weight),
      };
    });
}

function outcome(text: string, kind: VoteRules['kind'], alone: VoteRules['alone'] = 'follow'): string {
  const { recommendation, confidence } = decideVote(votesOf(text), { kind, alone });
  return confidence === undefined ? 'nothing' : `${recommendation} ${Math.round(confidence * 1000) / 1000}`;
}

describe('a majority', () => {
  test.each([
    { votes: 'buy 0.6, buy 0.6', is: 'buy 0.6', name: 'equal answers at exactly the least mean' },
    { votes: 'buy 0.4, buy 0.8', is: 'buy 0.6', name: 'it is the mean that counts' },
    { votes: 'buy 0.58, buy 0.61', is: 'nothing', name: 'equal answers that are not sure enough' },
    { votes: 'sell 0.9, sell 0.7', is: 'sell 0.8', name: 'sells as buys' },
    { votes: 'hold 0.9, hold 0.9', is: 'hold 0.9', name: 'all hold' },
    { votes: 'buy 0.75, sell 0.55', is: 'buy 0.75', name: 'the surer one, exactly far enough ahead' },
    { votes: 'buy 0.75, sell 0.56', is: 'nothing', name: 'the surer one, not far enough ahead' },
    { votes: 'sell 0.55, buy 0.3', is: 'nothing', name: 'far ahead, and not sure enough' },
    { votes: 'sell 0.6, buy 0.4', is: 'sell 0.6', name: 'far ahead, and exactly sure enough' },
    { votes: 'hold 0.9, buy 0.6', is: 'hold 0.9', name: 'to hold may be the surer one' },
    { votes: 'buy 0.9, hold 0.6', is: 'buy 0.9', name: 'and so may a side be against it' },
    { votes: 'buy 0.7, sell 0.7', is: 'nothing', name: 'equally sure' },
    { votes: 'buy 0.6, buy 0.6, sell 1', is: 'buy 0.6', name: 'two of three, however sure the third' },
    { votes: 'buy 0.5, buy 0.6, sell 0.1', is: 'nothing', name: 'two of three that are not sure enough' },
    { votes: 'buy 0.9, sell 0.2, hold 0.2', is: 'nothing', name: 'three that all differ' },
    { votes: 'buy 0.9, buy 0.8, sell 0.6, sell 0.7', is: 'buy 0.85', name: 'two against two: the surer mean' },
    { votes: 'buy 0.9, buy 0.8, sell 0.7, sell 0.7', is: 'nothing', name: 'two against two, too near' },
    { votes: 'buy 0.9, buy 0.9, sell 0.2, hold 0.2', is: 'nothing', name: 'half is not more than half' },
    { votes: 'sell 0.7, sell 0.7, sell 0.7, buy 0.9, hold 0.9', is: 'sell 0.7', name: 'three of five' },
  ])('$name: $votes', ({ votes, is }) => {
    expect(outcome(votes, 'majority')).toBe(is);
  });
});

describe('all of one mind', () => {
  test.each([
    { votes: 'buy 0.6, buy 0.6', is: 'buy 0.6' },
    { votes: 'buy 0.5, buy 0.69', is: 'nothing' },
    { votes: 'buy 0.9, buy 0.9, hold 0.9', is: 'nothing' },
    { votes: 'sell 0.7, sell 0.8, sell 0.9', is: 'sell 0.8' },
    { votes: 'hold 0.7, hold 0.7', is: 'hold 0.7' },
  ])('$votes', ({ votes, is }) => {
    expect(outcome(votes, 'unanimous')).toBe(is);
  });
});

describe('a weighted vote', () => {
  test.each([
    { votes: 'buy 0.9 x 2, sell 0.6 x 1', is: 'buy 0.6', name: 'exactly enough' },
    { votes: 'buy 0.89 x 2, sell 0.6 x 1', is: 'nothing', name: 'just under it' },
    { votes: 'buy 0.9 x 1, sell 0.9 x 1', is: 'nothing', name: 'a tie' },
    { votes: 'buy 0.9 x 1, sell 0.45 x 2', is: 'nothing', name: 'a tie of score, not of count' },
    { votes: 'buy 0.9 x 3, sell 0.9 x 1', is: 'buy 0.675', name: 'the weights of all count below' },
    { votes: 'buy 0.8 x 1, buy 0.7 x 1, sell 1 x 0.2', is: 'buy 0.682', name: 'those that agree add up' },
    { votes: 'hold 1 x 3, buy 1 x 1', is: 'hold 0.75', name: 'to hold scores as a side does' },
  ])('$name: $votes', ({ votes, is }) => {
    expect(outcome(votes, 'weighted')).toBe(is);
  });
});

test.each([
  { votes: 'buy 0.55', alone: 'follow', is: 'buy 0.55' },
  { votes: 'buy 0.54', alone: 'follow', is: 'nothing' },
  { votes: 'buy 0.99', alone: 'no-trade', is: 'nothing' },
  { votes: '', alone: 'follow', is: 'nothing' },
] as const)('an answer that is the only one ($alone): $votes', ({ votes, alone, is }) => {
  for (const kind of ['majority', 'unanimous', 'weighted'] as const) expect(outcome(votes, kind, alone)).toBe(is);
});

test('dissent is kept, and the rule that decided is said', () => {
  const { agreeing, dissenting, why } = decideVote(votesOf('buy 0.9, sell 0.6'), { kind: 'majority', alone: 'follow' });
  expect(agreeing.map(({ voter }) => voter)).toEqual(['model 1']);
  expect(dissenting.map(({ voter }) => voter)).toEqual(['model 2']);
  expect(why).toBe('the answers differ and one is surer by 0.3 on buy with a confidence of 0.9');
});

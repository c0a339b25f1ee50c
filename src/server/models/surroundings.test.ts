import { expect, test } from 'vitest';
import { nothingKnown } from '#adapters/context/nothing-known.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { keptSurroundings, surroundingsOf } from './surroundings.ts';

const [BTC, ETH] = ['BTC/USDT', 'ETH/USDT'] as MarketSymbol[];

test('whoever only looks asks once a minute for a symbol, however often, and each symbol for itself', async () => {
  const asked: MarketSymbol[] = [];
  const kept = keptSurroundings({
    around: async (symbol) => {
      asked.push(symbol);
      return nothingKnown(`of ${symbol}`).around(symbol);
    },
  });
  const all = await Promise.all([BTC!, BTC!, ETH!, BTC!].map((symbol) => kept.around(symbol)));
  expect(asked).toEqual([BTC, ETH]);
  expect(all.map(({ funding }) => funding.kind === 'missing' && funding.why)).toEqual(
    [BTC, BTC, ETH, BTC].map((symbol) => `of ${symbol}`),
  );
});

test('of a market that is invented nothing is known, and nobody is asked', async () => {
  const source = await surroundingsOf({ simulated: true }, () => Promise.reject(new Error('asked')));
  expect((await source.around(BTC!)).funding).toEqual({ kind: 'missing', why: 'the market is not a real one' });
});

import { expect, test } from 'vitest';
import { type Book, bookChange, bookChecksum, type Level } from './book.ts';

const levels = (text: string): Level[] => {
  return text.split(' ').map((level) => ({ price: level.split('@')[1]!, quantity: level.split('@')[0]! }));
};

/** The example in Kraken's guide. */
const GUIDE: Book = {
  asks: levels(
    '0.00100000@45285.2 1.54571953@45286.4 1.54571109@45286.6 1.54560911@45289.6 0.15890660@45290.2 1.54553491@45291.8 0.04454749@45294.7 0.35380000@45296.1 0.09945542@45297.5 0.18772827@45299.5',
  ),
  bids: levels(
    '0.10000000@45283.5 1.54582015@45283.4 0.10000000@45282.1 0.10000000@45281.0 1.54592586@45280.3 0.07990000@45279.0 0.03310103@45277.6 0.30000000@45277.5 1.54602737@45277.3 0.15445238@45276.6',
  ),
};

test('the checksum is that of the example in the guide', () => {
  expect(bookChecksum(GUIDE)).toBe(3310070434);
});

test('only the ten best levels of a side count', () => {
  const deeper = { ...GUIDE, asks: [...GUIDE.asks, ...levels('1@45300.0')] };
  expect(bookChecksum(deeper)).toBe(bookChecksum(GUIDE));
});

test('a change names what is gone, what is new and what differs', () => {
  const from = { bids: levels('1@100 2@99 3@98'), asks: levels('1@101') };
  const to = { bids: levels('2@99 4@98 1@97'), asks: levels('1@101') };
  expect(bookChange(from, to)).toEqual({ bids: levels('0@100 4@98 1@97'), asks: [] });
});

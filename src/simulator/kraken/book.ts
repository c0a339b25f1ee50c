import { crc32 } from 'node:zlib';
import { hash53 } from '#core/orders.ts';
import { KRAKEN_CHECKSUM_LEVELS } from '#protocols/kraken.ts';
import { LOT_DECIMALS, type Pair } from './pairs.ts';

/** A price level: decimal texts. */
export interface Level {
  readonly price: string;
  readonly quantity: string;
}

/** Best first. */
export interface Book {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

const LEAST_LOTS = 1_000_000;
const MOST_LOTS = 200_000_000;

/**
 * The book around a price: bids from one step below it downward, asks from one step above it upward, a level for each step.
 * How much lies at a level is decided by its price, so that levels stay as they are while the price moves among them.
 */
export function bookAround(pair: Pair, last: number, depth: number): Book {
  const scale = 10 ** pair.decimals;
  const steps = Math.round(last * scale);
  const level = (side: string, at: number): Level => {
    const lots = LEAST_LOTS + (hash53(`${pair.id} ${side} ${at}`) % MOST_LOTS);
    return { price: (at / scale).toFixed(pair.decimals), quantity: (lots / 10 ** LOT_DECIMALS).toFixed(LOT_DECIMALS) };
  };
  const levels = Array.from({ length: depth }, (_, k) => k);
  return {
    bids: levels.filter((k) => steps > k + 1).map((k) => level('bid', steps - 1 - k)),
    asks: levels.map((k) => level('ask', steps + 1 + k)),
  };
}

/** What changes one book into another: levels that are new or differ, and those that are gone with quantity 0. */
export function bookChange(from: Book, to: Book): Book {
  return { bids: changed(from.bids, to.bids), asks: changed(from.asks, to.asks) };
}

function changed(from: readonly Level[], to: readonly Level[]): readonly Level[] {
  const before = new Map(from.map(({ price, quantity }) => [price, quantity]));
  const after = new Set(to.map(({ price }) => price));
  const gone = from.filter(({ price }) => !after.has(price));
  return [
    ...gone.map(({ price }) => ({ price, quantity: '0' })),
    ...to.filter(({ price, quantity }) => before.get(price) !== quantity),
  ];
}

/**
 * The checksum that comes with each message of a book: CRC-32 over the ten best asks and then bids, prices and quantities
 * without their point and leading zeros.
 * @see https://docs.kraken.com/api/docs/guides/spot-ws-book-v2
 */
export function bookChecksum({ bids, asks }: Book): number {
  const digits = (text: string) => text.replace('.', '').replace(/^0+/, '');
  const best = [...asks.slice(0, KRAKEN_CHECKSUM_LEVELS), ...bids.slice(0, KRAKEN_CHECKSUM_LEVELS)];
  return crc32(best.map(({ price, quantity }) => digits(price) + digits(quantity)).join(''));
}

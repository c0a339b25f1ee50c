import { z } from 'zod';
import type { MarketSymbol } from '#core/instruments.ts';
import { SeriesUnavailable } from '#ports/market-data.ts';

/**
 * What the volume of a candle counts where a linear contract is not of one unit of its base, as CCXT 4.5.84 reads it. Only
 * what is documented, or follows from a recorded answer, whose turnover is contracts times size times price.
 */
const COUNTED: Readonly<Record<string, 'base' | 'contracts'>> = {
  // Its "volCcy" is taken, which counts the base; "vol" would count contracts. @see ccxt/ccxt#17177
  okx: 'base',
  okxus: 'base',
  myokx: 'base',
  blofin: 'base',
  // "v: size volume (contract size)". @see gateapi-python's FuturesCandlestick.md, and ccxt/ccxt#18941
  gate: 'contracts',
  // 1740 contracts of 0.01 ETH at 3,493 for 60,793 USDT.
  mexc: 'contracts',
  // 312,931 contracts of 0.0001 BTC at 22,447 for 702,462 USDT.
  xt: 'contracts',
  // 44 contracts of 0.001 BTC at 84,262 for 3,708 USDT.
  poloniex: 'contracts',
};

/** Of what counts otherwise nothing is traded here: see `instrumentFrom`. */
const Contract = z.object({
  contract: z.literal(true),
  inverse: z.literal(false).nullish(),
  contractSize: z.number().positive(),
});

/**
 * How much of its base a unit of the volume of a symbol's candles is.
 * @param markets As CCXT describes them, by symbol.
 * @throws SeriesUnavailable for contracts of which nobody can tell: a volume that is off by their size would mislead.
 */
export function volumeUnit(
  { id, name }: { readonly id: string; readonly name: string },
  markets: unknown,
  symbol: MarketSymbol,
): number {
  const listed = typeof markets === 'object' && markets !== null && Object.hasOwn(markets, symbol);
  const read = Contract.safeParse(listed ? Reflect.get(markets, symbol) : undefined);
  if (!read.success || read.data.contractSize === 1) return 1;
  const { contractSize } = read.data;
  const counted = COUNTED[id];
  if (counted !== undefined) return counted === 'contracts' ? contractSize : 1;
  throw new SeriesUnavailable(
    `Cannot use candles of ${symbol} from ${name} as it must be known whether their volume counts contracts, which are of ` +
      `${contractSize} each: it is not; take another exchange, or what ${name} trades outright`,
  );
}

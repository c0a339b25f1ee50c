import fc from 'fast-check';
import type { MarketSymbol } from '#core/instruments.ts';
import { GENERIC_TIERS } from '#core/margin/generic-tiers.ts';
import { BINANCE, BYBIT, genericModel } from '#core/margin/models.ts';
import type { Ratio } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import type { MarginSetup } from '#server/accounts/contracts.ts';
import { anyMarginBot, anyWalk } from './any-bot.ts';
import { MONDAY } from './candles.ts';
import { instrumentOf } from './instruments.ts';

const TIMEFRAME = '1h';
const HOUR = 3_600_000;
const COUNT = 40;
const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'] as MarketSymbol[];
export const INSTRUMENTS = SYMBOLS.map((symbol) => instrumentOf({ symbol, lot: '0.001' }));

/** Positions on one wallet that runs out, funding every few hours and interest at the end of the day. */
export const anyMarginCase = fc.integer({ min: 1, max: 3 }).chain((count) => {
  const symbols = SYMBOLS.slice(0, count);
  const rates = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 8, maxLength: 8 });
  return fc.record({
    bot: anyMarginBot(symbols, TIMEFRAME),
    walks: fc.tuple(...symbols.map(() => anyWalk(COUNT, TIMEFRAME))),
    margin: fc
      .tuple(fc.constantFrom(BYBIT, BINANCE, genericModel()), rates, fc.constantFrom(0n, 10n ** 9n))
      .map(([model, perMille, dailyInterest]): MarginSetup => {
        const funding = perMille.map((rate, k) => ({
          at: (MONDAY + (k + 1) * 4.5 * HOUR) as EpochMs,
          rate: (BigInt(rate) * 10n ** 9n) as Ratio,
        }));
        const contracts = new Map(symbols.map((symbol) => [symbol, { tiers: GENERIC_TIERS, funding }]));
        return { model, dailyInterest: dailyInterest as Ratio, contracts };
      }),
  });
});

import { z } from 'zod';
import { DECIMALS, decimalPlaces, formatDecimal, type Money, money, type Price, price, quantity } from '#core/money.ts';
import type { EpochMs } from '#core/time.ts';
import type { VenueInstrument } from '#ports/venue.ts';
import { ALPACA_MIN_NOTIONAL, ALPACA_QUANTITY_DECIMALS } from '#protocols/alpaca.ts';
import { decoded, PositivePrice, PositiveQuantity, rowsOf, WireTime } from './decode.ts';
import { type AlpacaSymbols, isPair, SETTLEMENT } from './symbols.ts';

const CENT = price('0.01');
const BELOW_A_DOLLAR = price('0.0001');
const FINE_LOT = quantity(`0.${'1'.padStart(ALPACA_QUANTITY_DECIMALS, '0')}`);
/** Of shares under a dollar: tick and lot have twelve decimals together with us. */
const LOT_BELOW_A_DOLLAR = quantity('0.00000001');

const Asset = z.object({
  class: z.string(),
  symbol: z.string(),
  status: z.string(),
  tradable: z.boolean(),
  shortable: z.boolean(),
  easy_to_borrow: z.boolean(),
  fractionable: z.boolean(),
});

const Coin = z.object({
  min_order_size: PositiveQuantity,
  min_trade_increment: PositiveQuantity,
  price_increment: PositivePrice,
});

/** What Alpaca lists of coins that are paid in dollars. @throws AnswerRefused */
export function pairsFrom(answer: unknown): string[] {
  return rowsOf(answer, 'coins')
    .map((row) => decoded(Asset, row, 'an asset').symbol)
    .filter(isPair);
}

/** An asset that is traded here. @param tick Of a share, as `shareTickFrom` tells it. @throws AnswerRefused */
export function instrumentFrom(answer: unknown, symbols: AlpacaSymbols, tick = CENT): VenueInstrument | undefined {
  const asset = decoded(Asset, answer, 'an asset');
  const symbol = symbols.market(asset.symbol);
  const isCoin = asset.class === 'crypto';
  if (symbol === undefined || symbols.isCoin(symbol) !== isCoin) return undefined;
  if (!isCoin && asset.class !== 'us_equity') return undefined;
  const steps = isCoin ? coinSteps(decoded(Coin, answer, 'a coin')) : shareSteps(asset.fractionable, tick);
  const places = [steps.tick, steps.lot].map((step) => decimalPlaces(formatDecimal(step)));
  if (places[0]! + places[1]! > DECIMALS) return undefined;
  return {
    symbol,
    base: symbol.slice(0, symbol.indexOf('/')),
    quote: SETTLEMENT,
    ...steps,
    calendar: isCoin ? 'always' : 'us-stocks',
    venueSymbol: asset.symbol,
    isTradable: asset.tradable && asset.status === 'active',
    isShortable: asset.shortable && asset.easy_to_borrow,
    maxLeverage: undefined,
  };
}

type Steps = Pick<VenueInstrument, 'tick' | 'lot' | 'minQuantity' | 'minNotional'>;

/** Parts of a share are taken from a dollar's worth on. @see https://docs.alpaca.markets/us/docs/fractional-trading */
function shareSteps(isFractionable: boolean, tick: Price): Steps {
  const fine = tick === CENT ? FINE_LOT : LOT_BELOW_A_DOLLAR;
  const lot = isFractionable ? fine : quantity('1');
  return {
    tick,
    lot,
    minQuantity: lot,
    minNotional: isFractionable ? money(ALPACA_MIN_NOTIONAL.us_equity) : (0n as Money),
  };
}

function coinSteps(coin: z.output<typeof Coin>): Steps {
  return {
    tick: coin.price_increment,
    lot: coin.min_trade_increment,
    minQuantity: coin.min_order_size,
    minNotional: money(ALPACA_MIN_NOTIONAL.crypto),
  };
}

const LatestTrade = z.object({ trade: z.object({ p: z.number().positive() }).nullish() });

/** The step of a share's prices, which goes by where it traded last, if it ever did. @throws AnswerRefused */
export function shareTickFrom(answer: unknown): Price {
  const { trade } = decoded(LatestTrade, answer, 'a last trade');
  return trade && trade.p < 1 ? BELOW_A_DOLLAR : CENT;
}

const ClockRow = z.object({ timestamp: WireTime, is_open: z.boolean() });

export interface MarketClock {
  readonly at: EpochMs;
  /** Whether shares trade now, in regular hours. */
  readonly isOpen: boolean;
}

/** @throws AnswerRefused */
export function clockFrom(answer: unknown): MarketClock {
  const { timestamp, is_open } = decoded(ClockRow, answer, 'the clock');
  return { at: timestamp, isOpen: is_open };
}

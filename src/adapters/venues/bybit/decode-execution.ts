import { z } from 'zod';
import { type Money, ONE, type Quantity } from '#core/money.ts';
import type { FillReport, FundingReport } from '#ports/venue.ts';
import { AnswerRefused } from '../../calls/answer-refused.ts';
import {
  AnyMoney,
  AnyRatio,
  decoded,
  OptionalId,
  PositivePrice,
  PositiveQuantity,
  WireSide,
  WireTime,
} from './decode.ts';
import { marketSymbol, SETTLEMENT } from './symbols.ts';

/**
 * What an execution is: Bybit tells trades and funding in one list.
 * @see bybit-exchange/docs@072c197d docs/v5/enum.mdx execType
 */
const KINDS = {
  Trade: 'trade',
  BlockTrade: 'trade',
  MovePosition: 'trade',
  FutureSpread: 'trade',
  // Taken over at the bankruptcy price, reduced for somebody else's liquidation, ended by a delisting.
  BustTrade: 'liquidation',
  AdlTrade: 'liquidation',
  Delivery: 'liquidation',
  Funding: 'funding',
} as const;

const ExtraFees = z.union([
  z.literal('').transform(() => []),
  z.array(z.object({ feeCoin: z.string(), fee: AnyMoney })),
]);

const ExecutionRow = z.object({
  execId: z.string().min(1),
  // Funding is of no order.
  orderId: z.string(),
  orderLinkId: OptionalId,
  symbol: z.string(),
  side: WireSide,
  execType: z.enum(Object.keys(KINDS) as [keyof typeof KINDS]),
  execPrice: PositivePrice,
  execQty: PositiveQuantity,
  execTime: WireTime,
  execFee: AnyMoney,
  feeRate: AnyRatio,
  feeCurrency: z.string().nullish(),
  extraFees: ExtraFees.nullish(),
  isMaker: z.boolean(),
  category: z.string().optional(),
});

type ExecutionRow = z.output<typeof ExecutionRow>;

/** Names a row before it is read whole: those of other contracts have fields of their own. */
const Foreign = z.object({ symbol: z.string(), category: z.string().optional() });

export type Executed =
  | { readonly kind: 'fill'; readonly fill: FillReport }
  | { readonly kind: 'funding'; readonly funding: FundingReport };

/** @returns undefined for an execution of another kind of contract. @throws AnswerRefused */
export function executedFrom(answer: unknown): Executed | undefined {
  const foreign = decoded(Foreign, answer, 'an execution');
  const symbol = marketSymbol(foreign.symbol);
  if (symbol === undefined || (foreign.category !== undefined && foreign.category !== 'linear')) return undefined;
  const row = decoded(ExecutionRow, answer, 'an execution');
  const kind = KINDS[row.execType];
  if (kind === 'funding') {
    const { execId: id, execTime: at, feeRate: rate, execPrice: mark, execFee } = row;
    // Bybit counts what is paid as positive.
    const amount = -execFee as Money;
    return { kind, funding: { id, symbol, kind, at, rate, mark, quantity: heldThen(row), amount } };
  }
  if (row.orderId === '') throw new AnswerRefused('a trade must name its order: it has no orderId');
  return {
    kind: 'fill',
    fill: {
      venueTradeId: row.execId,
      venueOrderId: row.orderId,
      clientOrderId: row.orderLinkId,
      symbol,
      side: row.side,
      price: row.execPrice,
      quantity: row.execQty,
      fee: feeOf(row),
      liquidity: row.isMaker ? 'maker' : 'taker',
      executedAt: row.execTime,
      kind,
    },
  };
}

/** In USDT. One that was paid in another coin costs what its rate says. */
function feeOf({ execFee, feeCurrency, execPrice, execQty, feeRate, extraFees }: ExecutionRow): Money {
  const isOurs = !feeCurrency || feeCurrency === SETTLEMENT;
  const fee = isOurs ? execFee : (execPrice * execQty * feeRate) / (ONE * ONE);
  const taxes = (extraFees ?? []).filter(({ feeCoin }) => feeCoin === SETTLEMENT).map((extra) => extra.fee);
  return taxes.reduce<bigint>((sum, tax) => sum + tax, fee) as Money;
}

/** The position that was charged, signed: a long pays what a positive rate takes. */
function heldThen({ execFee, feeRate, execQty, side }: ExecutionRow): Quantity {
  const isLong = execFee !== 0n && feeRate !== 0n ? execFee > 0n === feeRate > 0n : side === 'buy';
  return (isLong ? execQty : -execQty) as Quantity;
}

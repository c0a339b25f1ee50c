import { z } from 'zod';
import { price, quantity, ratio } from '#core/money.ts';
import { epochMs } from '#core/time.ts';
import { AnswerRefused } from '../../calls/answer-refused.ts';
import { exact, moneyDown } from '../wire-decimals.ts';

const isPositive = (value: bigint) => value > 0n;
const isNotNegative = (value: bigint) => value >= 0n;
const AbsentPrice = z.union([z.null(), z.literal(''), z.string().regex(/^0(\.0+)?$/)]).transform(() => undefined);

export const PositivePrice = exact(price).refine(isPositive, 'must be above 0');
/** Undefined for "", "0", "0.00" and null. */
export const OptionalPrice = z.union([AbsentPrice, PositivePrice]).optional();
export const PositiveQuantity = exact(quantity).refine(isPositive, 'must be above 0');
export const AnyQuantity = exact(quantity).refine(isNotNegative, 'must not be negative');
/** Of the notional, as rates of fees are kept; negative is a rebate. */
export const AnyFraction = exact(quantity);
export const AnyMoney = exact(moneyDown);
export const AnyRatio = exact(ratio);
export const WireSide = z.enum(['Buy', 'Sell']).transform((side) => (side === 'Buy' ? 'buy' : 'sell'));
/** UTC ms as text. */
export const WireTime = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform((text) => epochMs(Number(text)));
/** Ids of either side: "" is none. */
export const OptionalId = z
  .string()
  .nullish()
  .transform((id) => (id ? id : undefined));

/** @throws AnswerRefused with the rule that an answer breaks. @param what "a position must ..." */
export function decoded<Schema extends z.ZodType>(schema: Schema, answer: unknown, what: string): z.output<Schema> {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const at = issue!.path.map(String).join('.').slice(0, 60);
  throw new AnswerRefused(
    `${what} must be as Bybit documents it: ${at ? `${at} ` : ''}${issue!.message.slice(0, 160)}`,
  );
}

const List = z.object({ list: z.array(z.unknown()), nextPageCursor: z.string().nullish() });

/** Rows of an answer, and the cursor of the next ones. @throws AnswerRefused for an answer without its list */
export function rowsOf(result: unknown, what: string): { rows: readonly unknown[]; cursor: string | undefined } {
  const { list, nextPageCursor } = decoded(List, result, `a list of ${what}`);
  return { rows: list, cursor: nextPageCursor ? nextPageCursor : undefined };
}

const Envelope = z.object({ retCode: z.number().int(), result: z.unknown() });
const Limit = z.object({
  rateLimitApi: z.object({
    remainingRequests: z.number().nonnegative(),
    maxRequests: z.number().positive(),
    resetAtTimestamp: z.number(),
  }),
});

/** What every answer comes in. */
export interface BybitAnswer {
  readonly code: number;
  readonly result: unknown;
  /** What the headers tell of this account's limit; undefined where they tell nothing. */
  readonly limit: { readonly left: number; readonly most: number; readonly wholeAt: number } | undefined;
}

/** @throws AnswerRefused for a page of HTML, a cut answer, anything without a return code. */
export function answerFrom(answer: unknown): BybitAnswer {
  const { retCode: code, result } = decoded(Envelope, answer, 'an answer');
  const headers = Limit.safeParse(answer);
  const limit = headers.success ? headers.data.rateLimitApi : undefined;
  return {
    code,
    result,
    limit: limit && { left: limit.remainingRequests, most: limit.maxRequests, wholeAt: limit.resetAtTimestamp },
  };
}

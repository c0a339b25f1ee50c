import { z } from 'zod';
import { type Price, price, quantity } from '#core/money.ts';
import { type EpochMs, epochMs } from '#core/time.ts';
import { AnswerRefused } from '../../calls/answer-refused.ts';
import { exact as exactText, moneyDown } from '../wire-decimals.ts';

/** Text, as Alpaca answers; older answers have numbers. */
const Told = z.union([z.string(), z.number().transform(String)]);
const exact = <Value extends bigint>(read: (text: string) => Value) => exactText(read, Told);

const isPositive = (value: bigint) => value > 0n;
const Absent = z.union([z.null(), z.literal('')]).transform(() => undefined);

export const PositivePrice = exact(price).refine(isPositive, 'must be above 0');
/** Undefined for what is not there. */
export const OptionalPrice = z.union([Absent, PositivePrice]).optional();
/** Of several fills: with as many decimals as it takes, cut to what prices are kept in. */
export const AveragePrice = exact((text) => moneyDown(text) as bigint as Price).refine(isPositive, 'must be above 0');
export const PositiveQuantity = exact(quantity).refine(isPositive, 'must be above 0');
export const OptionalQuantity = z.union([Absent, PositiveQuantity]).optional();
export const NotNegativeQuantity = exact(quantity).refine((value) => value >= 0n, 'must not be negative');
/** Negative for what is sold short. */
export const AnyQuantity = exact(quantity);
export const AnyMoney = exact(moneyDown);
export const WireSide = z.enum(['buy', 'sell']);
export const OptionalId = z
  .string()
  .nullish()
  .transform((id) => (id ? id : undefined));

/** RFC 3339 with up to nine decimals of a second, in UTC or with an offset. */
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
const MS_DIGITS = 3;

/** UTC ms; what is finer is cut off. */
export const WireTime = z.string().transform((text, context): EpochMs => {
  const [, second, fraction = '', zone] = TIME.exec(text) ?? [];
  const at = Date.parse(`${second}.${fraction.padEnd(MS_DIGITS, '0').slice(0, MS_DIGITS)}${zone}`);
  if (Number.isSafeInteger(at) && at >= 0) return epochMs(at);
  context.addIssue({ code: 'custom', message: `must be a time: it is ${JSON.stringify(text.slice(0, 40))}` });
  return z.NEVER;
});

/** @throws AnswerRefused with the rule that an answer breaks. @param what "a position must ..." */
export function decoded<Schema extends z.ZodType>(schema: Schema, answer: unknown, what: string): z.output<Schema> {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const at = issue!.path.map(String).join('.').slice(0, 60);
  throw new AnswerRefused(
    `${what} must be as Alpaca documents it: ${at ? `${at} ` : ''}${issue!.message.slice(0, 160)}`,
  );
}

/** The rows of a list. @throws AnswerRefused for anything that is none: an error is never an empty list. */
export function rowsOf(answer: unknown, what: string): readonly unknown[] {
  return decoded(z.array(z.unknown()), answer, `a list of ${what}`);
}

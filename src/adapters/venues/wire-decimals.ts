import { z } from 'zod';
import { DECIMALS, type Money, money } from '#core/money.ts';

/**
 * How venues write numbers: as text, with as many zeros at the end as they like. Whatever cannot be read makes the whole
 * answer unusable: an error is never a zero.
 */
const NUMBER = /^-?\d{1,30}(\.\d{1,40})?$/;
/** Beyond it a value is no market's: it would not fit what is stored. */
const LONGEST_WHOLE = 18;

/**
 * A decimal, read exactly by `read`, which throws RangeError for what it cannot be.
 * @param text What is taken for one: text alone when left out.
 */
export function exact<Value extends bigint>(read: (text: string) => Value, text: z.ZodType<string> = z.string()) {
  return text.transform((told, context): Value => {
    try {
      return read(withoutIdleZeros(told));
    } catch {
      context.addIssue({
        code: 'custom',
        message: `must be a plain decimal: it is ${JSON.stringify(told.slice(0, 40))}`,
      });
      return z.NEVER;
    }
  });
}

/** @throws RangeError */
function withoutIdleZeros(text: string): string {
  if (!NUMBER.test(text)) throw new RangeError('no plain decimal');
  const [whole = '', fraction = ''] = text.split('.');
  if (whole.replace('-', '').length > LONGEST_WHOLE) throw new RangeError('out of range');
  const digits = fraction.replace(/0+$/, '');
  return digits === '' ? whole : `${whole}.${digits}`;
}

/** Cut down to what money is kept in: balances may be told with more decimals. */
export function moneyDown(text: string): Money {
  const plain = withoutIdleZeros(text);
  const [whole = '', fraction = ''] = plain.split('.');
  if (fraction.length <= DECIMALS) return money(plain);
  const cut = money(`${whole}.${fraction.slice(0, DECIMALS)}`);
  return (plain.startsWith('-') ? cut - 1n : cut) as Money;
}

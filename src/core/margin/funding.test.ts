import { expect, test } from 'vitest';
import { formatDecimal, price, quantity, ratio } from '../money.ts';
import { epochMs } from '../time.ts';
import { fundingHeld, fundingPayment } from './funding.ts';

test.each([
  // A recorded execution of Bybit's: 1.2 LTC at 72.25, rate 0.0001, execFee 0.00867.
  { name: 'a long pays a positive rate', units: '1.2', mark: '72.25', rate: '0.0001', payment: '-0.00867' },
  { name: 'a short receives it', units: '-1.2', mark: '72.25', rate: '0.0001', payment: '0.00867' },
  { name: 'a long receives a negative rate', units: '2', mark: '100', rate: '-0.0005', payment: '0.1' },
  { name: 'a short pays it', units: '-2', mark: '100', rate: '-0.0005', payment: '-0.1' },
  { name: 'what is paid is rounded up', units: '0.001', mark: '0.01', rate: '0.00000001', payment: '-0.000000000001' },
  { name: 'what is received is rounded down', units: '-0.001', mark: '0.01', rate: '0.00000001', payment: '0' },
  { name: 'nothing held', units: '0', mark: '100', rate: '0.0001', payment: '0' },
])('$name', ({ units, mark, rate, payment }) => {
  expect(formatDecimal(fundingPayment(quantity(units), price(mark), ratio(rate)))).toBe(payment);
});

test.each([
  { name: 'none before and after', openedAt: 1, closedAt: 799, held: [] },
  { name: 'one at the moment of opening', openedAt: 800, closedAt: 900, held: [800] },
  { name: 'one at the moment of closing', openedAt: 801, closedAt: 1600, held: [1600] },
  { name: 'all while it is open', openedAt: 0, closedAt: undefined, held: [0, 800, 1600] },
])('funding events: $name', ({ openedAt, closedAt, held }) => {
  const events = [0, 800, 1600].map((at) => ({ at: epochMs(at), rate: ratio('0.0001') }));
  const taken = fundingHeld(events, epochMs(openedAt), closedAt === undefined ? undefined : epochMs(closedAt));
  expect(taken.map(({ at }) => at)).toEqual(held);
});

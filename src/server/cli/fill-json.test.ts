import { expect, test } from 'vitest';
import { epochMs } from '#core/time.ts';
import { fillJson } from './fill-json.ts';

test('writes decimals with all their digits and nothing that it was not asked for', () => {
  const leg = 'stop';
  const liquidity = 'taker';
  const more = { accountId: 'a', sequence: 3 };
  const decimals = { quantity: '1.230', price: '30175.203411809', fee: '30.2' };
  const row = { ...more, time: epochMs(1_700_000_000_000), symbol: 'BTC/USDT', side: 'sell', ...decimals } as const;
  expect(JSON.stringify(fillJson({ ...row, leg, liquidity }))).toBe(
    '{"time":1700000000000,"symbol":"BTC/USDT","leg":"stop","side":"sell","quantity":1.230,' +
      '"price":30175.203411809,"fee":30.2,"liquidity":"taker"}',
  );
});

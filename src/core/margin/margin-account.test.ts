import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TermsText, termsOf, tiersOf } from '#tests/builders/margin.ts';
import { PROPERTY_RUNS } from '#tests/builders/property-runs.ts';
import { formatDecimal, type Money, money, type Price, price, type Quantity, quantity, ratio } from '../money.ts';
import { epochMs } from '../time.ts';
import { MarginAccount } from './margin-account.ts';
import { MarginWallet } from './margin-wallet.ts';
import { BINANCE, BYBIT, BYBIT_ENTRY, genericModel } from './models.ts';

const FEE = ratio('0.00055');
const TIERS = tiersOf(['300000', '0.0033', '150'], ['2000000', '0.005', '100']);

function accountOf(wallet: string, terms: TermsText = {}): MarginAccount {
  return new MarginAccount({
    wallet: new MarginWallet(money(wallet)),
    tiers: TIERS,
    terms: termsOf({ leverage: '20', taker: '0.00055', ...terms }),
  });
}

const seen = (account: MarginAccount) => ({
  wallet: formatDecimal(account.wallet),
  margin: formatDecimal(account.margin),
  free: formatDecimal(account.available(price('100000'))),
  liquidation: account.liquidationPrice() === undefined ? undefined : formatDecimal(account.liquidationPrice()!),
});

test('a long of 20x from entry through adding, funding and closing a half', () => {
  const account = accountOf('10000');
  account.fill(quantity('1'), price('100000'), FEE);
  // Fee 55; margin 100,000 / 20; closing fee locked 95,000 x 0.00055 = 52.25.
  // Liquidation (100,000 - 5,000) / 0.9967 = 95,314.538...
  expect(seen(account)).toEqual({ wallet: '9945', margin: '5000', free: '4892.75', liquidation: '95314.6' });

  account.fill(quantity('0.5'), price('97000'), FEE);
  // 48,500 more: fee 26.675, margin 2,425, closing fee 46,075 x 0.00055 = 25.34125.
  // (148,500 - 7,425) / (1.5 x 0.9967) = 94,361.392...
  expect(seen(account)).toEqual({ wallet: '9918.325', margin: '7425', free: '2415.73375', liquidation: '94361.4' });

  // 1.5 x 98,000 x 0.0001 = 14.7, from what is free.
  const event = { at: epochMs(1_700_000_000_000), rate: ratio('0.0001') };
  expect(formatDecimal(account.fund(event, price('98000')))).toBe('-14.7');
  expect(formatDecimal(account.fund(event, price('98000')))).toBe('0');
  expect(seen(account)).toEqual({ wallet: '9903.625', margin: '7425', free: '2401.03375', liquidation: '94361.4' });

  account.fill(quantity('-0.75'), price('101000'), FEE);
  // 75,750 - 74,250 of cost, fee 41.6625; half of the margin is free again, and half of the 77.59125 of closing fees.
  expect(seen(account)).toEqual({
    wallet: '11361.9625',
    margin: '3712.5',
    free: '7610.666875',
    liquidation: '94361.4',
  });
  expect(formatDecimal(account.realizedPnl)).toBe('1500');
  expect(formatDecimal(account.fees)).toBe('123.3375');
});

test('funding that nothing free can pay takes margin and brings the liquidation nearer', () => {
  const account = accountOf('5107.25');
  account.fill(quantity('1'), price('100000'), FEE);
  expect(seen(account)).toMatchObject({ free: '0', liquidation: '95314.6' });
  account.fund({ at: epochMs(1), rate: ratio('0.001') }, price('100000'));
  // 100 of 5,000 is gone: (100,000 - 4,900) / 0.9967 = 95,414.868...
  expect(seen(account)).toEqual({ wallet: '4952.25', margin: '4900', free: '0', liquidation: '95414.9' });
});

test.each([
  {
    name: 'a long of 20x at Bybit loses its margin and the closing fee',
    units: '1',
    limit: '95314.6',
    // 5,000 + 52.25
    end: { price: '95000', loss: '5052.25', fee: '52.25' },
  },
  {
    name: 'a short of 20x too',
    units: '-1',
    // (100,000 + 5,000) / 1.0033 = 104,654.639...; 105,000 x 0.00055
    limit: '104654.6',
    end: { price: '105000', loss: '5057.75', fee: '57.75' },
  },
  {
    name: 'a long at Bybit before September 2025',
    terms: { model: BYBIT_ENTRY },
    units: '1',
    // 100,000 - (5,000 - 330)
    limit: '95330',
    end: { price: '95000', loss: '5052.25', fee: '52.25' },
  },
  {
    name: 'at Binance no closing fee is locked',
    terms: { model: BINANCE },
    units: '1',
    limit: '95314.6',
    end: { price: '95000', loss: '5000', fee: '0' },
  },
  {
    name: 'in the generic model it is closed at the liquidation price',
    terms: { model: genericModel() },
    units: '1',
    // 95,000 / (1 - 0.0033 - 0.00055) = 95,367.163...; 4,632.8 lost, fee 95,367.2 x 0.00055
    limit: '95367.2',
    end: { price: '95367.2', loss: '4685.25196', fee: '52.45196' },
  },
  {
    name: 'cross margin at Bybit loses the wallet',
    terms: { marginMode: 'cross' },
    units: '1',
    // Wallet 9,945. (100,000 - 9,945) / (1 - 0.0033 - 0.00055 x 0.95) = 90,400.561...
    limit: '90400.6',
    // Nothing is left at 90,055 / 0.99945 = 90,104.557...
    end: { price: '90104.6', loss: '9945', fee: '49.55753' },
  },
  {
    name: 'a short in cross margin',
    terms: { marginMode: 'cross' },
    units: '-1',
    // 109,945 / (1 + 0.0033 + 0.00055 x 1.05) = 109,520.327...; 109,945 / 1.00055 = 109,884.563...
    limit: '109520.3',
    end: { price: '109884.5', loss: '9945', fee: '60.436475' },
  },
] as const)('liquidation: $name', ({ units, limit, end, ...rest }) => {
  const account = accountOf('10000', 'terms' in rest ? rest.terms : {});
  account.fill(quantity(units), price('100000'), FEE);
  const side = units === '1' ? 1n : -1n;
  const tick = 10n ** 11n;
  expect(formatDecimal(account.liquidationPrice()!)).toBe(limit);
  expect(account.isLiquidatedAt(price(limit))).toBe(true);
  expect(account.isLiquidatedAt((price(limit) + side * tick) as Price)).toBe(false);
  const wallet = account.wallet;
  const liquidation = account.liquidate();
  expect(liquidation).toEqual({
    quantity: quantity(units),
    price: price(end.price),
    loss: money(end.loss),
    fee: money(end.fee),
  });
  expect(account.wallet).toBe(wallet - money(end.loss));
  expect(account.position.quantity).toBe(0n);
  expect(account.margin).toBe(0n);
});

test('closing in a market that jumped loses what backed the position, and no more', () => {
  const account = accountOf('10000');
  account.fill(quantity('1'), price('100000'), FEE);
  account.fill(quantity('-1'), price('80000'), FEE);
  // -20,000 and 44 of fee, of which 5,052.25 are the account's.
  expect(seen(account)).toMatchObject({ wallet: '4892.75', margin: '0' });
  expect(formatDecimal(account.covered)).toBe('14991.75');
});

test('where no closing fee is locked, a jump takes only what is free and what the closed part had locked', () => {
  const account = accountOf('5055', { model: BINANCE });
  account.fill(quantity('1'), price('100000'), FEE);
  account.fill(quantity('-0.5'), price('80000'), FEE);
  expect(seen(account)).toMatchObject({ wallet: '2500', margin: '2500', free: '0' });
  account.fill(quantity('-0.5'), price('80000'), FEE);
  expect(seen(account)).toMatchObject({ wallet: '0', margin: '0', free: '0' });
});

test('what closing a part releases is rounded down', () => {
  const account = accountOf('10000', { leverage: '7' });
  account.fill(quantity('3'), price('100'), FEE);
  account.fill(quantity('-1'), price('100'), FEE);
  // 300 / 7 is 42.857142857143, rounded up; a third of it 14.285714285714, rounded down.
  expect(formatDecimal(account.margin)).toBe('28.571428571429');
});

test('a fill past 0 closes and opens the other side', () => {
  const account = accountOf('10000');
  account.fill(quantity('1'), price('100000'), FEE);
  account.fill(quantity('-1.5'), price('100000'), FEE);
  expect(account.position).toEqual({ quantity: quantity('-0.5'), cost: money('-50000') });
  expect(formatDecimal(account.margin)).toBe('2500');
  expect(formatDecimal(account.fees)).toBe('137.5');
});

test.each([
  {
    name: 'more margin than there is',
    wallet: '5107.24',
    units: '1',
    refusal:
      'Cannot open the position as margin and fees must be at most 5107.24, what is available: current value is 5107.25; ' +
      'lower its size or raise the leverage',
  },
  { name: 'all of it', wallet: '5107.25', units: '1', refusal: undefined },
  {
    name: 'a leverage beyond the tier',
    wallet: '100000',
    leverage: '120',
    units: '3.1',
    refusal: 'Cannot open the position as its leverage must be 1 to 100 for a notional of 310000: current value is 120',
  },
])('refuses $name', ({ wallet, units, leverage = '20', refusal }) => {
  const account = accountOf(wallet, { leverage });
  expect(account.openRefusal(quantity(units), price('100000'), FEE)).toBe(refusal);
  if (refusal) expect(() => account.fill(quantity(units), price('100000'), FEE)).toThrow(refusal);
});

test.each([
  // 5,500 and 94,500 x 0.00055: more than the 5,000 + 52.25 that backed it.
  { reached: '94500', loss: '5052.25' },
  // 4,900 and 95,100 x 0.00055.
  { reached: '95100', loss: '4952.305' },
])('a closing order that the market jumped past to $reached loses $loss', ({ reached, loss }) => {
  const account = accountOf('10000', { model: genericModel() });
  account.fill(quantity('1'), price('100000'), FEE);
  expect(formatDecimal(account.liquidate(price(reached)).loss)).toBe(loss);
});

test('nothing is liquidated while flat', () => {
  const account = accountOf('10');
  expect(account.isLiquidatedAt(price('1'))).toBe(false);
  expect(() => account.liquidate()).toThrow('no price liquidates it');
});

describe('whatever happens', () => {
  const step = fc.record({
    kind: fc.constantFrom('fill', 'fund', 'fill before the venue looks'),
    units: fc.integer({ min: -3000, max: 3000 }).filter((units) => units !== 0),
    /** Tenths. */
    price: fc.integer({ min: 500_000, max: 1_500_000 }),
    rate: fc.integer({ min: -300, max: 300 }),
  });

  test.each(
    ([BYBIT, BYBIT_ENTRY, BINANCE, genericModel()] as const).flatMap((model) =>
      (['isolated', 'cross'] as const).map((marginMode) => ({ model, marginMode })),
    ),
  )('the wallet is kept and never below 0: $model.name, $marginMode', ({ model, marginMode }) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.integer({ min: 2, max: 100 }), (steps, leverage) => {
        const first = money('10000');
        const account = accountOf('10000', { model, marginMode, leverage: String(leverage) });
        steps.forEach(({ kind, units, price: tenths, rate }, k) => {
          const mark = (BigInt(tenths) * 10n ** 11n) as Price;
          if (kind !== 'fill before the venue looks' && account.isLiquidatedAt(mark)) liquidate(account);
          const size = (BigInt(units) * 10n ** 9n) as Quantity;
          const held = account.position.quantity;
          const adds = held === 0n || held > 0n === size > 0n;
          const isPast = !adds && (held > 0n ? -size > held : size > -held);
          if (kind === 'fund') account.fund({ at: epochMs(k), rate: (BigInt(rate) * 10n ** 7n) as typeof FEE }, mark);
          else if (adds ? !account.openRefusal(size, mark, FEE) : !isPast) account.fill(size, mark, FEE);
          expect(account.wallet).toBeGreaterThanOrEqual(0n);
          expect(account.wallet).toBe(first + account.realizedPnl - account.fees + account.funding + account.covered);
          if (marginMode === 'isolated') expect(account.available(mark)).toBeGreaterThanOrEqual(0n);
        });
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });

  /** What an isolated position can lose is known when it is opened: what left the free balance then. */
  function liquidate(account: MarginAccount): void {
    const free = account.available(account.liquidationPrice()!);
    account.liquidate();
    if (account.terms.marginMode === 'isolated' && account.terms.model.liquidation === 'taken-over') {
      expect(account.wallet).toBe(free as Money);
    }
  }
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TermsText, termsOf, tiersOf } from '#tests/builders/margin.ts';
import { PROPERTY_RUNS } from '#tests/builders/property-runs.ts';
import { formatDecimal, money, type Price, price, type Quantity, quantity, type Ratio, ratio } from '../money.ts';
import { epochMs } from '../time.ts';
import { MarginAccount } from './margin-account.ts';
import { MarginWallet } from './margin-wallet.ts';
import { BINANCE, BYBIT, genericModel } from './models.ts';

const TIERS = tiersOf(['1000000', '0.005', '100']);
const NO_FEE = ratio('0');

/** Two contracts of 20x on one wallet, 0.5 % to be kept. */
function pair(balance: string, terms: TermsText = {}): readonly [MarginAccount, MarginAccount, MarginWallet] {
  const wallet = new MarginWallet(money(balance));
  const contract = () =>
    new MarginAccount({ wallet, tiers: TIERS, terms: termsOf({ leverage: '20', taker: '0', ...terms }) });
  return [contract(), contract(), wallet];
}

/** Enters at a price, which is where its market is. */
function enter(account: MarginAccount, units: string, at: string): void {
  account.mark = price(at);
  account.fill(quantity(units), price(at), NO_FEE);
}

const text = (value: bigint | undefined) => (value === undefined ? undefined : formatDecimal(value as Price));

describe('isolated margin', () => {
  test('what one has locked is not there for the other', () => {
    const [bitcoin, ether] = pair('3000');
    bitcoin.fill(quantity('1'), price('50000'), NO_FEE);
    expect(text(ether.available(price('2000')))).toBe('500');
    // 21,000 / 20 = 1,050.
    expect(ether.openRefusal(quantity('10'), price('2100'), NO_FEE)).toContain('at most 500, what is available');
    ether.fill(quantity('5'), price('2000'), NO_FEE);
    expect(text(bitcoin.available(price('50000')))).toBe('0');
    // Neither moves the other's liquidation price: 47,500 / 0.995, up to the tick.
    ether.mark = price('1');
    expect(text(bitcoin.liquidationPrice())).toBe('47738.7');
  });
});

describe('cross margin', () => {
  function held() {
    const [bitcoin, ether, wallet] = pair('10000', { marginMode: 'cross', model: BINANCE });
    enter(bitcoin, '1', '50000');
    enter(ether, '10', '3000');
    ether.mark = price('2900');
    return { bitcoin, ether, wallet };
  }

  test('each is backed by the balance, with what the other has gained and without what it must keep', () => {
    const { bitcoin, ether } = held();
    // 10,000 - 1,000 - 29,000 x 0.005 = 8,855; (50,000 - 8,855) / 0.995 = 41,351.758...
    expect(text(bitcoin.collateral)).toBe('8855');
    expect(text(bitcoin.liquidationPrice())).toBe('41351.8');
    // 10,000 - 50,000 x 0.005 = 9,750; (30,000 - 9,750) / 9.95 = 2,035.175...
    expect(text(ether.liquidationPrice())).toBe('2035.2');
    // Equity 9,000, less what both would lock at their marks: 2,500 + 1,450.
    expect(text(bitcoin.available(price('50000')))).toBe('5050');
  });

  test('one that is taken over leaves the other with what it must keep, which ends it where it stands', () => {
    const { bitcoin, ether, wallet } = held();
    expect(ether.isLiquidatedAt(ether.mark)).toBe(false);
    expect(text(bitcoin.liquidate().loss)).toBe('8855');
    expect(text(wallet.balance)).toBe('1145');
    expect(ether.isLiquidatedAt(ether.mark)).toBe(true);
    ether.liquidate();
    expect(wallet.balance).toBe(0n);
    expect(bitcoin.covered + ether.covered).toBe(0n);
  });

  test('where the venue closes at the market, ending one may save the other', () => {
    const [bitcoin, ether, wallet] = pair('10000', { marginMode: 'cross', model: genericModel() });
    enter(bitcoin, '1', '50000');
    enter(ether, '10', '3000');
    ether.mark = price('2900');
    bitcoin.liquidate(price('41351.8'));
    // 10,000 - 8,648.2 = 1,351.8, of which 1,000 are lost and 145 must stay.
    expect(text(wallet.balance)).toBe('1351.8');
    expect(ether.isLiquidatedAt(ether.mark)).toBe(false);
  });

  test('what one has gained pays for what the other lost', () => {
    const [bitcoin, ether, wallet] = pair('4500', { marginMode: 'cross' });
    enter(bitcoin, '1', '50000');
    enter(ether, '-10', '3000');
    ether.mark = price('2400');
    bitcoin.mark = price('45000');
    bitcoin.fill(quantity('-1'), price('45000'), NO_FEE);
    expect(text(wallet.balance)).toBe('-500');
    expect(text(ether.equity(price('2400')))).toBe('5500');
    expect(bitcoin.position.quantity).toBe(0n);
    ether.fill(quantity('10'), price('2400'), NO_FEE);
    expect(text(wallet.balance)).toBe('5500');
    expect(bitcoin.covered).toBe(0n);
  });
});

describe('whatever happens to two contracts', () => {
  const step = fc.record({
    which: fc.nat(1),
    kind: fc.constantFrom('fill', 'fund', 'interest'),
    units: fc.integer({ min: -3000, max: 3000 }).filter((units) => units !== 0),
    /** Tenths. */
    price: fc.integer({ min: 500_000, max: 1_500_000 }),
    rate: fc.integer({ min: -300, max: 300 }),
  });
  const modes = (['isolated', 'cross'] as const).flatMap((marginMode) =>
    [BYBIT, BINANCE, genericModel()].map((model) => ({ marginMode, model })),
  );

  test.each(modes)('the wallet is kept: $model.name, $marginMode', ({ marginMode, model }) => {
    const fee = ratio('0.00055');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.integer({ min: 2, max: 100 }), (steps, leverage) => {
        const [one, two, wallet] = pair('10000', { marginMode, model, leverage: String(leverage), taker: '0.00055' });
        steps.forEach(({ which, kind, units, price: tenths, rate }, k) => {
          const [account, other] = which === 0 ? [one, two] : [two, one];
          const mark = (BigInt(tenths) * 10n ** 11n) as Price;
          account.mark = mark;
          if (account.isLiquidatedAt(mark)) account.liquidate(mark);
          const size = (BigInt(units) * 10n ** 9n) as Quantity;
          const held = account.position.quantity;
          const adds = held === 0n || held > 0n === size > 0n;
          const isPast = !adds && (held > 0n ? -size > held : size > -held);
          const event = { at: epochMs(k), rate: (BigInt(Math.abs(rate)) * 10n ** 7n) as Ratio };
          if (kind === 'fund') account.fund({ ...event, rate: (BigInt(rate) * 10n ** 7n) as Ratio }, mark);
          else if (kind === 'interest') account.chargeInterest(event, mark);
          else if (adds ? !account.openRefusal(size, mark, fee) : !isPast) account.fill(size, mark, fee);
          const moved = [one, two].reduce(
            (sum, { realizedPnl, fees, funding, interest, covered }) =>
              sum + realizedPnl - fees + funding + interest + covered,
            0n,
          );
          expect(wallet.balance).toBe(money('10000') + moved);
          const gained = other.unrealized > 0n ? other.unrealized : 0n;
          if (account.position.quantity === 0n) expect(wallet.balance + gained).toBeGreaterThanOrEqual(0n);
          if (marginMode === 'isolated') expect(account.available(mark)).toBeGreaterThanOrEqual(0n);
        });
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });
});

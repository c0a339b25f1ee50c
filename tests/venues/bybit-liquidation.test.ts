import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#adapters/clock/system.ts';
import { systemRandom } from '#adapters/random/system.ts';
import { BybitBroker } from '#adapters/venues/bybit/broker.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import { closingFee, initialMargin, liquidationPrice, type MarginTerms } from '#core/margin/liquidation.ts';
import { BYBIT } from '#core/margin/models.ts';
import { fillCost } from '#core/margin/position.ts';
import { maintenanceMargin } from '#core/margin/tiers.ts';
import { formatDecimal, type Money, money, price, quantity, ratio } from '#core/money.ts';
import { DEFAULT_ACCOUNT } from '#simulator/accounts.ts';
import { openBybit, type Row, scripted } from '#tests/builders/bybit-exchange.ts';
import { tiersOf } from '#tests/builders/margin.ts';

/**
 * Bybit's isolated liquidation price (`protocols/bybit.md` 12, help centre "Liquidation Price Calculation under Isolated
 * Mode"), where `extra` is margin that was added and `ded` the deduction of the tier:
 *
 * - long: (size x entry x (1 - 1 / leverage) - extra - ded) / (size x (1 - MMR)), up to the tick
 * - short: (size x entry x (1 + 1 / leverage) + extra + ded) / (size x (1 + MMR)), down to the tick
 */
interface Case {
  /** Negative is short. */
  readonly size: string;
  readonly entry: number;
  readonly leverage: string;
  readonly extra?: string;
  /** Worked out with fractions. */
  readonly at: string;
}

const CASES: readonly Case[] = [
  // MMR 0.33 %, ded 0: 54,178.7900..., 65,782.9163..., 58,979.7531..., 63,474.4144...
  { size: '0.1', entry: 60_000, leverage: '10', at: '54178.8' },
  { size: '-0.1', entry: 60_000, leverage: '10', at: '65782.9' },
  { size: '0.037', entry: 61_234.5, leverage: '25', at: '58979.8' },
  { size: '-0.037', entry: 61_234.5, leverage: '25', at: '63474.4' },
  // MMR 0.5 %, ded 510: 51,635.7501..., 68,281.0234...
  { size: '10', entry: 60_000, leverage: '7', at: '51635.8' },
  { size: '-10', entry: 60_000, leverage: '7', at: '68281' },
  // 297,000 is in the first tier, and 4.95 x 64,580.1296... in the second one.
  { size: '-4.95', entry: 60_000, leverage: '12.5', at: '64580.1' },
  // MMR 0.56 %, ded 1,710: 58,466.4804..., 61,516.4397...
  { size: '40', entry: 60_000, leverage: '33', at: '58466.5' },
  { size: '-40', entry: 60_000, leverage: '33', at: '61516.4' },
  // 250 added: 51,670.5126..., 68,274.6935...
  { size: '0.1', entry: 60_000, leverage: '10', extra: '250', at: '51670.6' },
  { size: '-0.1', entry: 60_000, leverage: '10', extra: '250', at: '68274.6' },
];

const TIERS = tiersOf(
  ['300000', '0.0033', '150'],
  ['2000000', '0.005', '100'],
  ['2600000', '0.0056', '90'],
  ['10000000', '0.01', '50'],
);
const TAKER = '0.00055';

function termsOf(leverage: string): MarginTerms {
  return {
    model: BYBIT,
    marginMode: 'isolated',
    leverage: ratio(leverage),
    takerRate: ratio(TAKER),
    tiers: TIERS.rows,
    tick: price('0.1'),
  };
}

test.each(CASES)('the model: $size at $entry of $leverage x is liquidated at $at', (one) => {
  const { size, entry, leverage, extra = '0', at } = one;
  const held = { quantity: quantity(size), cost: fillCost(quantity(size), price(String(entry))) };
  const margin = initialMargin(held.cost, ratio(leverage)) + money(extra);
  expect(formatDecimal(liquidationPrice(held, margin as Money, termsOf(leverage))!)).toBe(at);
});

describe('the twin, as the adapter reads it', () => {
  const BTC = 'BTC/USDT' as MarketSymbol;

  test.each(CASES.filter(({ extra }) => extra === undefined))('$size at $entry of $leverage x: $at', async (one) => {
    const { size, entry, leverage, at } = one;
    const still: Row = [entry, entry, entry, entry, 100_000];
    const accounts = [{ ...DEFAULT_ACCOUNT, balance: '1000000' }];
    const simulator = await openBybit([scripted('BTC/USDT', [still, still, still])], { history: 1, accounts });
    const broker = await BybitBroker.open(
      {
        environment: 'testnet',
        credentials: { key: DEFAULT_ACCOUNT.key, secret: DEFAULT_ACCOUNT.secret },
        address: simulator.service('bybit').address,
      },
      { clock: { ...systemClock, now: () => simulator.line.now }, random: systemRandom },
    );
    onTestFinished(() => broker.close());
    await broker.setLeverage(BTC, ratio(leverage));
    const placed = await broker.place({
      clientOrderId: 'entry',
      symbol: BTC,
      side: size.startsWith('-') ? 'sell' : 'buy',
      type: 'market',
      quantity: quantity(size.replace('-', '')),
      price: undefined,
      limit: undefined,
      timeInForce: 'gtc',
      postOnly: false,
      reduceOnly: false,
      stop: undefined,
      target: undefined,
    });
    expect(placed.kind).toBe('accepted');
    const [held] = await broker.positions();
    expect([held!.quantity, held!.entryPrice, held!.liquidationPrice!].map(formatDecimal)).toEqual([
      size,
      String(entry),
      at,
    ]);
  });
});

test('the margins of a recorded position', () => {
  // GET /v5/position/list, before September 2025: LTC long, positionValue 77.519375, 6x, taker 0.055 %, MMR 1 % of the entry's
  // value: positionIM 12.95542633, positionMM 0.81072399.
  const held = { quantity: quantity('1.2'), cost: money('77.519375') };
  const terms = termsOf('6');
  const fee = closingFee(held, terms);
  const initial = initialMargin(held.cost, terms.leverage) + fee;
  const maintenance = maintenanceMargin(held.cost, tiersOf(['100000', '0.01', '50']).rows) + fee;
  const apart = [initial - money('12.95542633'), maintenance - money('0.81072399')];
  for (const difference of apart) expect(Math.abs(Number(formatDecimal(difference as Money)))).toBeLessThan(1e-6);
});

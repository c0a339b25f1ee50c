import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Candles } from '#core/candles.ts';
import type { FundingEvent } from '#core/margin/funding.ts';
import type { MarginMode } from '#core/margin/liquidation.ts';
import { type Liquidation, MarginAccount } from '#core/margin/margin-account.ts';
import { MarginWallet } from '#core/margin/margin-wallet.ts';
import { BYBIT } from '#core/margin/models.ts';
import { decimalOf, formatDecimal, money, price, quantity, ratio } from '#core/money.ts';
import { type EpochMs, epochMs } from '#core/time.ts';
import { readCandleFile } from '#server/files/candle-files.ts';
import { areThere, casesPath } from './cases.ts';
import { TIERS_FILE, venueTiers } from './venue-tiers.ts';

/**
 * 10 October 2025: Bitcoin fell from 117,000 to 101,516 in half an hour, and every 20x long with it. Binance's candles
 * stand in for Bybit's mark price (not recorded to the minute), funding rates and tiers are Bybit's.
 */
const CANDLES = casesPath('..', 'candles', 'binance_usdm_BTCUSDT_5m.csv.gz');
const FUNDING = casesPath('..', 'instruments', 'funding_bybit_linear_BTCUSDT.csv.gz');
const TAKER = ratio('0.00055');
const at = (text: string) => epochMs(Date.parse(`${text}Z`));
const priceOf = (value: number) => price(decimalOf(value));

function fundingEvents(): FundingEvent[] {
  const [, ...lines] = gunzipSync(readFileSync(FUNDING)).toString().trim().split('\n');
  return lines.map((line) => {
    const [time, rate] = line.split(',');
    return { at: epochMs(Number(time)), rate: ratio(decimalOf(Number(rate))) };
  });
}

function accountOf(wallet: string, marginMode: MarginMode): MarginAccount {
  return new MarginAccount({
    wallet: new MarginWallet(money(wallet)),
    tiers: venueTiers()
      .find(({ name }) => name.startsWith('Bybit BTCUSDT'))!
      .read(),
    terms: { model: BYBIT, marginMode, leverage: ratio('20'), takerRate: TAKER, tick: price('0.1') },
  });
}

interface Outcome {
  readonly liquidation: Liquidation | undefined;
  readonly time: EpochMs | undefined;
}

/** Funding at the open of its candle, then the price of the candle that is worst for the position. */
function hold(account: MarginAccount, candles: Candles, from: EpochMs, to: EpochMs): Outcome {
  const events = fundingEvents();
  for (let i = candles.indexAt(from); i < candles.length && candles.openTimeAt(i) < to; i++) {
    const candle = candles.at(i);
    for (const event of events) if (event.at === candle.openTime) account.fund(event, priceOf(candle.open));
    const worst = priceOf(account.position.quantity > 0n ? candle.low : candle.high);
    if (account.isLiquidatedAt(worst)) return { liquidation: account.liquidate(), time: candle.openTime };
  }
  return { liquidation: undefined, time: undefined };
}

const isThere = areThere('liquidation in the crash of 2025-10-10', CANDLES, FUNDING, TIERS_FILE);

describe.runIf(isThere)('the crash of 2025-10-10', async () => {
  const { candles } = isThere ? await readCandleFile(CANDLES, { allowGaps: true }) : { candles: undefined! };

  test('an isolated long of 20x loses its margin, and the rest of the wallet stays', () => {
    const account = accountOf('10000', 'isolated');
    // Entered at the open of 15:55, 119,118.8. Fee 119,118.8 x 0.00055 = 65.51534.
    const from = at('2025-10-10T15:55');
    account.fill(quantity('1'), priceOf(candles.at(candles.indexAt(from)).open), TAKER);
    expect(formatDecimal(account.fees)).toBe('65.51534');
    // Margin 119,118.8 / 20, and 119,118.8 x 0.95 x 0.00055 = 62.239573 locked beside it.
    expect(formatDecimal(account.margin)).toBe('5955.94');
    expect(formatDecimal(account.available(price('1')))).toBe('3916.305087');
    // First tier, 0.33 %: (119,118.8 - 5,955.94) / 0.9967 = 113,537.533...
    expect(formatDecimal(account.liquidationPrice()!)).toBe('113537.6');

    const { liquidation, time } = hold(account, candles, from, at('2025-10-11T00:00'));
    // Funding at 16:00: 118,965.2 x 0.00004578 = 5.446226856, paid from what was free.
    expect(formatDecimal(account.funding)).toBe('-5.446226856');
    // 20:55 is the first candle below: its low is 112,786.6, under the bankruptcy price 119,118.8 - 5,955.94 even.
    expect(time).toBe(at('2025-10-10T20:55'));
    expect(liquidation).toEqual({
      quantity: quantity('1'),
      price: price('113162.9'),
      loss: money('6018.179573'),
      fee: money('62.239573'),
    });
    // 10,000 - 65.51534 - 5.446226856 - 6,018.179573
    expect(formatDecimal(account.wallet)).toBe('3910.858860144');
    expect(account.covered).toBe(0n);
  });

  test('a short of 20x, sold at the bottom, is liquidated by the bounce', () => {
    const account = accountOf('10000', 'isolated');
    // Sold at the open of 21:20, 103,441.3. Fee 56.892715; margin 5,172.065; 108,613.365 x 0.00055 = 59.73735075.
    const from = at('2025-10-10T21:20');
    account.fill(quantity('-1'), priceOf(candles.at(candles.indexAt(from)).open), TAKER);
    // (103,441.3 + 5,172.065) / 1.0033 = 108,256.119...
    expect(formatDecimal(account.liquidationPrice()!)).toBe('108256.1');
    const { liquidation, time } = hold(account, candles, from, at('2025-10-11T00:00'));
    // The same candle reaches 109,550.
    expect(time).toBe(from);
    expect(liquidation).toEqual({
      quantity: quantity('-1'),
      price: price('108613.3'),
      loss: money('5231.80235075'),
      fee: money('59.73735075'),
    });
    // 10,000 - 56.892715 - 5,231.80235075
    expect(formatDecimal(account.wallet)).toBe('4711.30493425');
  });

  test('the same long in cross margin lives on 20,000, and receives the funding at midnight', () => {
    const account = accountOf('20000', 'cross');
    const from = at('2025-10-10T15:55');
    account.fill(quantity('1'), priceOf(candles.at(candles.indexAt(from)).open), TAKER);
    // (119,118.8 - 19,934.48466) / (1 - 0.0033 - 0.00055 x 0.95) = 99,564.902...
    expect(formatDecimal(account.liquidationPrice()!)).toBe('99565');
    const { liquidation } = hold(account, candles, from, at('2025-10-11T00:05'));
    expect(liquidation).toBeUndefined();
    // At the low, 101,516.5, what was left of 19,929.038433144 is 2,326.738433144.
    // Midnight: the rate is -0.00014131, so the long receives 112,715 x 0.00014131 = 15.92775665.
    expect(formatDecimal(account.wallet)).toBe('19944.966189794');
    // (119,118.8 - 19,944.966189794) / 0.9961775 = 99,554.380...
    expect(formatDecimal(account.liquidationPrice()!)).toBe('99554.4');
  });

  test('and on 15,000 it loses all of it', () => {
    const account = accountOf('15000', 'cross');
    const from = at('2025-10-10T15:55');
    account.fill(quantity('1'), priceOf(candles.at(candles.indexAt(from)).open), TAKER);
    const { time } = hold(account, candles, from, at('2025-10-11T00:00'));
    // (119,118.8 - 14,929.038433144) / 0.9961775 = 104,589.5...: the low of 21:15 is 102,193.6.
    expect(time).toBe(at('2025-10-10T21:15'));
    expect(account.wallet).toBe(0n);
  });
});

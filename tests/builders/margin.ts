import { ContractMargin } from '#core/margin/contract-margin.ts';
import type { FundingEvent } from '#core/margin/funding.ts';
import type { MarginTerms } from '#core/margin/liquidation.ts';
import { MarginAccount } from '#core/margin/margin-account.ts';
import { MarginWallet } from '#core/margin/margin-wallet.ts';
import { BYBIT } from '#core/margin/models.ts';
import type { Position } from '#core/margin/position.ts';
import { MarginTiers } from '#core/margin/tiers.ts';
import { money, ONE, price, quantity, ratio } from '#core/money.ts';

/** Cap, maintenance rate and greatest leverage of each tier; the amounts follow. */
export type TierText = readonly [cap: string, rate: string, maxLeverage: string];

/** Tiers as a venue tells them, with the amounts that join them. */
export function tiersOf(...rows: readonly TierText[]): MarginTiers {
  let floor = 0n;
  let amount = 0n;
  let rateBefore = 0n;
  return new MarginTiers(
    rows.map(([capText, rateText, maxLeverage]) => {
      const cap = money(capText);
      const maintenanceRate = ratio(rateText);
      amount += (floor * (maintenanceRate - rateBefore)) / ONE;
      const tier = {
        floor: floor as typeof cap,
        cap,
        maintenanceRate,
        maintenanceAmount: amount as typeof cap,
        maxLeverage: ratio(maxLeverage),
      };
      floor = cap;
      rateBefore = maintenanceRate;
      return tier;
    }),
  );
}

export interface TermsText extends Partial<Pick<MarginTerms, 'model' | 'marginMode' | 'tiers'>> {
  readonly leverage?: string;
  readonly taker?: string;
  readonly tick?: string;
}

/** Isolated at Bybit with 0.5 % maintenance, no fee and a tick of 0.1 where nothing is said. */
export function termsOf({ leverage = '10', taker = '0', tick = '0.1', ...rest }: TermsText = {}): MarginTerms {
  return {
    model: BYBIT,
    marginMode: 'isolated',
    tiers: tiersOf(['1000000000', '0.005', '100']).rows,
    leverage: ratio(leverage),
    takerRate: ratio(taker),
    tick: price(tick),
    ...rest,
  };
}

/** @param units Signed: negative is short. */
export function positionOf(units: string, entry: string): Position {
  return { quantity: quantity(units), cost: money(String(Number(units) * Number(entry))) };
}

/** A contract at an exchange, its account holding 1,000 where nothing is said. */
export function contractOf(
  { wallet = '1000', ...text }: TermsText & { readonly wallet?: string } = {},
  funding: readonly FundingEvent[] = [],
): ContractMargin {
  const tiers = tiersOf(['1000000', '0.005', '100']);
  const account = new MarginAccount({ wallet: new MarginWallet(money(wallet)), tiers, terms: termsOf(text) });
  return new ContractMargin(account, funding);
}

import { type Money, money, ratio } from '../money.ts';
import { product } from './rounding.ts';
import { type MarginTier, MarginTiers } from './tiers.ts';

/** Cap in the quote currency, maintenance rate and greatest leverage. The rate is half of what that leverage locks. */
const ROWS = [
  ['250000', '0.005', '100'],
  ['1000000', '0.01', '50'],
  ['5000000', '0.025', '20'],
  ['20000000', '0.05', '10'],
  ['100000000', '0.1', '5'],
  ['1000000000000', '0.25', '2'],
] as const;

/**
 * Tiers for a market of which none are known. They are no venue's: they rise as venues' tables for large contracts do, and
 * ask for more from smaller notionals on than those for Bitcoin.
 */
export const GENERIC_TIERS = new MarginTiers(joined());

function joined(): readonly MarginTier[] {
  const tiers: MarginTier[] = [];
  let floor = 0n as Money;
  let amount = 0n;
  let rateBefore = 0n;
  for (const [cap, rate, maxLeverage] of ROWS) {
    const maintenanceRate = ratio(rate);
    amount += product(floor, maintenanceRate - rateBefore, 'up');
    const tier = { floor, cap: money(cap), maintenanceRate, maxLeverage: ratio(maxLeverage) };
    tiers.push({ ...tier, maintenanceAmount: amount as Money });
    floor = tier.cap;
    rateBefore = maintenanceRate;
  }
  return tiers;
}

import { formatDecimal, type Money, ONE, type Ratio } from '../money.ts';
import { product } from './rounding.ts';

/** The maintenance margin of a stretch of notionals: notional x rate - amount. */
export interface MaintenanceLine {
  /** A fraction in (0, 1). */
  readonly maintenanceRate: Ratio;
  /** What keeps the margin from jumping where a tier begins: Bybit's `mmDeduction`, Binance's `cum`. */
  readonly maintenanceAmount: Money;
}

/** One row of a venue's table: notionals in (floor, cap], in the quote currency. */
export interface MarginTier extends MaintenanceLine {
  readonly floor: Money;
  readonly cap: Money;
  readonly maxLeverage: Ratio;
}

/**
 * The margin that a notional takes whichever tier it falls in. Rates rise from tier to tier and the amounts join the
 * tiers without a jump, so the right line is always the highest one. Rounded up.
 */
export function maintenanceMargin(notional: Money, lines: readonly MaintenanceLine[]): Money {
  let highest = 0n;
  for (const { maintenanceRate, maintenanceAmount } of lines) {
    const margin = product(notional, maintenanceRate, 'up') - maintenanceAmount;
    if (margin > highest) highest = margin;
  }
  return highest as Money;
}

/** A venue's whole table for one symbol: Bybit's risk limits, Binance's notional and leverage brackets. */
export class MarginTiers {
  /** The smallest notionals first. */
  readonly rows: readonly [MarginTier, ...MarginTier[]];

  /**
   * @throws RangeError when the rows leave a gap, when a rate does not rise or leaves (0, 1), and when an amount is not
   *   floor x (rate - rate before) + amount before, which is how both venues make it.
   */
  constructor(rows: readonly MarginTier[]) {
    const [first, ...others] = rows;
    if (!first) throw new RangeError('Margin tiers cannot be used as there are none: at least one is needed');
    rows.forEach((tier, k) => {
      const problem = tierProblem(tier, rows[k - 1]);
      if (problem) throw new RangeError(`Margin tier ${k + 1} cannot be used as ${problem}`);
    });
    this.rows = [first, ...others];
  }

  /** The tier of a notional; the last one beyond its cap, which a position may outgrow but no order may. */
  at(notional: Money): MarginTier {
    return this.rows.find(({ cap }) => notional <= cap) ?? this.rows.at(-1)!;
  }

  /** Why no position of this notional may be opened at this leverage, or undefined. */
  leverageRefusal(notional: Money, leverage: Ratio): string | undefined {
    const { cap } = this.rows.at(-1)!;
    if (notional > cap) {
      const rule = `at most ${formatDecimal(cap)}, the end of the last margin tier`;
      return `Cannot open the position as its notional must be ${rule}: current value is ${formatDecimal(notional)}`;
    }
    const { maxLeverage } = this.at(notional);
    if (leverage >= ONE && leverage <= maxLeverage) return undefined;
    const rule = `1 to ${formatDecimal(maxLeverage)} for a notional of ${formatDecimal(notional)}`;
    return `Cannot open the position as its leverage must be ${rule}: current value is ${formatDecimal(leverage)}`;
  }
}

function tierProblem(tier: MarginTier, before: MarginTier | undefined): string | undefined {
  const { floor, cap, maintenanceRate, maintenanceAmount } = tier;
  const from = before?.cap ?? 0n;
  if (floor !== from || cap <= floor) {
    const rule = `must begin at ${formatDecimal(from)} and end above it`;
    return `its notionals ${rule}: current values are ${formatDecimal(floor)} to ${formatDecimal(cap)}`;
  }
  const leastRate = before?.maintenanceRate ?? 0n;
  if (maintenanceRate <= leastRate || maintenanceRate >= ONE) {
    const rule = `must be above ${formatDecimal(leastRate)} and below 1`;
    return `its maintenance rate ${rule}: current value is ${formatDecimal(maintenanceRate)}`;
  }
  const amount = (before?.maintenanceAmount ?? 0n) + product(floor, maintenanceRate - leastRate, 'up');
  if (maintenanceAmount === amount) return undefined;
  const value = formatDecimal(maintenanceAmount);
  return `its maintenance amount must be ${formatDecimal(amount)} to join the tier before: current value is ${value}`;
}

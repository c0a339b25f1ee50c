import { describe, expect, test } from 'vitest';
import { product } from '#core/margin/rounding.ts';
import { maintenanceMargin } from '#core/margin/tiers.ts';
import type { Money } from '#core/money.ts';
import { areThere } from './cases.ts';
import { TIERS_FILE, venueTiers } from './venue-tiers.ts';

const isThere = areThere('the margin tiers of venues', TIERS_FILE);

describe.runIf(isThere)('margin tiers of venues', () => {
  test.each(isThere ? venueTiers() : [])('$name join without a jump', ({ read }) => {
    const { rows } = read();
    expect(rows.length).toBeGreaterThan(1);
    for (const { floor, cap, maintenanceRate, maintenanceAmount } of rows) {
      for (const notional of [(floor + cap) / 2n, cap] as Money[]) {
        const own = product(notional, maintenanceRate, 'up') - maintenanceAmount;
        expect(maintenanceMargin(notional, rows)).toBe(own);
      }
    }
  });
});

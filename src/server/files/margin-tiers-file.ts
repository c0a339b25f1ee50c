import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { MarketSymbol } from '#core/instruments.ts';
import type { MarginModel } from '#core/margin/models.ts';
import { type MarginTier, MarginTiers } from '#core/margin/tiers.ts';
import { decimalOf, type Money, money, type Ratio, ratio } from '#core/money.ts';
import { InputError } from '../errors.ts';
import { unreadable } from './input-files.ts';

const amount = z.number().transform((value): Money => money(decimalOf(value)));
const rate = z.number().transform((value): Ratio => ratio(decimalOf(value)));

const bybitRow = z.object({
  risk_limit: amount,
  mmr: rate,
  mm_deduction: amount,
  max_leverage: rate.optional(),
});
const binanceRow = z.object({
  min_notional: amount,
  max_notional: amount,
  mmr: rate,
  maint_amount: amount,
  max_leverage: rate,
});
/** Bybit's tables by symbol, where a note may follow after "_"; Binance's by the day they are of, and by symbol. */
const tablesSchema = z.object({
  bybit_linear: z.record(z.string(), z.object({ tiers: z.array(bybitRow).min(1) })).optional(),
  binance_usdm: z.record(z.string(), z.record(z.string(), z.array(binanceRow).min(1))).optional(),
});
type Tables = z.output<typeof tablesSchema>;

/** The margin tiers of a symbol, and the name that the file gives them. */
export interface NamedTiers {
  readonly name: string;
  readonly tiers: MarginTiers;
}

/**
 * Reads the tiers of a symbol from a JSON file of a venue's tables; docs/reference/cli.md explains it. A model without a
 * venue takes the first table that there is.
 *
 * @throws InputError with the file, the rule and the fix.
 */
export async function readMarginTiers(
  path: string,
  model: MarginModel['name'],
  symbol: MarketSymbol,
): Promise<NamedTiers> {
  const action = `Cannot read margin tiers of ${symbol} from "${path}"`;
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(error, action);
  });
  try {
    const found = tiersIn(tablesSchema.parse(JSON.parse(text)), model, symbol.replace('/', ''));
    if (found) return { name: found.name, tiers: new MarginTiers(found.rows) };
  } catch (error) {
    throw new InputError(`${action} as ${problemOf(error)}`, { cause: error });
  }
  throw new InputError(
    `${action} as it must have a table of "${model}" for the symbol; add one, or choose another file`,
  );
}

function tiersIn(tables: Tables, model: MarginModel['name'], name: string) {
  switch (model) {
    case 'bybit':
    case 'bybit-entry':
      return bybitTiers(tables, name);
    case 'binance':
      return binanceTiers(tables, name);
    case 'generic':
      return bybitTiers(tables, name) ?? binanceTiers(tables, name);
  }
}

/** Bybit names caps only; a row whose greatest leverage is not known ends the table. */
function bybitTiers({ bybit_linear = {} }: Tables, name: string) {
  const found = Object.entries(bybit_linear).find(([key]) => key === name || key.startsWith(`${name}_`));
  if (!found) return undefined;
  const rows: MarginTier[] = [];
  for (const { risk_limit: cap, mmr, mm_deduction, max_leverage } of found[1].tiers) {
    if (max_leverage === undefined) break;
    const floor = rows.at(-1)?.cap ?? (0n as Money);
    rows.push({ floor, cap, maintenanceRate: mmr, maintenanceAmount: mm_deduction, maxLeverage: max_leverage });
  }
  return { name: found[0], rows };
}

/** Those of the last day that has the symbol, which CCXT and its users write as BTC/USDT:USDT. */
function binanceTiers({ binance_usdm = {} }: Tables, name: string) {
  const tables = Object.keys(binance_usdm)
    .sort()
    .flatMap((day) => Object.entries(binance_usdm[day]!).map(([symbol, rows]) => ({ day, symbol, rows })));
  const found = tables.findLast(({ symbol }) => symbol.replace(/:.*$/, '').replace('/', '') === name);
  if (!found) return undefined;
  const rows = found.rows.map((row) => ({
    floor: row.min_notional,
    cap: row.max_notional,
    maintenanceRate: row.mmr,
    maintenanceAmount: row.maint_amount,
    maxLeverage: row.max_leverage,
  }));
  return { name: `${name} of ${found.day}`, rows };
}

function problemOf(error: unknown): string {
  if (error instanceof SyntaxError) return `it must be JSON: ${error.message}`;
  if (error instanceof z.ZodError) {
    const [{ path, message } = { path: [], message: 'it is not' }] = error.issues;
    return `it must have the form of a table of tiers: ${path.join('.')}: ${message}`;
  }
  if (error instanceof RangeError) return `its tiers must be sound: ${error.message}`;
  throw error;
}

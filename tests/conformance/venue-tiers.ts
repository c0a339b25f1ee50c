import { readFileSync } from 'node:fs';
import { MarginTiers } from '#core/margin/tiers.ts';
import { decimalOf, type Money, money, ratio } from '#core/money.ts';
import { casesPath } from './cases.ts';

/** Tables of Bybit and Binance as they published them at some day, beside the cases. */
export const TIERS_FILE = casesPath('..', 'instruments', 'leverage_tiers.json');

interface BybitRow {
  readonly risk_limit: number;
  readonly mmr: number;
  readonly mm_deduction: number;
  readonly max_leverage: number;
}

interface BinanceRow {
  readonly min_notional: number;
  readonly max_notional: number;
  readonly mmr: number;
  readonly maint_amount: number;
  readonly max_leverage: number;
}

interface TiersDocument {
  readonly bybit_linear: Readonly<Record<string, { readonly tiers: readonly BybitRow[] }>>;
  readonly binance_usdm: Readonly<Record<string, Readonly<Record<string, readonly BinanceRow[]>>>>;
}

const number = (value: number): Money => money(decimalOf(value));

/** Bybit names caps only; a row whose leverage nobody recorded is left out with all after it. */
function bybitTiers(rows: readonly BybitRow[]): MarginTiers {
  const end = rows.findIndex(({ max_leverage }) => max_leverage === undefined);
  const known = end < 0 ? rows : rows.slice(0, end);
  return new MarginTiers(
    known.map(({ risk_limit, mmr, mm_deduction, max_leverage }, k) => ({
      floor: number(known[k - 1]?.risk_limit ?? 0),
      cap: number(risk_limit),
      maintenanceRate: ratio(decimalOf(mmr)),
      maintenanceAmount: number(mm_deduction),
      maxLeverage: ratio(decimalOf(max_leverage)),
    })),
  );
}

function binanceTiers(rows: readonly BinanceRow[]): MarginTiers {
  return new MarginTiers(
    rows.map(({ min_notional, max_notional, mmr, maint_amount, max_leverage }) => ({
      floor: number(min_notional),
      cap: number(max_notional),
      maintenanceRate: ratio(decimalOf(mmr)),
      maintenanceAmount: number(maint_amount),
      maxLeverage: ratio(decimalOf(max_leverage)),
    })),
  );
}

/** Every recorded table, read when it is asked for. */
export function venueTiers(): readonly { readonly name: string; readonly read: () => MarginTiers }[] {
  const { bybit_linear, binance_usdm } = JSON.parse(readFileSync(TIERS_FILE, 'utf8')) as TiersDocument;
  const bybit = Object.entries(bybit_linear).map(([name, { tiers }]) => ({
    name: `Bybit ${name}`,
    read: () => bybitTiers(tiers),
  }));
  const binance = Object.entries(binance_usdm).flatMap(([day, symbols]) =>
    Object.entries(symbols).map(([symbol, tiers]) => ({
      name: `Binance ${symbol}, ${day.slice(0, 7)}`,
      read: () => binanceTiers(tiers),
    })),
  );
  return [...bybit, ...binance];
}

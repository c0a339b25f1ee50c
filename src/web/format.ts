import { figure, figureParts, signedFigure } from '#core/figures.ts';
import { decimalPlaces } from '#core/money.ts';

export { figure, MISSING, signedFigure } from '#core/figures.ts';

/** What every number and time on the page looks like. Nothing else in the web formats one. */

export type Zone = 'utc' | 'local';
export type Tone = 'up' | 'down' | 'flat';

const CURRENCY_SIGNS: Readonly<Record<string, string>> = { USD: '$', USDT: '$', USDC: '$', EUR: '€', GBP: '£' };

/** "$" for dollars and the coins that stand for them, else the code and a space. */
export function currencySign(currency: string): string {
  return CURRENCY_SIGNS[currency] ?? `${currency} `;
}

export interface MoneyLook {
  readonly currency: string;
  readonly decimals?: number;
  /** P&L: an explicit plus. */
  readonly plus?: boolean;
}

export function formatMoney(value: number, { currency, decimals = 2, plus = false }: MoneyLook): string {
  const { sign, digits } = figureParts(value, decimals, plus ? '+' : '');
  return sign + currencySign(currency) + digits;
}

/** A headline amount in two pieces, so that its cents can be dimmed: ["$43,074", ".58"]. */
export function moneyAndCents(value: number, currency: string): readonly [string, string] {
  const text = formatMoney(value, { currency });
  const point = text.lastIndexOf('.');
  return [text.slice(0, point), text.slice(point)];
}

/** Two decimals under 10 %, else one. @param fraction 0.01 is 1 %. */
export function formatPercent(fraction: number, { plus = false }: { readonly plus?: boolean } = {}): string {
  const percent = fraction * 100;
  const decimals = Math.abs(percent) < 9.995 ? 2 : 1;
  return `${plus ? signedFigure(percent, decimals) : figure(percent, decimals)}%`;
}

/** "+1.29 R". */
export function formatR(r: number, decimals = 2): string {
  return `${signedFigure(r, decimals)} R`;
}

/** A price or a quantity with as many decimals as its step has. */
export function formatStep(value: string | number, step: string): string {
  return figure(Number(value), decimalPlaces(step));
}

/** Few decimals of a large value matter, and five digits of a small one: of what a rule reads nobody knows the step. */
export function formatValue(value: number): string {
  const size = Math.abs(value);
  if (size >= 1 || size === 0) return figure(value, size >= 1_000 ? 1 : 2);
  return figure(value, Math.min(15, 4 - Math.floor(Math.log10(size))));
}

/** P&L nearer to zero than 0.05 R is neither good nor bad. */
const NEUTRAL_R = 0.05;

export function toneOf(value: number, r: number | null = null): Tone {
  if (value === 0 || (r !== null && Math.abs(r) < NEUTRAL_R)) return 'flat';
  return value > 0 ? 'up' : 'down';
}

/** "BTC" of "BTC/USDT". */
export function baseOf(symbol: string): string {
  return symbol.split('/')[0] ?? symbol;
}

/** How figures look to people, wherever they are printed: grouped thousands, and the true minus sign. */

/** A value that is not known. Never a zero. */
export const MISSING = '–';
const MINUS = '\u2212';

const formats = new Map<number, Intl.NumberFormat>();

/** "1,234.50", "−3.00"; a value that rounds to zero has no sign. */
export function figure(value: number, decimals: number): string {
  const { sign, digits } = figureParts(value, decimals, '');
  return sign + digits;
}

/** For P&L, R and differences: "+1.29", "−0.33", "0.00". */
export function signedFigure(value: number, decimals: number): string {
  const { sign, digits } = figureParts(value, decimals, '+');
  return sign + digits;
}

/** The sign apart from the digits, for whoever puts something between them: a currency, dimmed cents. */
export function figureParts(
  value: number,
  decimals: number,
  plus: '+' | '',
): { readonly sign: string; readonly digits: string } {
  const digits = formatOf(decimals).format(Math.abs(value));
  if (!/[1-9]/.test(digits)) return { sign: '', digits };
  return { sign: value < 0 ? MINUS : plus, digits };
}

function formatOf(decimals: number): Intl.NumberFormat {
  const known = formats.get(decimals);
  if (known) return known;
  const made = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  formats.set(decimals, made);
  return made;
}

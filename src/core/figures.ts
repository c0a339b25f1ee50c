/** How figures look to people, wherever they are printed: grouped thousands, and the true minus sign. */

/** A value that is not known. Never a zero. */
export const MISSING = '–';
const MINUS = '\u2212';

const formats = new Map<number, Intl.NumberFormat>();

/** "1,234.50", "−3.00"; a value that rounds to zero has no sign. */
export function figure(value: number, decimals: number): string {
  return withSign(value, decimals, '');
}

/** For P&L, R and differences: "+1.29", "−0.33", "0.00". */
export function signedFigure(value: number, decimals: number): string {
  return withSign(value, decimals, '+');
}

function withSign(value: number, decimals: number, plus: string): string {
  const digits = formatOf(decimals).format(Math.abs(value));
  if (!/[1-9]/.test(digits)) return digits;
  return (value < 0 ? MINUS : plus) + digits;
}

function formatOf(decimals: number): Intl.NumberFormat {
  const known = formats.get(decimals);
  if (known) return known;
  const made = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  formats.set(decimals, made);
  return made;
}

import { MISSING } from '#core/figures.ts';

const LABEL_WIDTH = 24;
const VALUE_WIDTH = 16;

/** "  Label       value   note"; more notes go below the first. */
export function row(label: string, value: string, note = '', ...more: readonly string[]): string {
  const first = `  ${label.padEnd(LABEL_WIDTH)}${value.padStart(VALUE_WIDTH)}${note && `   ${note}`}`;
  return [first, ...more.map((text) => ' '.repeat(2 + LABEL_WIDTH + VALUE_WIDTH + 3) + text)].join('\n');
}

export function percent(
  fraction: number | undefined,
  format: (value: number, decimals: number) => string,
  decimals = 2,
): string {
  return fraction === undefined ? MISSING : format(fraction * 100, decimals);
}

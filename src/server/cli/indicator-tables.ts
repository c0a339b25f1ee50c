import type { Candles } from '#core/candles.ts';
import { figure, MISSING } from '#core/figures.ts';
import type { Column } from '#core/indicators/column.ts';
import type { Definition } from '#core/indicators/definition.ts';
import { utcText } from './time-text.ts';

const MOST_ROWS = 20;
const SIGNIFICANT_DIGITS = 7;
const MOST_DECIMALS = 8;

/** One output of an indicator, computed over all candles. */
export interface ComputedIndicator {
  /** Its canonical text. */
  readonly name: string;
  readonly title: string;
  readonly output: string;
  readonly firstIndex: number;
  readonly column: Column;
}

/** The indicators there are, for people: how each is written, with its defaults, and what it gives. */
export function indicatorList(definitions: readonly Definition[]): string {
  const rows = definitions.map(({ name, title, parameters, outputs }) => [
    name,
    parameters.map((parameter) => `${parameter.name} ${parameter.default}`).join(', '),
    outputs.join(', '),
    title,
  ]);
  return table([['Name', 'Parameters', 'Outputs', 'Title'], ...rows], 'left');
}

/** The values at the last candles, for people. */
export function indicatorTable(file: string, candles: Candles, computed: readonly ComputedIndicator[]): string {
  const first = Math.max(0, candles.length - MOST_ROWS);
  const times = Array.from({ length: candles.length - first }, (_, k) => utcText(candles.openTimeAt(first + k)));
  const columns = [
    ['Opened (UTC)', ...times],
    ...computed.map(({ name, column }) => [name, ...figures(column.values.subarray(first, candles.length))]),
  ];
  const rows = columns[0]!.map((_, row) => columns.map((column) => column[row]!));
  const shown = `the last ${figure(times.length, 0)} of ${figure(candles.length, 0)} candles`;
  return `${file}, ${candles.timeframe}, ${shown}\n\n${table(rows, 'right')}`;
}

/** With as many decimals as give the largest of them seven digits. */
function figures(values: Float64Array): readonly string[] {
  const largest = Math.max(...values.filter(Number.isFinite).map(Math.abs), Number.MIN_VALUE);
  const digitsBefore = Math.max(1, Math.floor(Math.log10(largest)) + 1);
  const decimals = Math.min(Math.max(0, SIGNIFICANT_DIGITS - digitsBefore), MOST_DECIMALS);
  return Array.from(values, (value) => (Number.isNaN(value) ? MISSING : figure(value, decimals)));
}

function table(rows: readonly (readonly string[])[], align: 'left' | 'right'): string {
  const widths = rows[0]!.map((_, k) => Math.max(...rows.map((row) => row[k]!.length)));
  const line = (row: readonly string[]) =>
    row.map((cell, k) => (align === 'left' ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!))).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}

import { basename } from 'node:path';
import type { Candles } from '#core/candles.ts';
import {
  createIndicator,
  formatIndicator,
  INDICATORS,
  type IndicatorSpec,
  parseIndicator,
} from '#core/indicators/registry.ts';
import type { CalendarName } from '#core/sessions/calendar.ts';
import { CALENDARS } from '#core/sessions/calendars.ts';
import { InputError } from '../errors.ts';
import { readCandleFile } from '../files/candle-files.ts';
import { type ComputedIndicator, indicatorList, indicatorTable } from './indicator-tables.ts';
import { writeDocument } from './json-document.ts';
import { Progress } from './progress.ts';

export interface IndicatorsOptions {
  readonly list?: true;
  readonly candles?: string;
  readonly indicator?: readonly string[];
  readonly allowGaps?: true;
  readonly calendar?: CalendarName;
  readonly json?: true;
}

/**
 * Prints which indicators there are, or their values over a candle file. @throws InputError when a request cannot be
 * met.
 */
export async function indicators(options: IndicatorsOptions): Promise<void> {
  if (options.list) await printList(options);
  else await printValues(options);
}

async function printList({ json }: IndicatorsOptions): Promise<void> {
  const definitions = Object.values(INDICATORS);
  if (!json) {
    process.stdout.write(indicatorList(definitions));
    return;
  }
  const list = definitions.map(({ name, title, parameters, outputs }) => ({ name, title, parameters, outputs }));
  await writeDocument(process.stdout, { indicators: list });
}

async function printValues({
  candles: file,
  indicator: texts = [],
  allowGaps,
  calendar = 'always',
  json,
}: IndicatorsOptions): Promise<void> {
  if (file === undefined || texts.length === 0) {
    throw new InputError(
      'Cannot compute indicators as it must be told which, and of what; add --indicator and --candles, or --list',
    );
  }
  const specs = texts.map(specOf);
  const progress = new Progress('Reading candles', json ? undefined : process.stderr);
  const onProgress = (fraction: number) => progress.show(fraction);
  const { candles } = await readCandleFile(file, {
    allowGaps,
    calendar: CALENDARS[calendar],
    onProgress,
  }).finally(() => progress.end());
  const computed = specs.map((spec) => compute(candles, spec));
  if (!json) {
    process.stdout.write(indicatorTable(basename(file), candles, computed));
    return;
  }
  const named = computed.map(({ name, title, output, firstIndex }) => ({ name, title, output, firstIndex }));
  await writeDocument(process.stdout, { indicators: named, rows: rowsJson(candles, computed) });
}

function specOf(text: string): IndicatorSpec {
  try {
    return parseIndicator(text);
  } catch (error) {
    throw error instanceof Error ? new InputError(error.message, { cause: error }) : error;
  }
}

function compute(candles: Candles, spec: IndicatorSpec): ComputedIndicator {
  const { name, output } = spec;
  const indicator = createIndicator(candles, spec);
  indicator.advance(0, candles.length);
  const { firstIndex, outputs } = indicator;
  return { name: formatIndicator(spec), title: INDICATORS[name].title, output, firstIndex, column: outputs[output]! };
}

/** A row for each candle, made as it is written; JSON has no NaN and writes null for it. */
function* rowsJson(
  candles: Candles,
  computed: readonly ComputedIndicator[],
): Generator<Readonly<Record<string, number>>> {
  for (let i = 0; i < candles.length; i++) {
    const values = computed.map(({ name, column }) => [name, column.values[i]!] as const);
    yield { time: candles.openTimeAt(i), ...Object.fromEntries(values) };
  }
}

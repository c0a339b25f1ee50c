import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Candles } from '#core/candles.ts';
import type { Instrument, MarketSymbol } from '#core/instruments.ts';
import {
  DECIMALS,
  decimalOf,
  decimalPlaces,
  formatDecimal,
  money,
  type Price,
  price,
  quantity,
  toNumber,
} from '#core/money.ts';
import { InputError } from '../errors.ts';
import { unreadable } from './input-files.ts';

const STEP = 'must be a number above 0 with up to 12 decimals';
const MINIMUM = 'must be a number from 0 on with up to 12 decimals';

/** JSON numbers that exact money can hold, as decimals. */
const step = z.number(STEP).positive(STEP).refine(isDecimal, STEP).transform(decimalOf);
const minimum = z.number(MINIMUM).nonnegative(MINIMUM).refine(isDecimal, MINIMUM).transform(decimalOf);

const Rules = z.object({ tick: step, lot: step, minQuantity: minimum, minNotional: minimum });
const Document = z.object({ instruments: z.array(z.looseObject({ symbol: z.string() })) });

/** A price this near to the tick, as a part of itself, lies on it: what is left is a float's own rounding. */
const OFF_TICK = 4 * Number.EPSILON;

/**
 * Reads what a venue demands of orders from what `autotrader instruments --json` printed: the symbol's own row, or that of the
 * only contract on it ("BTC/USDT:USDT" for "BTC/USDT").
 *
 * @throws InputError with the file, the rule and the fix.
 */
export async function readInstrumentRules(path: string, symbol: MarketSymbol): Promise<Instrument> {
  const action = `Cannot read the rules of ${symbol} from "${path}"`;
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(error, action);
  });
  const read = Rules.safeParse(rowOf(symbol, text, action));
  if (!read.success) {
    const [{ path: field, message }] = read.error.issues as [z.core.$ZodIssue];
    throw new InputError(`${action} as its "${field.join('.')}" ${message}; print it anew with "instruments --json"`);
  }
  const { tick, lot, minQuantity, minNotional } = read.data;
  if (decimalPlaces(tick) + decimalPlaces(lot) > DECIMALS) {
    throw new InputError(
      `${action} as "tick" and "lot" may have up to ${DECIMALS} decimals together: they are ${tick} and ${lot}; take a coarser lot`,
    );
  }
  const [base = '', quote = ''] = symbol.split('/');
  const steps = { tick: price(tick), lot: quantity(lot) };
  const minimums = { minQuantity: quantity(minQuantity), minNotional: money(minNotional) };
  return { symbol, base, quote, ...steps, ...minimums, calendar: 'always' };
}

/**
 * Candles of another market, or of other times, have prices that these rules do not know: a fill could not be had there.
 * @throws InputError with the first such candle.
 */
export function checkOnTick({ symbol, tick }: Instrument, candles: Candles): void {
  for (const field of ['open', 'high', 'low', 'close'] as const) {
    const { values } = candles[field];
    for (let i = 0; i < candles.length; i++) {
      if (isOn(tick, values[i]!)) continue;
      throw new InputError(
        `Cannot trade ${symbol} by these rules as the candles' prices must lie on the tick ${formatDecimal(tick)}: ` +
          `the ${field} of ${new Date(candles.openTimeAt(i)).toISOString()} is ${values[i]}; take the rules of the candles' own market`,
      );
    }
  }
}

function isOn(tick: Price, value: number): boolean {
  const ticks = value / toNumber(tick);
  return Math.abs(ticks - Math.round(ticks)) <= OFF_TICK * ticks;
}

function rowOf(symbol: MarketSymbol, text: string, action: string): unknown {
  const instruments = documentIn(text, action);
  const own = instruments.find((row) => row.symbol === symbol);
  const contracts = instruments.filter((row) => row.symbol.startsWith(`${symbol}:`));
  if (own !== undefined || contracts.length === 1) return own ?? contracts[0];
  throw new InputError(
    contracts.length === 0
      ? `${action} as the file must have the symbol: it has ${named(instruments)}; print it with "instruments --symbol ${symbol} --json"`
      : `${action} as it must be told which contract is meant: there are ${named(contracts)}; print one alone with "instruments --symbol"`,
  );
}

function documentIn(text: string, action: string): z.output<typeof Document>['instruments'] {
  const wrong = `${action} as it must be what "autotrader instruments --json" prints: `;
  try {
    return Document.parse(JSON.parse(text)).instruments;
  } catch (error) {
    if (error instanceof SyntaxError) throw new InputError(`${wrong}${error.message}`, { cause: error });
    if (error instanceof z.ZodError) throw new InputError(`${wrong}it has no list of instruments`, { cause: error });
    throw error;
  }
}

const SHOWN = 5;

function named(rows: readonly { readonly symbol: string }[]): string {
  const names = rows.slice(0, SHOWN).map(({ symbol }) => symbol);
  const others = rows.length - names.length;
  return `${names.join(', ') || 'none'}${others > 0 ? ` and ${others} others` : ''}`;
}

function isDecimal(value: number): boolean {
  try {
    decimalOf(value);
    return true;
  } catch {
    return false;
  }
}

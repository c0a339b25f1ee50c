import type { Operand } from '#core/bots.ts';
import { unreachable } from '#core/brand.ts';
import type { Candles } from '#core/candles.ts';
import type { Column, Indicator } from '#core/indicators/column.ts';
import { createIndicator, formatIndicator, type IndicatorSpec } from '#core/indicators/registry.ts';
import { HigherTimeframeIndicator } from '#core/resample.ts';
import type { Timeframe } from '#core/time.ts';

/** What an operand comes to: a constant, a column read at the candle, or a number that only the position knows. */
export type Source =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'column'; readonly column: Column; readonly factor: number }
  /** The last price: the close at closes. */
  | { readonly kind: 'live-price'; readonly factor: number }
  | { readonly kind: 'bars-in-trade'; readonly factor: number };

/** Candles computed at a time: a column of them is 64 KB. */
const BLOCK = 8192;

/** The indicators that a bot's rules name, each computed once however often it is named. */
export class Indicators {
  private readonly candles: Candles;
  private readonly byText = new Map<string, Indicator>();
  /** What rules read, by canonical text with output and timeframe. */
  readonly columns = new Map<string, Column>();

  constructor(candles: Candles) {
    this.candles = candles;
  }

  /** The column of one output of an indicator, on the bot's own timeframe or a higher one. */
  column(spec: IndicatorSpec, timeframe?: Timeframe): Column {
    const suffix = timeframe === undefined ? '' : `@${timeframe}`;
    const name = formatIndicator(spec) + suffix;
    const known = this.columns.get(name);
    if (known) return known;
    const indicator = this.indicator(spec, timeframe, suffix);
    const column = indicator.outputs[spec.output];
    if (!column) throw new Error(`The indicator ${name} has no output "${spec.output}"`);
    indicator.include?.(spec.output);
    this.columns.set(name, column);
    return column;
  }

  /** Fills [from, to) in blocks that all indicators go through together, so that the candles they read stay in cache. */
  advance(from: number, to: number): void {
    const indicators = [...this.byText.values()];
    for (const { outputs } of indicators) for (const column of Object.values(outputs)) column.reserve(to);
    for (let start = from; start < to; start += BLOCK) {
      for (const indicator of indicators) indicator.advance(start, Math.min(start + BLOCK, to));
    }
  }

  private indicator(spec: IndicatorSpec, timeframe: Timeframe | undefined, suffix: string): Indicator {
    const text = `${spec.name}(${spec.parameters.join(',')})${suffix}`;
    const known = this.byText.get(text);
    if (known) return known;
    const made =
      timeframe === undefined
        ? createIndicator(this.candles, spec)
        : new HigherTimeframeIndicator(this.candles, timeframe, (higher) => createIndicator(higher, spec));
    this.byText.set(text, made);
    return made;
  }
}

export function sourceOf(operand: Operand, candles: Candles, indicators: Indicators): Source {
  switch (operand.kind) {
    case 'number':
      return { kind: 'constant', value: operand.value };
    case 'live-price':
      return { kind: 'live-price', factor: 1 };
    case 'price':
      return { kind: 'column', column: candles[operand.field], factor: 1 };
    case 'volume':
      return { kind: 'column', column: candles.volume, factor: 1 };
    case 'indicator':
      return { kind: 'column', column: indicators.column(operand.indicator, operand.timeframe), factor: 1 };
    case 'bars-in-trade':
      return { kind: 'bars-in-trade', factor: 1 };
    case 'multiple':
      return multiplied(sourceOf(operand.of, candles, indicators), operand.factor);
    default:
      return unreachable(operand);
  }
}

function multiplied(source: Source, factor: number): Source {
  return source.kind === 'constant'
    ? { kind: 'constant', value: source.value * factor }
    : { ...source, factor: source.factor * factor };
}

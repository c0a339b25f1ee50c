import type { Candles } from '#core/candles.ts';
import type { Indicator } from '#core/indicators/column.ts';
import { createIndicator, parseIndicator } from '#core/indicators/registry.ts';

/** The indicator of `text` with every output it has asked for; nothing computed yet. */
export function createWithAllOutputs(candles: Candles, text: string): Indicator {
  const indicator = createIndicator(candles, parseIndicator(text));
  for (const output of Object.keys(indicator.outputs)) indicator.include?.(output);
  return indicator;
}

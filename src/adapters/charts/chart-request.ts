import type { ChartRequest } from '#ports/charts.ts';

/** @throws RangeError for a size outside the limits, and without candles. */
export function checkRequest({ width, height, candles, symbol }: ChartRequest): void {
  if (candles.length === 0)
    throw new RangeError(`Cannot draw ${symbol} as there must be a closed candle: there is none`);
  for (const [name, size, least] of [
    ['wide', width, 320],
    ['high', height, 240],
  ] as const) {
    if (!Number.isInteger(size) || size < least || size > 4096)
      throw new RangeError(`Cannot draw ${symbol} as a picture must be ${least} to 4096 pixels ${name}: it is ${size}`);
  }
}

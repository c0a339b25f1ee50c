import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import type { ChartImage, ChartRequest, Charts } from '#ports/charts.ts';
import { Plot } from './plot.ts';

/** Its own font: a fresh machine has none, and another one would make other bytes. */
const FONT = fileURLToPath(import.meta.resolve('@fontsource-variable/geist/files/geist-latin-wght-normal.woff2'));

/** How it is drawn; another number when pictures of the same request come to look different. */
const DRAWING = 1;

/** Pictures drawn here from stored candles: the same request always gives the same bytes, in a backtest and live. */
export class DrawnCharts implements Charts {
  constructor() {
    if (!GlobalFonts.has('Geist') && GlobalFonts.registerFromPath(FONT, 'Geist') === null)
      throw new Error(`Cannot draw charts as their font cannot be read: ${FONT}; run npm ci again`);
  }

  async draw(request: ChartRequest): Promise<ChartImage> {
    checkRequest(request);
    const { width, height } = request;
    const canvas = createCanvas(width, height);
    new Plot(canvas.getContext('2d'), request).draw();
    // Off the event loop: compressing takes longer than drawing.
    const png = await canvas.encode('png');
    return { png, sha256: hashOf(png), drawnFrom: hashOf(JSON.stringify([DRAWING, request])), width, height };
  }
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function checkRequest({ width, height, candles, symbol }: ChartRequest): void {
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

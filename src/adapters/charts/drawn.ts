import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import type { ChartImage, ChartRequest, Charts } from '#ports/charts.ts';
import { checkRequest } from './chart-request.ts';
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

import type { SKRSContext2D } from '@napi-rs/canvas';
import type { ChartLine, ChartRequest } from '#ports/charts.ts';
import { extentOf, roundValues, type Scale, scaleOf, timeStep } from './scales.ts';
import { CHART_THEMES, type ChartTheme } from './themes.ts';

const HEAD = 44;
const FOOT = 26;
const PAD = 10;
const PANE_SHARE = 0.17;
const VOLUME_SHARE = 0.16;
const LABEL_SPACING = 46;
const TIME_SPACING = 110;
const FONT = '12px Geist';
const HEAD_FONT = '15px Geist';

/** Where things are, in pixels. */
interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Draws a market: candles with volume, lines over them, panes below, and what they are in words. */
export class Plot {
  private readonly context: SKRSContext2D;
  private readonly request: ChartRequest;
  private readonly theme: ChartTheme;
  private readonly left = PAD;
  private readonly right: number;
  /** Width of the slot of one candle. */
  private readonly slot: number;

  constructor(context: SKRSContext2D, request: ChartRequest) {
    this.context = context;
    this.request = request;
    this.theme = CHART_THEMES[request.theme];
    context.font = FONT;
    const widest = Math.max(...request.candles.map(({ high }) => high)).toFixed(request.priceDecimals);
    this.right = request.width - Math.ceil(context.measureText(widest).width) - 2 * PAD;
    this.slot = (this.right - this.left) / request.candles.length;
  }

  draw(): void {
    const { context, request, theme } = this;
    const { width, height, panes } = request;
    context.fillStyle = theme.ground;
    context.fillRect(0, 0, width, height);
    context.textBaseline = 'middle';
    const body = height - HEAD - FOOT;
    const paneHeight = Math.round(body * PANE_SHARE);
    const bottom = height - FOOT - panes.length * paneHeight;
    this.drawTimes(HEAD, height - FOOT);
    this.drawPrices({ left: this.left, right: this.right, top: HEAD, bottom });
    panes.forEach(({ lines, guides }, k) => {
      const top = bottom + k * paneHeight;
      this.drawPane({ left: this.left, right: this.right, top, bottom: top + paneHeight }, lines, guides);
    });
    this.drawHead();
  }

  private x(i: number): number {
    return this.left + (i + 0.5) * this.slot;
  }

  private drawPrices(frame: Frame): void {
    const { request, theme } = this;
    const { candles, overlays, priceDecimals } = request;
    const extent = extentOf([candles.map(({ low }) => low), candles.map(({ high }) => high)])!;
    const scale = scaleOf(extent.low, extent.high, frame.top, frame.bottom - (frame.bottom - frame.top) * VOLUME_SHARE);
    this.drawMarks(frame, scale, roundValues(scale, LABEL_SPACING, 10 ** -priceDecimals), priceDecimals, theme.grid);
    this.drawVolume(frame);
    this.clipped(frame, () => {
      this.drawCandles(scale);
      overlays.forEach(({ values }, k) => {
        this.drawLine(values, scale, theme.lines[k % theme.lines.length]!);
      });
    });
    this.drawLast(scale.at(candles.at(-1)!.close));
  }

  private drawPane(frame: Frame, lines: readonly ChartLine[], guides: readonly number[]): void {
    const { context, theme } = this;
    this.rule(frame.top, theme.divider, 0, this.request.width);
    const extent = extentOf([...lines.map(({ values }) => values), guides]);
    if (extent !== undefined) {
      const scale = scaleOf(extent.low, extent.high, frame.top + 16, frame.bottom);
      const span = scale.high - scale.low;
      const decimals = span >= 20 ? 0 : span >= 2 ? 1 : this.request.priceDecimals;
      const marks = guides.length > 0 ? guides : roundValues(scale, LABEL_SPACING, 10 ** -decimals);
      context.setLineDash([4, 4]);
      this.drawMarks(frame, scale, marks, decimals, theme.divider);
      context.setLineDash([]);
      this.clipped(frame, () => {
        lines.forEach(({ values }, k) => {
          this.drawLine(values, scale, theme.lines[k % theme.lines.length]!);
        });
      });
    }
    this.drawLegend(lines, frame.top + 10);
  }

  private drawCandles({ at }: Scale): void {
    const { context, theme, slot } = this;
    const body = Math.max(1, Math.floor(slot * 0.7));
    this.request.candles.forEach(({ open, high, low, close }, i) => {
      const rises = close >= open;
      const x = Math.round(this.x(i));
      const left = x - Math.floor(body / 2);
      const top = Math.round(at(Math.max(open, close)));
      const height = Math.max(1, Math.round(at(Math.min(open, close))) - top);
      context.fillStyle = rises ? theme.up : theme.down;
      context.fillRect(x, Math.round(at(high)), 1, Math.max(1, Math.round(at(low)) - Math.round(at(high))));
      context.fillRect(left, top, body, height);
      if (rises && body > 3 && height > 3) {
        context.fillStyle = theme.ground;
        context.fillRect(left + 1, top + 1, body - 2, height - 2);
      }
    });
  }

  private drawVolume({ top, bottom }: Frame): void {
    const { context, theme, slot } = this;
    const { candles } = this.request;
    const most = Math.max(...candles.map(({ volume }) => volume));
    if (!(most > 0)) return;
    const body = Math.max(1, Math.floor(slot * 0.7));
    const height = (bottom - top) * VOLUME_SHARE;
    candles.forEach(({ open, close, volume }, i) => {
      const tall = Math.round((volume / most) * height);
      context.fillStyle = close >= open ? theme.upVolume : theme.downVolume;
      context.fillRect(Math.round(this.x(i)) - Math.floor(body / 2), bottom - tall, body, tall);
    });
  }

  private drawLine(values: ArrayLike<number>, { at }: Scale, colour: string): void {
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.beginPath();
    let isDown = false;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) isDown = false;
      else if (isDown) context.lineTo(this.x(i), at(value));
      else context.moveTo(this.x(i), at(value));
      isDown = !Number.isNaN(value);
    }
    context.stroke();
  }

  /** Lines across a frame, with their values on the axis. */
  private drawMarks(
    { right, left }: Frame,
    scale: Scale,
    values: readonly number[],
    decimals: number,
    colour: string,
  ): void {
    const { context, theme } = this;
    context.font = FONT;
    context.textAlign = 'left';
    for (const value of values) {
      const y = scale.at(value);
      this.rule(y, colour, left, right);
      context.fillStyle = theme.faint;
      context.fillText(value.toFixed(decimals), right + PAD, y);
    }
  }

  private drawTimes(top: number, bottom: number): void {
    const { context, theme } = this;
    const { candles } = this.request;
    const first = candles[0]!.openTime;
    const step = timeStep(candles.at(-1)!.openTime - first, this.right - this.left, TIME_SPACING);
    context.font = FONT;
    context.textAlign = 'center';
    let last = Math.floor(first / step);
    candles.forEach(({ openTime }, i) => {
      const next = Math.floor(openTime / step);
      if (next === last) return;
      last = next;
      const x = Math.round(this.x(i)) + 0.5;
      context.strokeStyle = theme.grid;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x, top);
      context.lineTo(x, bottom);
      context.stroke();
      context.fillStyle = theme.faint;
      context.fillText(timeText(openTime, step), Math.min(x, this.right - 20), bottom + FOOT / 2);
    });
  }

  /** The last close on the axis. */
  private drawLast(y: number): void {
    const { context, theme, right } = this;
    const { candles, priceDecimals, width } = this.request;
    context.setLineDash([2, 3]);
    this.rule(y, theme.faint, this.left, right);
    context.setLineDash([]);
    context.fillStyle = theme.tag;
    context.fillRect(right + 2, Math.round(y) - 9, width - right - 2, 18);
    context.fillStyle = theme.onTag;
    context.font = FONT;
    context.textAlign = 'left';
    context.fillText(candles.at(-1)!.close.toFixed(priceDecimals), right + PAD, Math.round(y));
  }

  private drawHead(): void {
    const { context, theme } = this;
    const { symbol, timeframe, candles, priceDecimals, overlays } = this.request;
    const { openTime, open, high, low, close } = candles.at(-1)!;
    const shown = (price: number) => price.toFixed(priceDecimals);
    context.textAlign = 'left';
    context.font = HEAD_FONT;
    context.fillStyle = theme.text;
    const title = `${symbol}  ${timeframe}`;
    context.fillText(title, PAD, 14);
    const after = PAD + context.measureText(title).width + 16;
    context.font = FONT;
    context.fillStyle = theme.faint;
    const prices = `O ${shown(open)}  H ${shown(high)}  L ${shown(low)}  C ${shown(close)}`;
    context.fillText(`last closed candle ${dateText(openTime)} UTC   ${prices}`, after, 14);
    this.drawLegend(overlays, 33);
  }

  private drawLegend(lines: readonly ChartLine[], y: number): void {
    const { context, theme } = this;
    context.font = FONT;
    context.textAlign = 'left';
    let x = PAD;
    lines.forEach(({ label, values }, k) => {
      const last = values.length === 0 ? Number.NaN : values[values.length - 1]!;
      const text = Number.isNaN(last) ? label : `${label} ${last.toFixed(this.request.priceDecimals)}`;
      context.fillStyle = theme.lines[k % theme.lines.length]!;
      context.fillRect(x, y - 1, 12, 2);
      context.fillText(text, x + 17, y);
      x += context.measureText(text).width + 34;
    });
  }

  private rule(y: number, colour: string, from: number, to: number): void {
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(from, Math.round(y) + 0.5);
    context.lineTo(to, Math.round(y) + 0.5);
    context.stroke();
  }

  private clipped({ left, right, top, bottom }: Frame, draw: () => void): void {
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    draw();
    context.restore();
  }
}

/** UTC, as "2025-10-10 21:00". */
function dateText(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}

/** The hour, and the day where a day begins or steps are days. */
function timeText(time: number, step: number): string {
  const [date, clock] = dateText(time).split(' ') as [string, string];
  return clock === '00:00' || step >= 86_400_000 ? date.slice(5) : clock;
}

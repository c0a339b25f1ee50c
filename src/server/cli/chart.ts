import { writeFile } from 'node:fs/promises';
import { DrawnCharts } from '#adapters/charts/drawn.ts';
import { DEFAULT_CHART } from '#contract/model-bot-file.ts';
import type { BotId } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { ChartLook } from '#core/model-bots.ts';
import { decimalPlaces, formatDecimal, toNumber } from '#core/money.ts';
import type { EpochMs, Timeframe } from '#core/time.ts';
import type { ChartRequest } from '#ports/charts.ts';
import { Pictures } from '#strategies/chart-vision/pictures.ts';
import { Indicators } from '#strategies/indicator-rules/operands.ts';
import { InputError } from '../errors.ts';
import { loadBotFile } from '../files/bot-files.ts';
import { instrumentOf, readCandleFile } from '../files/candle-files.ts';
import { utcText } from './time-text.ts';

export interface ChartOptions {
  readonly candles: string;
  readonly symbol: MarketSymbol;
  /** A bot file whose pictures are drawn; the usual look without. */
  readonly bot?: string;
  readonly theme?: ChartLook['theme'];
  readonly timeframe?: Timeframe;
  /** The picture as it was when this moment had come; the last candle without. */
  readonly at?: EpochMs;
  readonly allowGaps?: true;
  readonly out: string;
}

/** Draws a market as a model is shown it, and says what was drawn. */
export async function chart(options: ChartOptions): Promise<void> {
  const { candles: file, symbol, timeframe, allowGaps, out } = options;
  if (!out.endsWith('.png'))
    throw new InputError(`Cannot write the picture to "${out}" as its name must end in .png; give it that`);
  const text = await readCandleFile(file, { timeframe, allowGaps });
  const { candles } = text;
  const index = options.at === undefined ? candles.length - 1 : candles.indexClosedAt(options.at);
  if (index < 0)
    throw new InputError(
      `Cannot draw "${file}" as a candle must have closed by then; give a later --at, or leave it out`,
    );
  const { tick } = instrumentOf(symbol, text);
  const market = {
    botId: 'chart' as BotId,
    symbol,
    candles,
    tick: toNumber(tick),
    decimals: decimalPlaces(formatDecimal(tick)),
  };
  const indicators = new Indicators(candles);
  const pictures = new Pictures(market, await lookOf(options), indicators);
  indicators.advance(0, candles.length);
  const charts = new DrawnCharts();
  for (const [k, request] of pictures.requestsAt(index).entries()) {
    const path = k === 0 ? out : out.replace(/\.png$/, `-${request.timeframe}.png`);
    const { png, sha256, width, height } = await charts.draw(request);
    await writeFile(path, png);
    process.stdout.write(`${path}: ${titleOf(request)}, ${width} x ${height}, SHA-256 ${sha256}\n`);
  }
}

function titleOf({ symbol, timeframe, candles }: ChartRequest): string {
  return `${symbol} ${timeframe}, ${candles.length} candles up to ${utcText(candles.at(-1)!.openTime)} UTC`;
}

async function lookOf({ bot: path, theme }: ChartOptions): Promise<ChartLook> {
  const look = path === undefined ? DEFAULT_CHART : await lookIn(path);
  return { ...look, ...(theme && { theme }) };
}

async function lookIn(path: string): Promise<ChartLook> {
  const { bot } = await loadBotFile(path);
  if (bot.kind === 'chart-vision') return bot.chart;
  throw new InputError(
    `Cannot draw as "${path}" says as it must be a bot of the kind "chart-vision": it is "${bot.kind}"; leave --bot out`,
  );
}

import type { Bot } from '#core/bots.ts';
import type { CandleText, Wick } from '#core/candle-text/candle-text.ts';
import { figure } from '#core/figures.ts';
import { reasonOf } from '#core/signals.ts';
import type { SymbolRun } from '#engine/symbol-run.ts';
import type { BacktestResult, OnMargin } from './backtest-result.ts';
import { utcText } from './time-text.ts';

/** More of one kind say nothing new. */
const MOST_WICKS = 10;

/** What a reader of the result should know before trusting it: a sentence each, which says of what symbol it is. */
export function warningsOf({ bot, symbols, margin, ofModels }: BacktestResult): readonly string[] {
  const ofSymbols = symbols.flatMap(({ text, run }) => {
    const before = symbols.length > 1 ? `${run.owner.symbol}: ` : '';
    return symbolWarnings(bot, text, run).map((warning) => before + warning);
  });
  return [...ofSymbols, ...marginWarnings(margin), ...ofModels];
}

function symbolWarnings(bot: Bot, text: CandleText, run: SymbolRun): readonly string[] {
  return [
    ...outsideWarning(text),
    ...gapWarning(text),
    ...wickWarnings(text.wicks),
    ...warmupWarning(bot, run),
    ...refusalWarnings(bot, run),
  ];
}

function outsideWarning({ outside, candles }: CandleText): readonly string[] {
  const { 'pre-market': before, 'post-market': after, closed } = outside;
  if (before + after + closed === 0) return [];
  const when = `${figure(before, 0)} before, ${figure(after, 0)} after, ${figure(closed, 0)} at other times`;
  return [`Candles left out, as they lie outside of the sessions of ${candles.calendar.name}: ${when}.`];
}

function gapWarning({ gaps }: CandleText): readonly string[] {
  if (gaps.length === 0) return [];
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
  return [
    `Missing candles: ${figure(missing, 0)}, gaps: ${figure(gaps.length, 0)}. Indicators go on as if none was missing.`,
  ];
}

function wickWarnings(wicks: readonly Wick[]): readonly string[] {
  const sentences = wicks.slice(0, MOST_WICKS).map(({ openTime, at, price, fraction }) => {
    const where = `${figure(fraction * 100, 2)} % ${at === 'high' ? 'above' : 'below'} its open and close`;
    return `The ${at} ${price} of the candle of ${utcText(openTime)} is ${where}: likely a bad tick.`;
  });
  const more = wicks.length - sentences.length;
  return more > 0 ? [...sentences, `There are ${figure(more, 0)} more such candles.`] : sentences;
}

function warmupWarning({ warmupCandles }: Bot, { candles }: SymbolRun): readonly string[] {
  if (candles.length > warmupCandles) return [];
  const counts = `${figure(warmupCandles, 0)} candles and there are ${figure(candles.length, 0)}`;
  return [`The bot decided nothing: it warms up for ${counts}.`];
}

/** Entries that the rules asked for and the limits did not let through. */
function refusalWarnings({ intervalMs, callingEvents }: Bot, { reasons, candles }: SymbolRun): readonly string[] {
  const isAtCloses = intervalMs === undefined && callingEvents === undefined;
  const what = isAtCloses ? 'Entries refused' : 'Candles at whose last tick or call an entry was refused';
  const counts = new Map<number, number>();
  for (const code of reasons.subarray(0, candles.length)) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].flatMap(([code, count]) => {
    const { outcome, why } = reasonOf(code);
    return outcome === 'refused' ? [`${what}: ${figure(count, 0)}, as ${why}.`] : [];
  });
}

function marginWarnings(margin: OnMargin | undefined): readonly string[] {
  if (margin === undefined) return [];
  const all = [...margin.setup.contracts];
  const without = all.filter(([, { funding }]) => funding.length === 0).map(([symbol]) => symbol);
  const ofWhich = without.length < all.length ? ` for ${without.join(', ')}` : '';
  const refusals = [...margin.contracts.values()].flatMap((contract) => contract.refusals);
  const count = figure(refusals.length, 0);
  return [
    "Liquidation and funding go by the candles' own prices, as the mark price is not in them.",
    ...(without.length === 0 ? [] : [`No funding was paid or received${ofWhich}, as no --funding was given.`]),
    ...(refusals.length === 0 ? [] : [`Entries that the venue refused: ${count}. The first: ${refusals[0]}.`]),
  ];
}

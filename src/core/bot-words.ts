import type { Bot, Brackets, Condition, Distance, SignalFilter, Sizing } from './bots.ts';
import { unreachable } from './brand.ts';
import type { ModelVoteBot } from './model-bots.ts';
import { formatDecimal } from './money.ts';
import { CLEARLY_SURER, SURE_ENOUGH } from './votes.ts';

/** A piece of a sentence; facts are what stands in the bot's file. */
export interface Piece {
  readonly text: string;
  readonly isFact: boolean;
}
export type Sentence = readonly Piece[];

/** What a bot does, a sentence each: made from its file by fixed words, so that it says no more than the file. */
export function botWords(bot: Bot): readonly Sentence[] {
  return [whenWords(bot), ...decisionWords(bot), sizeWords(bot), ...levelWords(bot.brackets), ...limitWords(bot)];
}

/** A sentence whose values are facts; a part that is made in the same way goes in as it is. */
function say(words: TemplateStringsArray, ...parts: readonly (string | number | Sentence)[]): Sentence {
  return words.flatMap((text, k) => [...(text === '' ? [] : [{ text, isFact: false }]), ...piecesOf(parts[k])]);
}

function piecesOf(part: string | number | Sentence | undefined): Sentence {
  if (typeof part === 'object') return part;
  return part === undefined ? [] : [{ text: String(part), isFact: true }];
}

function joined(parts: readonly Sentence[]): Sentence {
  return parts.flatMap((part, k) => (k === 0 ? part : [{ text: ', ', isFact: false }, ...part]));
}

function whenWords({ timeframe, intervalMs, symbols }: Bot): Sentence {
  const where = symbols.length > 3 ? `${symbols.length} symbols` : symbols.join(', ');
  return intervalMs === undefined
    ? say`It decides each time a candle of ${timeframe} closes, on ${where}.`
    : say`It decides every ${intervalMs / 1000} s on ${where}, by candles of ${timeframe}.`;
}

function decisionWords(bot: Bot): readonly Sentence[] {
  switch (bot.kind) {
    case 'indicator-rules':
      return [rulesWords(bot.entry)];
    case 'chart-vision': {
      const { candles, theme, timeframes } = bot.chart;
      const more = timeframes.length === 0 ? [] : say` and of ${timeframes.join(', ')}`;
      return [
        say`${bot.model.model} is shown a ${theme} picture of the last ${candles} candles${more}, with the figures behind it, and recommends to buy, sell or hold.`,
      ];
    }
    case 'model-vote':
      return voteWords(bot);
    default:
      return unreachable(bot);
  }
}

function rulesWords({ long, short }: Extract<Bot, { kind: 'indicator-rules' }>['entry']): Sentence {
  const sides = [
    ...(long ? [say`${'long'} when ${countOf(long)}`] : []),
    ...(short ? [say`${'short'} when ${countOf(short)}`] : []),
  ];
  return say`It enters ${joined(sides)}.`;
}

function countOf(condition: Condition): Sentence {
  const count = comparisonsIn(condition);
  if (count === 1) return say`${1} condition is met`;
  return condition.kind === 'any' ? say`any of ${count} conditions is met` : say`its ${count} conditions are met`;
}

function comparisonsIn(condition: Condition): number {
  return condition.kind === 'comparison' ? 1 : condition.of.reduce((sum, part) => sum + comparisonsIn(part), 0);
}

function voteWords({ models, vote }: ModelVoteBot): readonly Sentence[] {
  const asked =
    models.length === 1 ? say`${1} model answers.` : say`${models.length} models answer the same question, each alone.`;
  const alone = vote.alone === 'follow' ? [] : [say`Where only one of them answers it does ${'not trade'}.`];
  switch (vote.kind) {
    case 'majority':
      return [
        asked,
        say`A ${'majority'} decides when its mean confidence is at least ${SURE_ENOUGH}; of two equal halves the surer one, by ${CLEARLY_SURER} or more.`,
        ...alone,
      ];
    case 'unanimous':
      return [asked, say`${'All'} must say the same, with a mean confidence of at least ${SURE_ENOUGH}.`, ...alone];
    case 'weighted':
      return [asked, say`The highest ${'weighted'} score decides from ${SURE_ENOUGH} on; a tie holds.`, ...alone];
    default:
      return unreachable(vote.kind);
  }
}

function sizeWords({ sizing, leverage, capital }: Bot): Sentence {
  const onMargin = leverage === undefined ? [] : say`, with leverage ${formatDecimal(leverage)}×`;
  return say`Of its capital of ${grouped(formatDecimal(capital))} each entry takes ${sizeText(sizing)}${onMargin}.`;
}

/** Thousands apart, however many decimals: "100,000". */
function grouped(decimal: string): string {
  const [whole, fraction] = decimal.split('.');
  const apart = whole!.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? apart : `${apart}.${fraction}`;
}

function sizeText(sizing: Sizing): Sentence {
  switch (sizing.kind) {
    case 'quantity':
      return say`a quantity of ${formatDecimal(sizing.quantity)}`;
    case 'percent-of-capital':
      return say`${sizing.percent} %`;
    case 'risk-per-trade':
      return say`what loses ${sizing.percent} % at its stop`;
    default:
      return unreachable(sizing);
  }
}

function levelWords(brackets: Brackets | undefined): readonly Sentence[] {
  if (brackets === undefined) return [say`It has ${'no stop and no target'}: its exit rules end a trade.`];
  const { stop, target } = brackets;
  const stopText =
    stop.kind === 'swing' ? say`beyond the swing of ${stop.candles} candles` : say`${distanceText(stop)} away`;
  if (target === undefined) return [say`The stop lies ${stopText}; there is ${'no target'} of its own.`];
  const targetText =
    target.kind === 'risk' ? say`${target.multiple} times as far as the stop` : say`${distanceText(target)} away`;
  return [say`The stop lies ${stopText}, the target ${targetText}.`];
}

function distanceText(distance: Distance): string {
  return distance.kind === 'percent' ? `${distance.percent} %` : `${distance.multiple} ATR(${distance.period})`;
}

function limitWords(bot: Bot): readonly Sentence[] {
  const { filter, maxTradeCandles, coolDownCandles, symbols, maxConcurrentTrades } = bot;
  const demands = demandsOf(filter);
  const sentences: Sentence[] = [];
  if (demands.length > 0) sentences.push(say`It takes only signals with ${joined(demands)}.`);
  if (maxConcurrentTrades < symbols.length) sentences.push(say`At most ${maxConcurrentTrades} are open at once.`);
  if (maxTradeCandles !== undefined) sentences.push(say`A trade is left after ${maxTradeCandles} candles.`);
  if (coolDownCandles > 0) sentences.push(say`After an exit it waits ${coolDownCandles} candles.`);
  if ('budgetUsdPerDay' in bot) sentences.push(say`It asks for at most ${bot.budgetUsdPerDay} USD a day.`);
  return sentences;
}

function demandsOf({ minConfidence, minRewardRisk, maxRiskPercent }: SignalFilter): readonly Sentence[] {
  return [
    ...(minConfidence === undefined ? [] : [say`a confidence of at least ${minConfidence}`]),
    ...(minRewardRisk === undefined ? [] : [say`a reward of at least ${minRewardRisk} for a risk of 1`]),
    ...(maxRiskPercent === undefined ? [] : [say`at most ${maxRiskPercent} % of the equity at risk`]),
  ];
}

import type { Bot, Condition, IndicatorRulesBot, Sizing } from './bots.ts';
import { unreachable } from './brand.ts';
import { levelWords } from './level-words.ts';
import { limitWords } from './limit-words.ts';
import type { ModelVoteBot } from './model-bots.ts';
import { formatDecimal } from './money.ts';
import { joined, NOTHING, type Sentence, say } from './sentence.ts';
import { CLEARLY_SURER, SURE_ENOUGH, SURE_ENOUGH_ALONE } from './votes.ts';

/** What a bot does, a sentence each: made from its file by fixed words, so that it says no more than the file. */
export function botWords(bot: Bot): readonly Sentence[] {
  return [whenWords(bot), ...decisionWords(bot), sizeWords(bot), ...levelWords(bot), ...limitWords(bot)];
}

function whenWords({ timeframe, intervalMs, callingEvents = [], symbols }: Bot): Sentence {
  const where = symbols.length > 3 ? `${symbols.length} symbols` : symbols.join(', ');
  const called =
    callingEvents.length === 0 ? NOTHING : say`, and at once at a ${callingEvents.join(' or a ').replaceAll('-', ' ')}`;
  return intervalMs === undefined
    ? say`It decides each time a candle of ${timeframe} closes, on ${where}${called}.`
    : say`It decides every ${intervalMs / 1000} s on ${where}, by candles of ${timeframe}${called}.`;
}

function decisionWords(bot: Bot): readonly Sentence[] {
  switch (bot.kind) {
    case 'indicator-rules':
      return rulesWords(bot);
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

function rulesWords({ entry, exit }: IndicatorRulesBot): readonly Sentence[] {
  const exits = sidesOf(exit);
  return [say`It enters ${joined(sidesOf(entry))}.`, ...(exits.length === 0 ? [] : [say`It leaves ${joined(exits)}.`])];
}

function sidesOf({ long, short }: IndicatorRulesBot['entry']): readonly Sentence[] {
  return [
    ...(long ? [say`${'long'} when ${countOf(long)}`] : []),
    ...(short ? [say`${'short'} when ${countOf(short)}`] : []),
  ];
}

/** All or any of them; of groups in groups no more is said than how many conditions there are. */
function countOf(condition: Condition): Sentence {
  if (condition.kind === 'comparison') return say`${1} condition is met`;
  if (condition.of.length === 1) return countOf(condition.of[0]!);
  const count = comparisonsIn(condition);
  if (condition.of.some(({ kind }) => kind !== 'comparison')) return say`a rule of ${count} conditions is met`;
  return condition.kind === 'any' ? say`any of ${count} conditions is met` : say`its ${count} conditions are met`;
}

function comparisonsIn(condition: Condition): number {
  return condition.kind === 'comparison' ? 1 : condition.of.reduce((sum, part) => sum + comparisonsIn(part), 0);
}

function voteWords({ models, vote }: ModelVoteBot): readonly Sentence[] {
  const isFollowed = vote.alone === 'follow';
  if (models.length === 1) {
    return [
      isFollowed
        ? say`${1} model answers, and is followed from a confidence of ${SURE_ENOUGH_ALONE} on.`
        : say`${1} model answers, and one alone may ${'not trade'}: it never enters.`,
    ];
  }
  return [
    say`${models.length} models answer the same question, each alone.`,
    countedWords(vote.kind),
    isFollowed
      ? say`Where only one of them answers it is ${'followed'} from a confidence of ${SURE_ENOUGH_ALONE} on.`
      : say`Where only one of them answers it does ${'not trade'}.`,
  ];
}

function countedWords(kind: ModelVoteBot['vote']['kind']): Sentence {
  switch (kind) {
    case 'majority':
      return say`A ${'majority'} decides when its mean confidence is at least ${SURE_ENOUGH}; of two equal halves the surer one, by ${CLEARLY_SURER} or more.`;
    case 'unanimous':
      return say`${'All'} must say the same, with a mean confidence of at least ${SURE_ENOUGH}.`;
    case 'weighted':
      return say`The highest ${'weighted'} score decides from ${SURE_ENOUGH} on; a tie holds.`;
    default:
      return unreachable(kind);
  }
}

function sizeWords({ sizing, leverage, marginMode = 'isolated', borrowPercentPerYear, capital }: Bot): Sentence {
  const interest =
    borrowPercentPerYear === undefined
      ? NOTHING
      : say`, at ${formatDecimal(borrowPercentPerYear)} % a year for what is borrowed`;
  const onMargin =
    leverage === undefined
      ? NOTHING
      : say`, on ${marginMode} margin with leverage ${formatDecimal(leverage)}×${interest}`;
  const isMargin = leverage !== undefined && sizing.kind === 'percent-of-capital';
  const share = isMargin ? say`${sizeText(sizing)} as its margin` : sizeText(sizing);
  return say`Of its capital of ${grouped(formatDecimal(capital))} each entry takes ${share}${onMargin}${boundsText(sizing)}.`;
}

function boundsText({ minQuantity, maxQuantity, minNotional, maxNotional }: Sizing): Sentence {
  const least = [
    ...(minQuantity === undefined ? [] : [say`a quantity of ${formatDecimal(minQuantity)}`]),
    ...(minNotional === undefined ? [] : [say`a worth of ${grouped(formatDecimal(minNotional))}`]),
  ];
  const most = [
    ...(maxQuantity === undefined ? [] : [say`a quantity of ${formatDecimal(maxQuantity)}`]),
    ...(maxNotional === undefined ? [] : [say`a worth of ${grouped(formatDecimal(maxNotional))}`]),
  ];
  return [
    ...(least.length === 0 ? [] : say`, no less than ${joined(least)}`),
    ...(most.length === 0 ? [] : say`, no more than ${joined(most)}`),
  ];
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
      return say`what loses ${sizing.percent} % at its stop, before costs`;
    default:
      return unreachable(sizing);
  }
}

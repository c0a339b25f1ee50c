import type { Bot, LimitEntry, SignalFilter, TradingWindow } from './bots.ts';
import { counted, joined, NOTHING, type Sentence, say } from './sentence.ts';

const DAYS_OF_WEEK = 7;

/** When a bot enters, how often, and what ends or keeps it from a trade. */
export function limitWords(bot: Bot): readonly Sentence[] {
  const { entryOrder, filter, maxTradeCandles, coolDownCandles, symbols, maxConcurrentTrades, tradingWindow } = bot;
  const demands = demandsOf(filter, bot.kind !== 'indicator-rules');
  const sentences: Sentence[] = [];
  if (entryOrder !== undefined) sentences.push(orderWords(entryOrder));
  if (demands.length > 0) sentences.push(say`It takes only signals with ${joined(demands)}.`);
  sentences.push(...inTradeWords(bot));
  if (maxConcurrentTrades < symbols.length) sentences.push(say`At most ${maxConcurrentTrades} are open at once.`);
  if (maxTradeCandles !== undefined) sentences.push(say`A trade is left after ${counted(maxTradeCandles, 'candle')}.`);
  if (coolDownCandles > 0) sentences.push(say`After an exit it waits ${counted(coolDownCandles, 'candle')}.`);
  if (tradingWindow !== undefined) sentences.push(windowWords(tradingWindow));
  if ('budgetUsdPerDay' in bot) sentences.push(say`It asks for at most ${bot.budgetUsdPerDay} USD a day.`);
  return sentences;
}

/** What a signal does to a position that is open, as far as there can be one. */
function inTradeWords(bot: Bot): readonly Sentence[] {
  const { onOpposite, onSame, maxEntries } = bot;
  const isOneSided = bot.kind === 'indicator-rules' && (bot.entry.long === undefined || bot.entry.short === undefined);
  const opposite = {
    close: say`A signal to the other side ${'closes'} the trade.`,
    reverse: say`A signal to the other side ${'closes the trade and opens one there'}.`,
    ignore: say`A signal to the other side is ${'ignored'} in a trade.`,
  };
  return [
    ...(isOneSided ? [] : [opposite[onOpposite]]),
    ...(onSame === 'stack'
      ? [say`A signal to the same side ${'adds to the trade'}, up to ${maxEntries} entries.`]
      : []),
  ];
}

function orderWords({ offsetPercent, timeoutCandles, reprice, postOnly }: LimitEntry): Sentence {
  const where =
    offsetPercent === 0 ? say`at the close` : say`${offsetPercent} % under the close for a long, above it for a short`;
  const follows = reprice === 'follow' ? say`, moved with each close` : NOTHING;
  const maker = postOnly ? say`, as a maker only` : NOTHING;
  return say`An entry waits up to ${counted(timeoutCandles, 'candle')} at a limit ${where}${follows}${maker}.`;
}

function windowWords({ startMinute, endMinute, zone, days, flattenAtEnd }: TradingWindow): Sentence {
  const on = days.length < DAYS_OF_WEEK ? say` on ${days.join(', ')}` : NOTHING;
  const end = flattenAtEnd ? say`and is flat when that ends` : say`and what is open then stays`;
  return say`It enters from ${clockText(startMinute)} to ${clockText(endMinute)} ${zone}${on}, ${end}.`;
}

/** "09:30". */
function clockText(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** @param isSure Whether signals say how sure they are: those of rules are not asked. */
function demandsOf(filter: SignalFilter, isSure: boolean): readonly Sentence[] {
  const { minConfidence, minRewardRisk, maxRiskPercent, minStopPercent, maxStopPercent } = filter;
  const { maxSpreadPercent, maxAgeSeconds, repeatAfterCandles = 0 } = filter;
  return [
    ...(minConfidence === undefined || !isSure ? [] : [say`a confidence of at least ${minConfidence}`]),
    ...(minRewardRisk === undefined ? [] : [say`a reward of at least ${minRewardRisk} for a risk of 1`]),
    ...(maxRiskPercent === undefined ? [] : [say`at most ${maxRiskPercent} % of the equity at risk`]),
    ...(minStopPercent === undefined ? [] : [say`a stop at least ${minStopPercent} % away`]),
    ...(maxStopPercent === undefined ? [] : [say`a stop at most ${maxStopPercent} % away`]),
    ...(maxSpreadPercent === undefined ? [] : [say`bid and ask at most ${maxSpreadPercent} % apart`]),
    ...(maxAgeSeconds === undefined ? [] : [say`a price at most ${maxAgeSeconds} s old`]),
    ...(repeatAfterCandles === 0
      ? []
      : [say`none to the same side in ${counted(repeatAfterCandles, 'candle')} before`]),
  ];
}

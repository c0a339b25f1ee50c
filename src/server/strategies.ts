import type { SourcedSeries } from '#adapters/market-data/feed.ts';
import type { Bot, BotId } from '#core/bots.ts';
import { unreachable } from '#core/brand.ts';
import { decimalPlaces, formatDecimal, toNumber } from '#core/money.ts';
import { spreadOf } from '#core/signal-filter.ts';
import type { Strategy } from '#core/signals.ts';
import type { EpochMs } from '#core/time.ts';
import type { Charts } from '#ports/charts.ts';
import { chartVision } from '#strategies/chart-vision/strategy.ts';
import { IndicatorRules } from '#strategies/indicator-rules/strategy.ts';
import type { Asked, AskedMarket } from '#strategies/model-answers/asking.ts';
import { PastDecisions } from '#strategies/model-answers/past-decisions.ts';
import { modelVote } from '#strategies/model-vote/strategy.ts';

/** Whom a bot asks, and who draws for it. */
export interface Asking extends Asked {
  readonly charts: Charts;
}

/** What a bot's strategy is made with on one of its symbols. */
export interface StrategyParts {
  readonly bot: Bot;
  readonly botId: BotId;
  readonly series: Pick<SourcedSeries, 'symbol' | 'instrument' | 'candles'> & Partial<Pick<SourcedSeries, 'quotation'>>;
  /** Undefined for a bot that asks nobody. */
  readonly asking: Asking | undefined;
  /** What it decided before; none when left out. */
  readonly past?: PastDecisions | undefined;
}

/** What decides for a bot on one symbol, by the bot's kind. */
export function strategyOf({ bot, botId, series, asking, past = new PastDecisions() }: StrategyParts): Strategy {
  const { symbol, candles, instrument } = series;
  if (bot.kind === 'indicator-rules') return new IndicatorRules(bot, candles);
  if (asking === undefined) throw new Error(`The bot "${bot.name}" asks models, and there is nobody to ask`);
  const decimals = decimalPlaces(formatDecimal(instrument.tick));
  const spreadAt = (at: EpochMs) => spreadOf(series.quotation?.(at) ?? {});
  const market: AskedMarket = { botId, symbol, candles, tick: toNumber(instrument.tick), decimals, spreadAt };
  switch (bot.kind) {
    case 'chart-vision':
      return chartVision(bot, market, asking, asking.charts, past);
    case 'model-vote':
      return modelVote(bot, market, asking, past);
    default:
      return unreachable(bot);
  }
}

import { entryBeside } from '#core/entry-beside.ts';
import { MarketActivity } from '#core/events/market-activity.ts';
import { type MarketEvent, MarketEvents } from '#core/events/market-events.ts';
import type { Column } from '#core/indicators/column.ts';
import { formatIndicator, type IndicatorSpec } from '#core/indicators/registry.ts';
import type { ModelBot } from '#core/model-bots.ts';
import type { Basis } from '#core/opinions.ts';
import {
  type BracketDistances,
  type Decision,
  type Held,
  hold,
  type Moment,
  REASONS,
  type Strategy,
} from '#core/signals.ts';
import { type BracketsAt, compileBrackets } from '../indicator-rules/brackets.ts';
import { Indicators } from '../indicator-rules/operands.ts';
import type { Asked, AskedMarket, Facts } from './asking.ts';
import { CANDLES_TOLD, FiguresAt } from './figures-at.ts';
import type { PastDecisions } from './past-decisions.ts';
import { promptValues } from './prompt-values.ts';

/** So many market events are told, at most. */
const EVENTS_TOLD = 10;
const WARMING_UP = hold(REASONS.warmingUp);
const COOLING_DOWN = hold(REASONS.coolingDown);
const NO_EXIT = hold(REASONS.noExit);
const TOO_LONG: Decision = Object.freeze({ kind: 'exit', reason: REASONS.tooLong });

/** What came of asking, with the levels that those who agree name: quote per base, undefined where nobody did. */
export interface Judgement {
  readonly basis: Basis;
  readonly stop: number | undefined;
  readonly target: number | undefined;
}

/** Who is asked when candle `i` was the last that closed, and what is made of the answers. */
export type Judge = (i: number, facts: Facts) => Promise<Judgement>;

/** A bot that asks models on one symbol. Whatever they answer, it is held to the bot's own rules and limits. */
export class ModelStrategy implements Strategy {
  private readonly indicators: Indicators;
  private readonly bot: ModelBot;
  private readonly market: AskedMarket;
  private readonly asked: Asked;
  private readonly past: PastDecisions;
  private readonly judge: Judge;
  private readonly told: readonly { readonly name: string; readonly column: Column }[];
  private readonly figures: FiguresAt;
  private readonly events: MarketEvents;
  private readonly brackets: BracketsAt;

  /** @param makeJudge Gets the indicators, to add those that it draws. */
  constructor(
    bot: ModelBot,
    market: AskedMarket,
    asked: Asked,
    past: PastDecisions,
    makeJudge: (indicators: Indicators) => Judge,
  ) {
    const { candles } = market;
    this.bot = bot;
    this.market = market;
    this.asked = asked;
    this.past = past;
    this.indicators = new Indicators(candles);
    this.told = bot.indicators.map((spec: IndicatorSpec) => ({
      name: formatIndicator(spec),
      column: this.indicators.column(spec),
    }));
    this.figures = new FiguresAt(candles, this.indicators);
    this.events = new MarketEvents(candles);
    this.brackets = compileBrackets(bot.brackets, this.indicators);
    this.judge = makeJudge(this.indicators);
  }

  observe(from: number, to: number): void {
    this.indicators.advance(from, to);
    this.events.advance(from, to);
  }

  decide(i: number, held: Held): Decision | Promise<Decision> {
    const { candles } = this.market;
    return this.decideAt(i, held, { at: candles.closeTimeAt(i), price: candles.close.values[i]! });
  }

  decideBetween(i: number, held: Held, moment: Moment): Decision | Promise<Decision> {
    return this.decideAt(i, held, moment);
  }

  snapshot(i: number): Readonly<Record<string, number>> {
    const values: Record<string, number> = {};
    for (const { name, column } of this.told) {
      const value = column.values[i]!;
      if (Number.isFinite(value)) values[name] = value;
    }
    return values;
  }

  /** Nobody is asked where nothing could come of it. */
  private decideAt(i: number, held: Held, moment: Moment): Decision | Promise<Decision> {
    const { warmupCandles, coolDownCandles, maxTradeCandles = Infinity, onOpposite, onSame } = this.bot;
    if (i < warmupCandles) return WARMING_UP;
    if (held.direction === 'flat') {
      const isCooling = coolDownCandles > 0 && held.lastExitIndex >= 0 && i <= held.lastExitIndex + coolDownCandles;
      return isCooling ? COOLING_DOWN : this.ask(i, { ...held }, moment);
    }
    if (i - held.entryIndex + 1 >= maxTradeCandles) return TOO_LONG;
    return onOpposite === 'ignore' && onSame === 'ignore' ? NO_EXIT : this.ask(i, { ...held }, moment);
  }

  private async ask(i: number, held: Held, moment: Moment): Promise<Decision> {
    const judgement = inSafeMode(await this.judge(i, await this.factsAt(i, held, moment)));
    const { recommendation, confidence, rule } = judgement.basis;
    const { at, price } = moment;
    this.past.add({ at, price, recommendation, confidence, rule });
    return this.decisionOf(i, price, judgement);
  }

  private async factsAt(i: number, held: Held, { at, price, events: called = [] }: Moment): Promise<Facts> {
    const { candles, symbol, botId, tick, decimals } = this.market;
    // A target within it earns nothing. At least a tick lies between bid and ask; candles tell no more of it.
    const spread = Math.max(tick, this.market.spreadAt(at) ?? 0);
    const figures = { ...this.figures.at(i), price };
    const values = promptValues({
      ...{ symbol, candles, index: i, at, decimals, figures, held },
      events: this.eventsAt(i, called),
      indicators: this.snapshot(i),
      past: this.past.last,
      surroundings: await this.asked.surroundings.around(symbol),
    });
    const asker = { botId, symbol, timeframe: candles.timeframe, occasion: at };
    return { asker, values, figures, now: { price, spread } };
  }

  /** The newest in the candles that are told, and those that it is called at. */
  private eventsAt(i: number, called: readonly MarketEvent[]): readonly MarketEvent[] | undefined {
    const { candles } = this.market;
    const first = Math.max(0, i - CANDLES_TOLD + 1);
    const events = [...this.events.between(candles.openTimeAt(first), candles.closeTimeAt(i)), ...called];
    return events.length === 0 && i < MarketActivity.firstIndex ? undefined : events.slice(-EVENTS_TOLD);
  }

  private decisionOf(i: number, price: number, { basis, stop, target }: Judgement): Decision {
    const { recommendation, confidence, opinions } = basis;
    if (recommendation === 'hold') {
      return { kind: 'hold', reason: opinions.length === 0 ? REASONS.noOpinion : REASONS.opinionsHold, basis };
    }
    const direction = recommendation === 'buy' ? 'long' : 'short';
    return {
      kind: 'enter',
      direction,
      reason: direction === 'long' ? REASONS.buyOpinion : REASONS.sellOpinion,
      brackets: this.distances(i, direction, price, stop, target),
      ...(confidence !== undefined && { confidence }),
      basis,
    };
  }

  /** The levels that were named, as distances from where it enters; the bot's own rule for those that were not. */
  private distances(
    i: number,
    direction: 'long' | 'short',
    price: number,
    stop: number | undefined,
    target: number | undefined,
  ): BracketDistances {
    const sign = direction === 'long' ? 1 : -1;
    const rule = this.brackets(i, direction, price);
    const entry = entryBeside(price, direction, this.bot.entryOrder);
    const stopDistance = stop === undefined ? rule.stop : sign * (entry - stop);
    const multiple = this.bot.brackets.target?.kind === 'risk' ? this.bot.brackets.target.multiple : undefined;
    const ruleTarget = multiple === undefined ? rule.target : multiple * stopDistance;
    return { ...rule, stop: stopDistance, target: target === undefined ? ruleTarget : sign * (target - entry) };
  }
}

/** While a model of it is left alone a bot takes no entries, whatever the others say; what it holds keeps its stops. */
function inSafeMode(judgement: Judgement): Judgement {
  const { basis } = judgement;
  const resting = basis.failures.find(({ failure }) => failure === 'resting');
  if (resting === undefined || basis.recommendation === 'hold') return judgement;
  const rule = `safe mode: ${resting.why}; the others: ${basis.rule}`;
  return {
    basis: { ...basis, recommendation: 'hold', confidence: undefined, rule },
    stop: undefined,
    target: undefined,
  };
}

import type { Bot, TradingWindow } from '../bots.ts';
import type { Candles } from '../candles.ts';
import {
  type Decision,
  type Held,
  hold,
  type Moment,
  type Quiet,
  REASONS,
  type Reason,
  type Strategy,
} from '../signals.ts';
import { ALWAYS } from './always.ts';
import { type Hours, TradingHours } from './trading-hours.ts';

const WHY_NO_ENTRY: Readonly<Record<Exclude<Hours, 'open'>, Reason>> = {
  ending: REASONS.windowEnding,
  'outside-window': REASONS.outsideWindow,
  'market-closed': REASONS.marketClosed,
};
const NO_ENTRY: Readonly<Record<Exclude<Hours, 'open'>, Decision>> = {
  ending: hold(WHY_NO_ENTRY.ending),
  'outside-window': hold(WHY_NO_ENTRY['outside-window']),
  'market-closed': hold(WHY_NO_ENTRY['market-closed']),
};
const FLATTEN: Decision = Object.freeze({ kind: 'exit', reason: REASONS.windowEnd });

/** Candles in a row at whose closes the same holds: from the end of the stretch before up to `end`, exclusive. */
interface Stretch {
  readonly hours: Hours;
  end: number;
}

/** The strategy as a bot with these hours follows it; itself where nothing ever limits it. */
export function withinHours(
  strategy: Strategy,
  candles: Candles,
  { tradingWindow, intervalMs }: Pick<Bot, 'tradingWindow' | 'intervalMs'>,
): Strategy {
  if (tradingWindow === undefined && candles.calendar === ALWAYS) return strategy;
  return new WithinHours(strategy, candles, tradingWindow, intervalMs);
}

/**
 * A strategy that is asked for entries only while the bot may trade. What is open is left to it at any time; a bot that
 * is to be flat at the end leaves with the last order that fills before it.
 */
class WithinHours implements Strategy {
  private readonly strategy: Strategy;
  private readonly candles: Candles;
  private readonly hours: TradingHours;
  private readonly flattens: boolean;
  private readonly stretches: Stretch[] = [];
  /** The moment until which the last stretch holds. */
  private until = Number.NEGATIVE_INFINITY;
  /** The stretch that was looked at last: candles are decided in order. */
  private cursor = 0;

  constructor(strategy: Strategy, candles: Candles, window: TradingWindow | undefined, intervalMs?: number) {
    this.strategy = strategy;
    this.candles = candles;
    this.hours = new TradingHours(candles.calendar, candles.timeframe, window, intervalMs);
    this.flattens = window?.flattenAtEnd ?? false;
  }

  observe(from: number, to: number): void {
    this.strategy.observe(from, to);
    const { candles, stretches } = this;
    for (let i = stretches.at(-1)?.end ?? 0; i < to; ) {
      const closeTime = candles.closeTimeOf(i);
      if (closeTime >= this.until) {
        const { hours, until } = this.hours.at(closeTime);
        stretches.push({ hours, end: i });
        this.until = until;
      }
      i = candles.firstClosingAt(this.until, i + 1, to);
      stretches.at(-1)!.end = i;
    }
  }

  decide(i: number, held: Held): Decision | Promise<Decision> {
    const { hours } = this.stretchAt(i);
    if (hours === 'open') return this.strategy.decide(i, held);
    if (held.direction === 'flat') return NO_ENTRY[hours];
    return this.flattens ? FLATTEN : this.strategy.decide(i, held);
  }

  decideBetween(i: number, held: Held, moment: Moment): Decision | Promise<Decision> {
    const { hours } = this.hours.at(moment.at);
    if (hours === 'open') return this.strategy.decideBetween(i, held, moment);
    if (held.direction === 'flat') return NO_ENTRY[hours];
    return this.flattens ? FLATTEN : this.strategy.decideBetween(i, held, moment);
  }

  quiet(from: number, to: number, held: Held): Quiet {
    const { hours, end } = this.stretchAt(from);
    const isFlat = held.direction === 'flat';
    if (hours !== 'open' && isFlat) return { until: Math.min(to, end), reason: WHY_NO_ENTRY[hours] };
    if (hours !== 'open' && this.flattens) return { until: from, reason: REASONS.windowEnd };
    const free = isFlat || this.flattens ? Math.min(to, end) : to;
    return this.strategy.quiet?.(from, free, held) ?? { until: from, reason: REASONS.undecided };
  }

  closedToEntries(i: number, moment?: Moment): Reason | undefined {
    const { hours } = moment === undefined ? this.stretchAt(i) : this.hours.at(moment.at);
    return hours === 'open' ? undefined : WHY_NO_ENTRY[hours];
  }

  snapshot(i: number): Readonly<Record<string, number>> {
    return this.strategy.snapshot(i);
  }

  private stretchAt(i: number): Stretch {
    const { stretches } = this;
    if (this.cursor > 0 && i < stretches[this.cursor - 1]!.end) this.cursor = 0;
    while (stretches[this.cursor]!.end <= i) this.cursor += 1;
    return stretches[this.cursor]!;
  }
}

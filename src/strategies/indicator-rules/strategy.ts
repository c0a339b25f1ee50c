import type { IndicatorRulesBot } from '#core/bots.ts';
import type { Candles } from '#core/candles.ts';
import { type Decision, type Held, hold, type Moment, type Quiet, REASONS, type Strategy } from '#core/signals.ts';
import { type BracketsAt, compileBrackets } from './brackets.ts';
import { type Asked, compile, type Rule, type RuleContext } from './compile.ts';
import { Indicators } from './operands.ts';

const WARMING_UP = hold(REASONS.warmingUp);
const NO_ENTRY = hold(REASONS.noEntry);
const NO_EXIT = hold(REASONS.noExit);
const COOLING_DOWN = hold(REASONS.coolingDown);
const BOTH_ENTRIES = hold(REASONS.bothEntries);
const EXIT_LONG: Decision = Object.freeze({ kind: 'exit', reason: REASONS.longExit });
const EXIT_SHORT: Decision = Object.freeze({ kind: 'exit', reason: REASONS.shortExit });
const TOO_LONG: Decision = Object.freeze({ kind: 'exit', reason: REASONS.tooLong });
const NEVER: Rule = () => false;

/** The four rules of a bot. */
interface Rules {
  readonly longEntry: Rule;
  readonly shortEntry: Rule;
  readonly longExit: Rule;
  readonly shortExit: Rule;
}

/** Rules that the owner composed, on one symbol. */
export class IndicatorRules implements Strategy {
  private readonly indicators: Indicators;
  private readonly context: RuleContext = { entryIndex: -1, price: Number.NaN };
  private readonly bot: IndicatorRulesBot;
  private readonly candles: Candles;
  private readonly warmup: number;
  private readonly coolDown: number;
  private readonly atCloses: Rules;
  /** Made when they are asked for the first time: most bots never are. */
  private betweenCloses: Rules | undefined;
  private readonly watchesOpposite: boolean;
  private readonly watchesSame: boolean;
  private readonly nextLong: NextMet;
  private readonly nextShort: NextMet;
  private readonly brackets: BracketsAt | undefined;
  private readonly mostCandles: number;

  constructor(bot: IndicatorRulesBot, candles: Candles) {
    this.bot = bot;
    this.candles = candles;
    this.indicators = new Indicators(candles);
    this.warmup = bot.warmupCandles;
    this.coolDown = bot.coolDownCandles;
    this.watchesOpposite = bot.onOpposite !== 'ignore';
    this.watchesSame = bot.onSame !== 'ignore';
    this.atCloses = this.rulesFor('at-closes');
    this.nextLong = new NextMet(this.atCloses.longEntry);
    this.nextShort = new NextMet(this.atCloses.shortEntry);
    this.mostCandles = bot.maxTradeCandles ?? Infinity;
    if (bot.brackets) this.brackets = compileBrackets(bot.brackets, this.indicators);
  }

  observe(from: number, to: number): void {
    this.indicators.advance(from, to);
  }

  decide(i: number, held: Held): Decision {
    return this.decideBy(this.atCloses, i, held);
  }

  decideBetween(i: number, held: Held, { price }: Moment): Decision {
    this.betweenCloses ??= this.rulesFor('between-closes');
    this.context.price = price;
    return this.decideBy(this.betweenCloses, i, held, price);
  }

  quiet(from: number, to: number, held: Held): Quiet {
    this.context.entryIndex = held.entryIndex;
    if (from < this.warmup) return { until: Math.min(to, this.warmup), reason: REASONS.warmingUp };
    if (held.direction !== 'flat') return this.quietInPosition(from, to, held.direction, held.entryIndex);
    const cool = this.coolUntil(held.lastExitIndex);
    if (from < cool) return { until: Math.min(to, cool), reason: REASONS.coolingDown };
    const until = Math.min(this.nextLong.from(from, to), this.nextShort.from(from, to));
    return { until, reason: REASONS.noEntry };
  }

  snapshot(i: number): Readonly<Record<string, number>> {
    const values: Record<string, number> = {};
    for (const [name, column] of this.indicators.columns) {
      const value = column.values[i]!;
      if (Number.isFinite(value)) values[name] = value;
    }
    return values;
  }

  private rulesFor(asked: Asked): Rules {
    const { entry, exit } = this.bot;
    const rule = (condition: IndicatorRulesBot['entry']['long']) =>
      condition ? compile(condition, this.candles, this.indicators, this.context, asked) : NEVER;
    return {
      longEntry: rule(entry.long),
      shortEntry: rule(entry.short),
      longExit: rule(exit.long),
      shortExit: rule(exit.short),
    };
  }

  private decideBy(rules: Rules, i: number, held: Held, price?: number): Decision {
    if (i < this.warmup) return WARMING_UP;
    this.context.entryIndex = held.entryIndex;
    if (held.direction === 'flat') return this.decideEntry(rules, i, held.lastExitIndex, price);
    if (i - held.entryIndex + 1 >= this.mostCandles) return TOO_LONG;
    if (held.direction === 'long')
      return rules.longExit(i) ? EXIT_LONG : this.decideInPosition(rules, i, 'long', price);
    return rules.shortExit(i) ? EXIT_SHORT : this.decideInPosition(rules, i, 'short', price);
  }

  private quietInPosition(from: number, to: number, direction: 'long' | 'short', entryIndex: number): Quiet {
    const last = Math.max(from, Math.min(to, entryIndex + this.mostCandles - 1));
    const { longExit, shortExit } = this.atCloses;
    let until = firstMet(direction === 'long' ? longExit : shortExit, from, last);
    this.context.entryIndex = -1;
    if (this.watches('long', direction)) until = Math.min(until, this.nextLong.from(from, to));
    if (this.watches('short', direction)) until = Math.min(until, this.nextShort.from(from, to));
    return { until, reason: REASONS.noExit };
  }

  /** Whether a signal to one side does anything to a position on another, or on the same one. */
  private watches(side: 'long' | 'short', direction: 'long' | 'short'): boolean {
    return side === direction ? this.watchesSame : this.watchesOpposite;
  }

  /** The first candle after the cool-down of the last exit. */
  private coolUntil(lastExitIndex: number): number {
    return this.coolDown > 0 && lastExitIndex >= 0 ? lastExitIndex + this.coolDown + 1 : 0;
  }

  private decideEntry({ longEntry, shortEntry }: Rules, i: number, lastExitIndex: number, price?: number): Decision {
    if (i < this.coolUntil(lastExitIndex)) return COOLING_DOWN;
    const long = longEntry(i);
    const short = shortEntry(i);
    if (long) return short ? BOTH_ENTRIES : this.enter(i, 'long', price);
    return short ? this.enter(i, 'short', price) : NO_ENTRY;
  }

  /** In position and not to be left: the entry rules, as if flat, as far as a signal of them does anything. */
  private decideInPosition(rules: Rules, i: number, direction: 'long' | 'short', price?: number): Decision {
    if (!this.watchesOpposite && !this.watchesSame) return NO_EXIT;
    this.context.entryIndex = -1;
    const long = rules.longEntry(i);
    const short = rules.shortEntry(i);
    if (long && short) return BOTH_ENTRIES;
    if (long) return this.watches('long', direction) ? this.enter(i, 'long', price) : NO_EXIT;
    return short && this.watches('short', direction) ? this.enter(i, 'short', price) : NO_EXIT;
  }

  /** @param price The last one; the close when left out. */
  private enter(i: number, direction: 'long' | 'short', price = this.candles.close.values[i]!): Decision {
    const reason = direction === 'long' ? REASONS.longEntry : REASONS.shortEntry;
    return { kind: 'enter', direction, reason, brackets: this.brackets?.(i, direction, price) };
  }
}

/**
 * Where an entry rule is met next. What was found holds until that candle is passed, as an entry rule depends on nothing
 * but the candle: however often the position changes, each candle is looked at once.
 */
class NextMet {
  private readonly rule: Rule;
  private scanned = 0;
  private met = 0;
  private end = 0;

  constructor(rule: Rule) {
    this.rule = rule;
  }

  /** The first candle of [from, to) at which the rule is met, `to` if there is none. */
  from(from: number, to: number): number {
    const holds = to === this.end && from >= this.scanned && from <= this.met;
    if (!holds) {
      this.met = firstMet(this.rule, from, to);
      this.scanned = from;
      this.end = to;
    }
    return this.met;
  }
}

/** The first candle of [from, to) at which a rule is met, `to` if there is none. */
function firstMet(rule: Rule, from: number, to: number): number {
  if (rule === NEVER) return to;
  let i = from;
  while (i < to && !rule(i)) i++;
  return i;
}

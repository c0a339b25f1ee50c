import type { Candles } from '#core/candles.ts';
import { marketEventText } from '#core/events/market-event-text.ts';
import type { MarketEvent } from '#core/events/market-events.ts';
import type { MarketSymbol } from '#core/instruments.ts';
import type { MarketFigures } from '#core/market-figures.ts';
import type { PromptValues } from '#core/prompts.ts';
import type { Held } from '#core/signals.ts';
import type { EpochMs } from '#core/time.ts';
import type { Known, Surroundings } from '#ports/context.ts';
import { agoText } from './ago-text.ts';
import { fenced } from './fenced.ts';
import { CANDLES_TOLD } from './figures-at.ts';
import type { PastDecision } from './past-decisions.ts';

/** What there is to tell at one close. */
export interface Told {
  readonly symbol: MarketSymbol;
  readonly candles: Candles;
  /** The last closed candle. */
  readonly index: number;
  /** When it is asked: the close of that candle, or a moment after it. */
  readonly at: EpochMs;
  /** Decimals of the instrument's tick. */
  readonly decimals: number;
  readonly indicators: Readonly<Record<string, number>>;
  readonly figures: MarketFigures;
  /** The newest market events, oldest first; undefined while too few candles have closed to tell. */
  readonly events: readonly MarketEvent[] | undefined;
  readonly held: Held;
  readonly past: readonly PastDecision[];
  readonly surroundings: Surroundings;
}

const RULES =
  'Code checks every answer: a stop on the losing side of the price and a target on the winning one, both within half of the price; ' +
  'reward/risk is computed from your levels; size, leverage and limits are not yours to decide.';
const NO_DECISIONS = 'none yet';

/** What stands in the place of each variable of a prompt. */
export function promptValues(told: Told): PromptValues {
  const { symbol, candles, index, decimals, figures, surroundings } = told;
  const { fearGreed, market, coin, funding } = surroundings;
  return {
    symbol,
    timeframe: candles.timeframe,
    time: timeText(told.at),
    price: priceText(figures.price, decimals),
    candles: candlesText(candles, index, decimals),
    indicators: indicatorsText(told.indicators),
    levels: levelsText(figures, decimals),
    funding: known(funding, ({ rate }) => `${percent(100 * rate, 4)} per payment (above 0: longs pay shorts)`),
    fear_greed: known(
      fearGreed,
      ({ value, classification }) => `${value} of 100, ${classification}, of the whole market`,
    ),
    coin: known(coin, ({ change1hPercent, change24hPercent, change7dPercent, marketCapRank, volume24hUsd }) =>
      listed([
        ['1 h', change1hPercent, '%'],
        ['24 h', change24hPercent, '%'],
        ['7 days', change7dPercent, '%'],
        ['rank by market capitalisation', marketCapRank, ''],
        ['volume in 24 h', volume24hUsd, 'USD'],
      ]),
    ),
    market: known(market, ({ marketCapChange24hPercent, bitcoinSharePercent }) =>
      listed([
        ['market capitalisation in 24 h', marketCapChange24hPercent, '%'],
        ["Bitcoin's share", bitcoinSharePercent, '%'],
      ]),
    ),
    events: eventsText(told),
    position: positionText(told),
    decisions: told.past.length === 0 ? NO_DECISIONS : told.past.map((one) => decisionText(one, decimals)).join('\n'),
    rules: RULES,
  };
}

/** What is missing is told without its reason, which may hold words of a server. */
function known<Value>(one: Known<Value>, text: (value: Value) => string): string {
  return one.kind === 'known' ? `${text(one.value)} (as of ${timeText(one.at)})` : 'not known';
}

function listed(parts: readonly (readonly [label: string, value: number | undefined, unit: string])[]): string {
  const there = parts.flatMap(([label, value, unit]) =>
    value === undefined ? [] : [`${label} ${figure(value)}${unit && ` ${unit}`}`],
  );
  return there.length === 0 ? 'not known' : there.join(', ');
}

function indicatorsText(values: Readonly<Record<string, number>>): string {
  const lines = Object.entries(values).map(([name, value]) => `${name}: ${figure(value)}`);
  return lines.length === 0 ? 'none' : lines.join('\n');
}

function levelsText({ support, resistance, low, high }: MarketFigures, decimals: number): string {
  const level = (value: number) => (Number.isNaN(value) ? 'none' : priceText(value, decimals));
  return (
    `support ${level(support)}, resistance ${level(resistance)}; ` +
    `the last ${CANDLES_TOLD} candles: ${level(low)} to ${level(high)}`
  );
}

function eventsText({ events, index, at }: Told): string {
  if (events === undefined) return 'not known: too few candles have closed';
  if (events.length === 0) return `none in the last ${Math.min(index + 1, CANDLES_TOLD)} candles`;
  return events
    .map((event) => `${timeText(event.at)}, ${agoText(at - event.at)}: ${marketEventText(event)}`)
    .join('\n');
}

function positionText({ held: { direction, entryIndex }, candles, index, decimals }: Told): string {
  if (direction === 'flat') return 'none';
  if (entryIndex > index) return `${direction}, entered since the last candle closed`;
  const open = priceText(candles.open.values[entryIndex]!, decimals);
  const candlesHeld = index - entryIndex + 1;
  return `${direction}, entered ${candlesHeld} candles ago, when a candle opened at ${open}`;
}

/** The words of a rule name models and their figures: they are ours, but what a server is called is not. */
function decisionText({ at, price, recommendation, confidence, rule }: PastDecision, decimals: number): string {
  const sure = confidence === undefined ? '' : ` (confidence ${figure(confidence)})`;
  return `${timeText(at)} at ${priceText(price, decimals)}: ${recommendation}${sure} ${fenced(rule)}`;
}

function candlesText(candles: Candles, index: number, decimals: number): string {
  const { open, high, low, close, volume } = candles;
  const lines: string[] = [];
  for (let k = Math.max(0, index - CANDLES_TOLD + 1); k <= index; k++) {
    const prices = [open, high, low, close].map(({ values }) => priceText(values[k]!, decimals));
    lines.push(`${timeText(candles.openTimeAt(k))} ${prices.join(' ')} ${Number(volume.values[k]!.toPrecision(5))}`);
  }
  return lines.join('\n');
}

function priceText(price: number, decimals: number): string {
  return price.toFixed(decimals);
}

function percent(value: number, decimals: number): string {
  return `${value.toFixed(decimals)} %`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(7)));
}

/** UTC, to the minute: "2025-10-10 21:00". */
function timeText(at: EpochMs): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString({ smallestUnit: 'minute' }).replace('T', ' ').slice(0, -1);
}

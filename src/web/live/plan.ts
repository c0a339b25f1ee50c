import type { Position, Trade } from '#contract/api.ts';
import { candleOpenTime, epochMs, isTimeframe } from '#core/time.ts';
import { baseOf, formatR, formatStep, signedFigure } from '../format.ts';
import { stopR } from './position-figures.ts';
import type { Action, Plan } from './price-plot.ts';

/** Above this many actions in sight only the newest two say in words what they are. */
const MOST_WORDS = 8;

function candleOf(at: number, timeframe: string): number {
  return isTimeframe(timeframe) ? candleOpenTime(epochMs(at), timeframe) : at;
}

interface Wording {
  /** On a phone: the words only. */
  readonly short: boolean;
  readonly hideAmounts: boolean;
}

/** How an open position stands on the chart. */
export function planOf(position: Position, timeframe: string, { short, hideAmounts }: Wording): Plan {
  const stop = stopR(position);
  const quantity = `${formatStep(position.quantity, position.lot)} ${baseOf(position.symbol)}`;
  return {
    from: candleOf(position.entryTime, timeframe),
    levels: {
      entry: Number(position.entryPrice),
      stop: position.stop === null ? null : Number(position.stop),
      target: position.target === null ? null : Number(position.target),
    },
    titles: {
      entry: short || hideAmounts ? 'Entry' : `Entry ${quantity}`,
      stop: short || stop === null ? 'Stop' : `Stop ${formatR(stop, Number.isInteger(stop) ? 0 : 2)}`,
      target: short || position.targetR === null ? 'Target' : `Target ${formatR(position.targetR)}`,
    },
  };
}

function actionsOf(trade: Trade, timeframe: string): Action[] {
  const long = trade.direction === 'long';
  const entry: Action = {
    at: candleOf(trade.entryTime, timeframe),
    kind: trade.direction,
    text: long ? 'Long' : 'Short',
  };
  if (trade.exitTime === null) return [entry];
  const text = trade.r === null ? 'Exit' : `Exit ${signedFigure(trade.r, 1)} R`;
  return [entry, { at: candleOf(trade.exitTime, timeframe), kind: 'exit', text }];
}

/** Entries and exits of a symbol's trades since `from`, oldest first. */
export function actionsSince(trades: readonly Trade[], timeframe: string, from: number): Action[] {
  const actions = trades
    .flatMap((trade) => actionsOf(trade, timeframe))
    .filter((action) => action.at >= from)
    .sort((a, b) => a.at - b.at);
  if (actions.length <= MOST_WORDS) return actions;
  return actions.map((action, k) => (k < actions.length - 2 ? { ...action, text: '' } : action));
}

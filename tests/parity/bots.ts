import type { Bot } from '#core/bots.ts';
import { botOf } from '#tests/builders/bots.ts';

const CROSS = {
  entry: { long: ['sma(5)', 'crosses-above', 'sma(20)'], short: ['sma(5)', 'crosses-below', 'sma(20)'] },
  exit: { long: ['sma(5)', '<', 'sma(20)'], short: ['sma(5)', '>', 'sma(20)'] },
};
const HIGHER = {
  entry: {
    long: {
      all: [
        ['close', '>', 'ema(3)@15m'],
        ['rsi(14)', '<', 60],
      ],
    },
    short: {
      all: [
        ['close', '<', 'ema(3)@15m'],
        ['rsi(14)', '>', 40],
      ],
    },
  },
  exit: {
    long: {
      any: [
        ['close', '<', 'ema(3)@15m'],
        ['barsInTrade', '>', 30],
      ],
    },
    short: {
      any: [
        ['close', '>', 'ema(3)@15m'],
        ['barsInTrade', '>', 30],
      ],
    },
  },
};
const NIGHT = { start: '19:45', end: '03:10', zone: 'America/New_York' };
const ATR_BRACKETS = { stop: { atrMultiple: 2, period: 14 }, target: { atrMultiple: 3, period: 14 } };

/** Bots that between them use every part of a run: each has to come out the same however it is run. */
export const BOTS: readonly { readonly name: string; readonly bot: Bot }[] = [
  { name: 'crosses, both ways', file: CROSS },
  {
    name: 'levels, a cool-down and a long warm-up',
    file: { ...CROSS, entry: { long: ['sma(5)', '>', 'sma(20)'] }, coolDownCandles: 7, warmupCandles: 300 },
  },
  {
    name: 'stop and target from the fill, on the tick',
    file: { ...CROSS, brackets: { ...ATR_BRACKETS, anchor: 'fill' } },
  },
  {
    name: 'stop and target from the fill, as computed',
    file: { ...CROSS, brackets: { ...ATR_BRACKETS, anchor: 'fill', rounding: 'none' } },
  },
  {
    name: 'stop and target from the signal, so near that they are hit on the entry candle',
    file: { ...CROSS, brackets: { stop: { percent: 0.02 }, target: { riskMultiple: 1.5 } } },
  },
  {
    name: 'a stop alone, sized by risk',
    file: { ...CROSS, brackets: { stop: { percent: 0.3 } }, sizing: { riskPercent: 0.1 } },
  },
  { name: 'a higher timeframe and bars in trade', file: HIGHER },
  {
    name: 'a higher timeframe with brackets and a cool-down',
    file: { ...HIGHER, brackets: ATR_BRACKETS, coolDownCandles: 3 },
  },
  { name: 'crosses that reverse', file: { ...CROSS, exit: {}, brackets: ATR_BRACKETS, onOpposite: 'reverse' } },
  { name: 'opposite signals ignored', file: { ...CROSS, exit: {}, brackets: ATR_BRACKETS, onOpposite: 'ignore' } },
  {
    name: 'stacked, up to three entries',
    file: { ...HIGHER, brackets: ATR_BRACKETS, onSame: 'stack', filter: { repeatAfterCandles: 2 } },
  },
  {
    name: 'a trading window over midnight, flat at its end',
    file: { ...CROSS, brackets: ATR_BRACKETS, tradingWindow: { ...NIGHT, flattenAtEnd: true } },
  },
  {
    name: 'a trading window whose positions stay, and a cool-down',
    file: { ...CROSS, coolDownCandles: 2, tradingWindow: { ...NIGHT, days: ['fri', 'sun'] } },
  },
  {
    name: 'crosses that reverse in a window that leaves them flat',
    file: {
      ...CROSS,
      exit: {},
      brackets: ATR_BRACKETS,
      onOpposite: 'reverse',
      tradingWindow: { ...NIGHT, flattenAtEnd: true },
    },
  },
  {
    name: 'stacked in a window whose positions stay',
    file: { ...HIGHER, brackets: ATR_BRACKETS, onSame: 'stack', tradingWindow: NIGHT },
  },
  {
    name: 'a swing stop and a most of candles',
    file: {
      ...CROSS,
      exit: {},
      maxTradeCandles: 12,
      brackets: { stop: { swingCandles: 8, offsetPercent: 0.01 }, target: { riskMultiple: 2 } },
    },
  },
  {
    name: 'parts of the volume, slippage and latency',
    file: {
      ...CROSS,
      exit: {},
      brackets: ATR_BRACKETS,
      execution: { volumeShare: 0.02, slippage: { coefficient: 1 }, latencyMs: 90_000 },
    },
  },
  {
    name: 'at the close, along a path, and no way out of the candle of the entry',
    file: {
      ...CROSS,
      brackets: ATR_BRACKETS,
      execution: { signalActs: 'this-close', intrabar: 'ohlc-adaptive', entryCandle: 'no-exits', gapFill: 'level' },
    },
  },
  { name: 'more than the capital holds: every entry is refused', file: { ...CROSS, sizing: { quantity: 100 } } },
].map(({ name, file }) => ({ name, bot: botOf(file) }));

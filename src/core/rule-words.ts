import type { Comparison, Operand, Operator } from './bots.ts';
import { unreachable } from './brand.ts';
import { formatIndicator } from './indicators/registry.ts';

const OPERATORS: Readonly<Record<Operator, string>> = {
  '>': 'is above',
  '<': 'is below',
  'crosses-above': 'crosses above',
  'crosses-below': 'crosses below',
};

/** "rsi(14) crosses above 30". */
export function comparisonWords({ left, operator, right }: Comparison): string {
  return `${operandWords(left)} ${OPERATORS[operator]} ${operandWords(right)}`;
}

/** An operand as people say it: "close", "ema(50) of 4h", "1.5 × atr(14)". */
export function operandWords(operand: Operand): string {
  switch (operand.kind) {
    case 'number':
      return String(operand.value);
    case 'price':
      return operand.field;
    case 'live-price':
      return 'the last price';
    case 'volume':
      return 'volume';
    case 'bars-in-trade':
      return 'candles in the trade';
    case 'indicator':
      return `${formatIndicator(operand.indicator)}${operand.timeframe === undefined ? '' : ` of ${operand.timeframe}`}`;
    case 'multiple':
      return `${operand.factor} × ${operandWords(operand.of)}`;
    default:
      return unreachable(operand);
  }
}

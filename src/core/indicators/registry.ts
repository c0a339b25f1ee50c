import type { Candles } from '../candles.ts';
import { adx } from './adx.ts';
import { aroon } from './aroon.ts';
import { atr } from './atr.ts';
import { bollinger } from './bollinger.ts';
import { cci } from './cci.ts';
import { cmf } from './cmf.ts';
import type { Column, Indicator } from './column.ts';
import { checkParameters, type Definition } from './definition.ts';
import { dema } from './dema.ts';
import { donchian } from './donchian.ts';
import { ema } from './ema.ts';
import { heikinAshi } from './heikin-ashi.ts';
import { hma } from './hma.ts';
import { ichimoku } from './ichimoku.ts';
import { keltner } from './keltner.ts';
import { linearRegression } from './linear-regression.ts';
import { macd } from './macd.ts';
import { mfi } from './mfi.ts';
import { nearest } from './nearest.ts';
import { obv } from './obv.ts';
import { parabolicSar } from './parabolic-sar.ts';
import { pivotPoints } from './pivot-points.ts';
import { roc } from './roc.ts';
import { rsi } from './rsi.ts';
import { sma } from './sma.ts';
import { standardDeviation } from './standard-deviation.ts';
import { stochRsi } from './stoch-rsi.ts';
import { stochastic } from './stochastic.ts';
import { superTrend } from './super-trend.ts';
import { supportResistance } from './support-resistance.ts';
import { tema } from './tema.ts';
import { vwap } from './vwap.ts';
import { vwma } from './vwma.ts';
import { williamsR } from './williams-r.ts';
import { wma } from './wma.ts';

/** Every indicator by the name people write. A new one is a file with its class and definition, and a word here. */
export const INDICATORS = {
  sma,
  ema,
  rsi,
  macd,
  bollinger,
  atr,
  adx,
  stochastic,
  obv,
  wma,
  dema,
  tema,
  hma,
  vwma,
  vwap,
  stochRsi,
  keltner,
  donchian,
  cci,
  williamsR,
  roc,
  mfi,
  cmf,
  aroon,
  superTrend,
  parabolicSar,
  ichimoku,
  pivotPoints,
  linearRegression,
  standardDeviation,
  heikinAshi,
  supportResistance,
} as const satisfies Record<string, Definition>;

export type IndicatorName = keyof typeof INDICATORS;

export const INDICATOR_NAMES = Object.keys(INDICATORS) as readonly IndicatorName[];

/** One line of an indicator: which, with what numbers, and which of its outputs. */
export interface IndicatorSpec {
  readonly name: IndicatorName;
  /** A number for each parameter of the definition. */
  readonly parameters: readonly number[];
  readonly output: string;
}

export function isIndicatorName(text: string): text is IndicatorName {
  return Object.hasOwn(INDICATORS, text);
}

const SHAPE = /^\s*([^\s().]+)\s*(?:\(([^()]*)\))?\s*(?:\.\s*([^\s().]+))?\s*$/;

/**
 * Reads `name(p1,p2,..).output`. Parameters left out at the end take their defaults, an output left out is the
 * principal one: `macd`, `macd(12,26)` and `macd(12,26,9).macd` are the same.
 * @throws Error with a sentence that says what is wrong, what the rule is and what exists.
 */
export function parseIndicator(text: string): IndicatorSpec {
  const [, name, inside, output] = SHAPE.exec(text) ?? [];
  if (name === undefined) {
    throw new Error(
      `Cannot read indicator "${text}": it must look like name(parameters).output, for example "macd(12,26,9).signal"`,
    );
  }
  if (!isIndicatorName(name)) {
    throw new Error(`There is no indicator "${name}"${choices(name, INDICATOR_NAMES)}`);
  }
  const definition: Definition = INDICATORS[name];
  const parameters = parseParameters(definition, inside ?? '');
  if (output !== undefined && !definition.outputs.includes(output)) {
    throw new Error(`${name} has no output "${output}"${choices(output, definition.outputs)}`);
  }
  return { name, parameters, output: output ?? definition.outputs[0] };
}

/** The canonical text: every parameter written out, the output only when it is not the principal one. */
export function formatIndicator({ name, parameters, output }: IndicatorSpec): string {
  const numbers = parameters.length === 0 ? '' : `(${parameters.join(',')})`;
  return `${name}${numbers}${output === INDICATORS[name].outputs[0] ? '' : `.${output}`}`;
}

/**
 * The indicator of `spec`, which will compute its output at least; nothing is computed yet.
 * @param source What to compute on instead of the close, by the indicators that read one column.
 * @throws RangeError when a parameter breaks its rule.
 */
export function createIndicator(
  candles: Candles,
  { name, parameters, output }: IndicatorSpec,
  source?: Column,
): Indicator {
  const indicator = INDICATORS[name].create(candles, parameters, source);
  indicator.include?.(output);
  return indicator;
}

function parseParameters(definition: Definition, inside: string): readonly number[] {
  const given = inside.trim() === '' ? [] : inside.split(',').map((number) => number.trim());
  const { name, parameters } = definition;
  if (given.length > parameters.length) {
    const takes = parameters.length === 0 ? 'no parameters' : parameters.map((parameter) => parameter.name).join(', ');
    throw new Error(`${name} takes ${takes}: "${inside}" is ${given.length - parameters.length} too many`);
  }
  const numbers = parameters.map((parameter, k) => {
    if (given[k] === undefined) return parameter.default;
    if (/^-?\d+(\.\d+)?$/.test(given[k])) return Number(given[k]);
    throw new Error(
      `The ${parameter.name} of ${name} must be a number such as ${parameter.default}: current value is "${given[k]}"`,
    );
  });
  checkParameters(definition, numbers);
  return numbers;
}

/** The end of a sentence about an unknown word. */
function choices(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  const question = meant === undefined ? '' : ` (did you mean "${meant}"?)`;
  return `${question}: there are ${known.join(', ')}`;
}

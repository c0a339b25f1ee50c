import type { Candles } from '../candles.ts';
import type { Column, Indicator } from './column.ts';

/** One number an indicator is built with, such as the period of an average. */
export interface Parameter {
  readonly name: string;
  readonly default: number;
  /** The smallest value allowed, itself included. */
  readonly minimum: number;
  /** `false` lets fractions in; a count of candles is always whole. */
  readonly whole: boolean;
}

/** All there is to say about one indicator; the registry is a list of these. */
export interface Definition {
  /** The word people write: `sma`. */
  readonly name: string;
  readonly title: string;
  /** In the order in which they are written: `macd(fast,slow,signal)`. */
  readonly parameters: readonly Parameter[];
  /** The names of its outputs, the principal one first. */
  readonly outputs: readonly string[];
  /** The rule between parameters, for those that have one. @throws RangeError when they break it. */
  checkTogether?(parameters: readonly number[]): void;
  /**
   * @param parameters One number for each of `parameters`.
   * @param source What to compute on, the close by default; those that read the whole candle have no use for it.
   * @throws RangeError when a parameter breaks its rule.
   */
  create(candles: Candles, parameters: readonly number[], source?: Column): Indicator;
}

/** A count of candles. */
export function period(name: string, value: number): Parameter {
  return { name, default: value, minimum: 1, whole: true };
}

/** @throws RangeError with a sentence that names the rule and the value, for the first parameter that breaks one. */
export function checkParameters(definition: Definition, parameters: readonly number[]): void {
  definition.parameters.forEach(({ name, minimum, whole }, k) => {
    const value = parameters[k];
    if (!(value >= minimum && value < Infinity) || (whole && !Number.isSafeInteger(value))) {
      const rule = `a ${whole ? 'whole ' : ''}number >= ${minimum}`;
      throw new RangeError(`The ${name} of ${definition.name} must be ${rule}: current value is ${value}`);
    }
  });
  definition.checkTogether?.(parameters);
}

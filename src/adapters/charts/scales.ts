/** A linear scale from values to pixels. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  /** Pixel of a value: y grows downwards. */
  at(value: number): number;
}

/** What is left free above and below the drawn values, as a part of the height. */
const MARGIN = 0.06;

export function scaleOf(low: number, high: number, top: number, bottom: number): Scale {
  const span = high > low ? high - low : Math.max(Math.abs(high), 1) * 0.01;
  const from = (high > low ? low : low - span / 2) - span * MARGIN;
  const to = from + span * (1 + 2 * MARGIN);
  const pixels = (bottom - top) / (to - from);
  return { low: from, high: to, at: (value) => bottom - (value - from) * pixels };
}

/** Lowest and highest of the values that are there; undefined when none is. */
export function extentOf(columns: readonly ArrayLike<number>[]): { low: number; high: number } | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const values of columns) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? { low, high } : undefined;
}

/**
 * Round values within a scale, about one for each `spacing` pixels: steps of 1, 2 or 5 times a power of ten, and none finer
 * than `least`.
 */
export function roundValues({ low, high, at }: Scale, spacing: number, least: number): number[] {
  const wanted = Math.max(1, Math.abs(at(low) - at(high)) / spacing);
  const rough = Math.max((high - low) / wanted, least);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough * (1 - 1e-9))!;
  const values: number[] = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) values.push(k * step);
  return values;
}

const DAY_MS = 86_400_000;
/** Steps of a time axis that people read easily, ms. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720].map((minutes) => minutes * 60_000);

/** The step of a time axis of `span` ms that is to be `wide` pixels wide, with a label for each `spacing` pixels. */
export function timeStep(span: number, wide: number, spacing: number): number {
  const rough = span / Math.max(1, wide / spacing);
  const step = TIME_STEPS.find((one) => one >= rough);
  return step ?? Math.ceil(rough / DAY_MS) * DAY_MS;
}

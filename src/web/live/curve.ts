/** Equity over market time, oldest first: [ms, amount]. */
export type Curve = readonly (readonly [number, number])[];

export const RANGES = ['1D', '7D', '30D', '90D', 'All'] as const;
export type Range = (typeof RANGES)[number];

const DAY = 86_400_000;
export const RANGE_MS: Readonly<Record<Range, number>> = {
  '1D': DAY,
  '7D': 7 * DAY,
  '30D': 30 * DAY,
  '90D': 90 * DAY,
  All: Number.POSITIVE_INFINITY,
};

/** The part of a curve that is at most `rangeMs` older than its end. */
export function endOf(curve: Curve, rangeMs: number): Curve {
  const last = curve.at(-1);
  return last ? curve.filter(([at]) => at >= last[0] - rangeMs) : [];
}

/** The curve with the equity of now at its end. */
export function withNow(curve: Curve, marketTime: number, equity: number): Curve {
  return [...curve.filter(([at]) => at < marketTime), [marketTime, equity]];
}

/** What the curves are together, at every time any of them has a point; from when all of them have begun. */
export function sumOfCurves(curves: readonly Curve[]): Curve {
  if (curves.length === 1) return curves[0]!;
  if (curves.length === 0 || curves.some((curve) => curve.length === 0)) return [];
  const from = Math.max(...curves.map((curve) => curve[0]![0]));
  const times = [...new Set(curves.flatMap((curve) => curve.map(([at]) => at)))].sort((a, b) => a - b);
  const at = curves.map(() => 0);
  return times
    .filter((time) => time >= from)
    .map((time) => {
      let sum = 0;
      curves.forEach((curve, k) => {
        while (curve[at[k]! + 1] && curve[at[k]! + 1]![0] <= time) at[k]! += 1;
        sum += curve[at[k]!]![1];
      });
      return [time, sum] as const;
    });
}

/** SVG points of a small line without axes. */
export function sparkPoints(curve: Curve, width: number, height: number): string {
  const values = curve.map(([, value]) => value);
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const from = curve[0]?.[0] ?? 0;
  const length = (curve.at(-1)?.[0] ?? 0) - from || 1;
  return curve
    .map(([at, value]) => {
      const x = ((at - from) / length) * width;
      const y = height - 2 - ((value - low) / span) * (height - 4);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}

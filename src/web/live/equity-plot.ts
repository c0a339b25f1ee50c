import { AreaSeries, createChart, type TickMarkType, type UTCTimestamp } from 'lightweight-charts';
import type { Zone } from '../format.ts';
import { formatDay } from '../time-format.ts';
import { ChartTime, chartLook, token } from './chart-look.ts';
import type { Curve } from './curve.ts';

/** A curve longer than this has days on its axis and no clock times. */
const DAYS_ONLY_ABOVE_MS = 3 * 86_400_000;

export interface EquityLook {
  readonly zone: Zone;
  readonly hideAmounts: boolean;
}

export interface EquityPlot {
  show(curve: Curve): void;
  close(): void;
}

const UNITS = [
  { from: 1_000_000, of: 1_000_000, letter: 'M' },
  { from: 10_000, of: 1_000, letter: 'k' },
  { from: 0, of: 1, letter: '' },
] as const;

/** "43.1k", with as many decimals as tell the axis' labels apart. @param span What the axis shows, from bottom to top. */
export function axisLabel(value: number, span: number): string {
  const unit = UNITS.find(({ from }) => Math.abs(value) >= from) ?? UNITS[2];
  const apart = span > 0 ? Math.ceil(Math.log10((10 * unit.of) / span)) : 0;
  return `${(value / unit.of).toFixed(Math.min(5, Math.max(unit.letter === '' ? 0 : 1, apart)))}${unit.letter}`;
}

/** The library takes whole seconds in strict order: of several points in one second the last one counts. */
function bySecond(curve: Curve, time: ChartTime) {
  const points = new Map(curve.map(([at, value]) => [time.of(at), value] as const));
  return [...points].map(([at, value]) => ({ time: at, value }));
}

export function openEquityPlot(box: HTMLElement, { zone, hideAmounts }: EquityLook): EquityPlot {
  let time = new ChartTime(zone, 0);
  let span = 0;
  let lengthMs = 0;
  const look = chartLook(() => time);
  const chart = createChart(box, {
    ...look,
    layout: { ...look.layout, attributionLogo: false },
    rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.17, bottom: 0.06 }, minimumWidth: 48 },
    timeScale: {
      ...look.timeScale,
      fixLeftEdge: true,
      fixRightEdge: true,
      tickMarkFormatter: (at: UTCTimestamp, type: TickMarkType) =>
        lengthMs > DAYS_ONLY_ABOVE_MS ? formatDay(time.at(at), zone) : time.tickLabel(at, type),
    },
    handleScroll: false,
  });
  const line = token('--ser-1');
  const series = chart.addSeries(AreaSeries, {
    lineColor: line,
    lineWidth: 2,
    topColor: `${line}26`,
    bottomColor: `${line}00`,
    priceLineVisible: false,
    lastValueVisible: false,
    priceFormat: {
      type: 'custom',
      minMove: 0.01,
      formatter: (value: number) => (hideAmounts ? '' : axisLabel(value, span)),
    },
  });
  return {
    show(curve) {
      const values = curve.map(([, value]) => value);
      span = Math.max(...values) - Math.min(...values);
      const end = curve.at(-1)?.[0] ?? 0;
      time = new ChartTime(zone, end);
      lengthMs = end - (curve[0]?.[0] ?? end);
      series.setData(bySecond(curve, time));
      chart.timeScale().fitContent();
    },
    close: () => chart.remove(),
  };
}

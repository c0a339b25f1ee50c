import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  LineStyle,
  type SeriesMarker,
  type Time,
} from 'lightweight-charts';
import type { CandleRow } from '#contract/api.ts';
import { formatStep, type Zone } from '../format.ts';
import { ChartTime, chartLook, token } from './chart-look.ts';
import { PositionZone, type ZoneLevels } from './position-zone.ts';

export interface PriceLook {
  readonly zone: Zone;
  readonly tick: string;
}

export interface Plan {
  readonly from: number;
  readonly levels: ZoneLevels;
  readonly titles: { readonly entry: string; readonly stop: string; readonly target: string };
}

export interface Action {
  readonly at: number;
  readonly kind: 'long' | 'short' | 'exit';
  readonly text: string;
}

export interface PricePlot {
  show(rows: readonly CandleRow[]): void;
  showPlan(plan: Plan | null): void;
  showActions(actions: readonly Action[]): void;
  onHover(listener: (openTime: number | null) => void): void;
  close(): void;
}

function candleColours() {
  const hollow = document.documentElement.dataset.cvd === 'on';
  return {
    upColor: hollow ? token('--bg-1') : token('--ch-up'),
    downColor: token('--ch-down'),
    borderVisible: hollow,
    borderUpColor: token('--ch-up'),
    borderDownColor: token('--ch-down'),
    wickUpColor: token('--ch-wick-up'),
    wickDownColor: token('--ch-wick-down'),
  };
}

function planLines(series: ISeriesApi<'Candlestick'>, { levels, titles }: Plan): IPriceLine[] {
  const line = (
    price: number | null,
    title: string,
    color: string,
    lineStyle: LineStyle,
    label: string,
    text: string,
  ) =>
    price === null
      ? []
      : [
          series.createPriceLine({
            price,
            title,
            color: token(color),
            lineStyle,
            lineWidth: 1,
            axisLabelColor: token(label),
            axisLabelTextColor: token(text),
          }),
        ];
  return [
    ...line(levels.target, titles.target, '--ch-tp', LineStyle.Dashed, '--ch-tpl', '--ch-tpt'),
    ...line(levels.entry, titles.entry, '--fg-3', LineStyle.Solid, '--ch-enl', '--ch-ent'),
    ...line(levels.stop, titles.stop, '--ch-sl', LineStyle.Dashed, '--ch-sll', '--ch-slt'),
  ];
}

function markerOf(action: Action, time: ChartTime): SeriesMarker<Time> {
  const at = { time: time.of(action.at), text: action.text } as const;
  if (action.kind === 'exit')
    return { ...at, position: 'aboveBar', shape: 'circle', color: token('--fg-2'), size: 0.7 };
  const gold = { ...at, color: token('--ch-mark'), size: 1 };
  return action.kind === 'long'
    ? { ...gold, position: 'belowBar', shape: 'arrowUp' }
    : { ...gold, position: 'aboveBar', shape: 'arrowDown' };
}

/** Only the last candles changed since `before`: from which index on, or null when the chart must be drawn anew. */
function changedFrom(before: readonly CandleRow[], now: readonly CandleRow[]): number | null {
  const last = before.length - 1;
  const goesOn = last >= 0 && now.length > last && now[0]![0] === before[0]![0] && now[last]![0] === before[last]![0];
  return goesOn ? last : null;
}

/**
 * Fewer candles than fit stand at the left edge, with all the room at their right. Left to itself the chart would keep
 * that room when more come, and push the first ones out.
 */
function fillRoom(chart: IChartApi): void {
  const scale = chart.timeScale();
  const { rightOffset } = scale.options();
  if (scale.scrollPosition() > rightOffset) scale.scrollToPosition(rightOffset, false);
}

function openSeries(box: HTMLElement, { tick }: PriceLook, time: () => ChartTime) {
  const narrow = box.clientWidth < 480;
  const look = chartLook(time);
  const chart = createChart(box, {
    ...look,
    layout: { ...look.layout, attributionLogo: true },
    rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.1, bottom: 0.14 }, minimumWidth: narrow ? 58 : 66 },
    timeScale: { ...look.timeScale, barSpacing: narrow ? 3.4 : 5.3, rightOffset: narrow ? 8 : 14, fixLeftEdge: true },
    handleScroll: { mouseWheel: false, pressedMouseMove: true, horzTouchDrag: true, vertTouchDrag: false },
  });
  const candles = chart.addSeries(CandlestickSeries, {
    ...candleColours(),
    priceLineVisible: false,
    priceFormat: { type: 'custom', minMove: Number(tick), formatter: (price: number) => formatStep(price, tick) },
  });
  const volume = chart.addSeries(HistogramSeries, {
    priceScaleId: 'volume',
    priceFormat: { type: 'volume' },
    lastValueVisible: false,
    priceLineVisible: false,
  });
  chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.87, bottom: 0 } });
  return { chart, candles, volume };
}

export function openPricePlot(box: HTMLElement, look: PriceLook): PricePlot {
  let time = new ChartTime(look.zone, 0);
  let shown: readonly CandleRow[] = [];
  let lines: IPriceLine[] = [];
  const { chart, candles, volume } = openSeries(box, look, () => time);
  const markers = createSeriesMarkers<Time>(candles, []);
  const zone = new PositionZone();
  candles.attachPrimitive(zone);
  candles.applyOptions({
    autoscaleInfoProvider: (original: () => ReturnType<PositionZone['widen']>) => zone.widen(original()),
  });
  const candleOf = ([at, open, high, low, close]: CandleRow) => ({ time: time.of(at), open, high, low, close });
  const volumeOf = ([at, open, , , close, value]: CandleRow) => ({
    time: time.of(at),
    value,
    color: token(close >= open ? '--ch-vol-up' : '--ch-vol-down'),
  });
  return {
    show(rows) {
      const from = changedFrom(shown, rows);
      if (from === null) {
        time = new ChartTime(look.zone, rows.at(-1)?.[0] ?? 0);
        candles.setData(rows.map(candleOf));
        volume.setData(rows.map(volumeOf));
        chart.timeScale().scrollToRealTime();
      } else {
        for (const row of rows.slice(from)) {
          candles.update(candleOf(row));
          volume.update(volumeOf(row));
        }
        if (rows.length > shown.length) fillRoom(chart);
      }
      shown = rows;
    },
    showPlan(plan) {
      lines.forEach((line) => void candles.removePriceLine(line));
      lines = plan ? planLines(candles, plan) : [];
      zone.set(plan && { from: time.of(plan.from), levels: plan.levels });
    },
    showActions: (actions) => markers.setMarkers(actions.map((action) => markerOf(action, time))),
    onHover: (listener) =>
      chart.subscribeCrosshairMove(({ time: at }) => listener(typeof at === 'number' ? time.at(at) : null)),
    close: () => chart.remove(),
  };
}

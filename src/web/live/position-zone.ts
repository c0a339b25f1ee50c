import type {
  AutoscaleInfo,
  IChartApi,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  SeriesType,
  Time,
} from 'lightweight-charts';
import { token } from './chart-look.ts';

export interface ZoneLevels {
  readonly entry: number;
  readonly stop: number | null;
  readonly target: number | null;
}

interface Zone {
  /** Chart time of the entry's candle. */
  readonly from: Time;
  readonly levels: ZoneLevels;
}

/** The open position drawn as its reward and its risk, from the entry's candle to the right edge. */
export class PositionZone implements ISeriesPrimitive<Time> {
  private zone: Zone | null = null;
  private chart: IChartApi | null = null;
  private series: ISeriesApi<SeriesType> | null = null;
  private redraw: (() => void) | null = null;
  private readonly view: IPrimitivePaneView = {
    zOrder: () => 'bottom',
    renderer: () => ({
      draw: (target) => target.useMediaCoordinateSpace(({ context, mediaSize }) => this.draw(context, mediaSize.width)),
    }),
  };

  attached({ chart, series, requestUpdate }: SeriesAttachedParameter<Time>): void {
    this.chart = chart as IChartApi;
    this.series = series;
    this.redraw = requestUpdate;
  }

  detached(): void {
    this.chart = null;
    this.series = null;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return [this.view];
  }

  set(zone: Zone | null): void {
    this.zone = zone;
    this.redraw?.();
  }

  /** Stop and target are always on the scale. */
  widen(info: AutoscaleInfo | null): AutoscaleInfo | null {
    if (!info?.priceRange || !this.zone) return info;
    const levels = [this.zone.levels.stop, this.zone.levels.target].filter((level) => level !== null);
    const { minValue, maxValue } = info.priceRange;
    return {
      ...info,
      priceRange: { minValue: Math.min(minValue, ...levels), maxValue: Math.max(maxValue, ...levels) },
    };
  }

  private draw(context: CanvasRenderingContext2D, right: number): void {
    if (!this.zone || !this.chart) return;
    const { from, levels } = this.zone;
    const left = Math.max(0, this.chart.timeScale().timeToCoordinate(from) ?? 0);
    const fill = (level: number | null, colour: string) => {
      const [top, bottom] = [levels.entry, level ?? levels.entry].map(
        (price) => this.series?.priceToCoordinate(price) ?? 0,
      );
      context.fillStyle = `color-mix(in srgb, ${token(colour)} 7.5%, transparent)`;
      context.fillRect(left, Math.min(top!, bottom!), right - left, Math.abs(bottom! - top!));
    };
    fill(levels.target, '--up');
    fill(levels.stop, '--down');
  }
}

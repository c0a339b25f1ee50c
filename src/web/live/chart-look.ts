import {
  type ChartOptions,
  ColorType,
  CrosshairMode,
  type DeepPartial,
  TickMarkType,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { Zone } from '../format.ts';
import { formatClock, formatDay, formatMinute, yearOf, zoneOffsetMs } from '../time-format.ts';

/** A design token's value now: a chart is drawn on canvas, where CSS variables do not reach. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/**
 * The library knows no time zones: it reads UTC fields. Times go in shifted by the zone's offset at one moment (so that
 * they stay in order when clocks change) and come out through `at`, which the labels format in the real zone.
 */
export class ChartTime {
  readonly zone: Zone;
  private readonly shiftMs: number;

  constructor(zone: Zone, offsetAt: number) {
    this.zone = zone;
    this.shiftMs = zoneOffsetMs(offsetAt, zone);
  }

  of(at: number): UTCTimestamp {
    return Math.floor((at + this.shiftMs) / 1_000) as UTCTimestamp;
  }

  at(time: number): number {
    return time * 1_000 - this.shiftMs;
  }

  tickLabel(time: number, type: TickMarkType): string {
    const at = this.at(time);
    if (type === TickMarkType.Year) return String(yearOf(at, this.zone));
    if (type === TickMarkType.Month || type === TickMarkType.DayOfMonth) return formatDay(at, this.zone);
    return type === TickMarkType.TimeWithSeconds ? formatClock(at, this.zone) : formatMinute(at, this.zone);
  }

  crosshairLabel(time: number): string {
    const at = this.at(time);
    return `${formatDay(at, this.zone)} ${formatMinute(at, this.zone)}`;
  }
}

export function chartLook(time: () => ChartTime): DeepPartial<ChartOptions> {
  const cross = { color: token('--ch-cross'), width: 1, style: 3, labelBackgroundColor: token('--ch-label') } as const;
  return {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: 'transparent' },
      textColor: token('--ch-axis'),
      fontSize: 11,
      fontFamily: "'Geist Variable', sans-serif",
    },
    grid: { vertLines: { color: token('--ch-grid') }, horzLines: { color: token('--ch-grid') } },
    rightPriceScale: { borderVisible: false },
    timeScale: {
      borderVisible: false,
      timeVisible: true,
      secondsVisible: false,
      tickMarkFormatter: (at: UTCTimestamp, type: TickMarkType) => time().tickLabel(at, type),
    },
    crosshair: { mode: CrosshairMode.Normal, vertLine: cross, horzLine: cross },
    handleScale: false,
    localization: { timeFormatter: (at: UTCTimestamp) => time().crosshairLabel(at) },
  };
}

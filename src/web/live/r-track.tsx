import type { ReactNode } from 'react';
import { formatR } from '../format.ts';

interface RTrackProps {
  /** Now, the stop as it stands, and the target, all in multiples of the first risk. */
  readonly r: number;
  readonly stop: number;
  readonly target: number;
}

/** Of the width, on both sides, so that the marker is whole at the ends. */
const EDGE_PERCENT = 2;
const LINE = { y: 6.5, height: 3, rx: 1 } as const;

/** Drawn in pixels around a place that is a share of the width: the same shape on every screen. */
function Tick({ x, children }: { readonly x: string; readonly children: ReactNode }) {
  return (
    <svg className="tick" x={x} aria-hidden="true">
      {children}
    </svg>
  );
}

/** Stop on the left, target on the right, whatever the side: five positions compare at a glance. */
export function RTrack({ r, stop, target }: RTrackProps) {
  const low = Math.min(-1, stop);
  const at = (value: number) =>
    EDGE_PERCENT + ((100 - 2 * EDGE_PERCENT) * (Math.min(target, Math.max(low, value)) - low)) / (target - low || 1);
  const percent = (value: number) => `${value.toFixed(2)}%`;
  const [entry, now] = [at(0), at(r)];
  return (
    <svg
      className="r-track"
      role="img"
      aria-label={`Now ${formatR(r)}. Stop at ${formatR(stop, 1)}, target at ${formatR(target, 1)}.`}
    >
      <rect {...LINE} x={percent(at(low))} width={percent(at(target) - at(low))} fill="var(--bg-3)" />
      <rect
        {...LINE}
        x={percent(Math.min(entry, now))}
        width={percent(Math.abs(now - entry))}
        fill={r >= 0 ? 'var(--up)' : 'var(--down)'}
        opacity=".95"
      />
      <Tick x={percent(at(stop))}>
        <rect x="-1" y="3" width="2" height="10" fill="var(--down)" />
      </Tick>
      <Tick x={percent(at(target))}>
        <rect x="-1" y="3" width="2" height="10" fill="var(--up)" />
      </Tick>
      <Tick x={percent(entry)}>
        <rect x="-0.5" y="4" width="1" height="8" fill="var(--fg-3)" />
      </Tick>
      <Tick x={percent(now)}>
        <path d="M0 1.5l3.6 0-3.6 6-3.6-6z" fill="var(--fg-1)" />
        <rect x="-0.75" y="5" width="1.5" height="8.5" fill="var(--fg-1)" />
      </Tick>
    </svg>
  );
}

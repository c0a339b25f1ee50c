'use client';

import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { Health } from '#contract/api.ts';
import { healthQuery } from '../api.ts';
import { useContact } from '../contact.ts';
import { toggleZone, useDisplay } from '../display.ts';
import { MISSING } from '../format.ts';
import { formatClock, formatDay, yearOf, zoneName } from '../time-format.ts';

/** The engine's wall clock. Every time on the page is in the zone it names. */
export function WallClock() {
  const { wallNow } = useContact();
  const { zone } = useDisplay();
  return (
    <button
      type="button"
      className="btn ghost sm wall-clock max-small:hidden"
      onClick={toggleZone}
      title={`Switch to ${zone === 'utc' ? 'local time' : 'UTC'} (U)`}
    >
      <span className="text-fg-1">{wallNow === null ? MISSING : formatClock(wallNow, zone)}</span>
      <span className="text-fg-3">{zoneName(wallNow ?? 0, zone)}</span>
    </button>
  );
}

function speedWords(speed: number | null): string {
  return speed === null ? 'as fast as it can' : `${speed}×`;
}

type Market = z.infer<typeof Health>['market'];

/**
 * Where the prices come from. A simulated or replayed market has a time of its own: that of the chart, the positions and
 * the events; one in real time has the wall clock's.
 */
export function MarketClock() {
  const { data: health } = useQuery(healthQuery());
  const { marketTime } = useContact();
  if (!health) return null;
  if (!health.market.simulated) return <span className="chip line">{health.market.label}</span>;
  return <MarketTime market={health.market} at={marketTime ?? health.marketTime} />;
}

function MarketTime({ market, at }: { readonly market: Market; readonly at: number }) {
  const { zone } = useDisplay();
  return (
    <span className="contact" title="The market's own time: that of the chart, the positions and the events">
      <span className="chip line">{market.label}</span>
      <span className="text-fg-1">
        {formatDay(at, zone)} {yearOf(at, zone)} {formatClock(at, zone)}
      </span>
      {market.speed !== 1 && <span className="text-fg-3">{speedWords(market.speed)}</span>}
    </span>
  );
}

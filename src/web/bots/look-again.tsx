import { RotateCw } from 'lucide-react';
import { isTimeframe, TIMEFRAME_MS } from '#core/time.ts';
import { useMarketTime } from '../use-market-time.ts';
import type { Preview } from './use-preview.ts';

/** Makes the preview of the newest candles, and says when there are newer ones than it was made of. */
export function LookAgain({ preview: { told, isUnderway, again } }: { readonly preview: Preview }) {
  const now = useMarketTime();
  const market = told?.market;
  const durationMs =
    market && isTimeframe(market.timeframe) ? TIMEFRAME_MS[market.timeframe] : Number.POSITIVE_INFINITY;
  const isBehind = market && now !== null && now >= market.at + durationMs;
  return (
    <>
      <span className="underway" role="status">
        {isUnderway ? 'Looking…' : isBehind ? 'Candles closed since' : ''}
      </span>
      <button type="button" className="btn ghost sm" onClick={again} disabled={isUnderway}>
        <RotateCw aria-hidden="true" /> Look again
      </button>
    </>
  );
}

/** Whether what is shown stays that of an earlier draft until something is mended. */
export function isOfEarlierDraft({ isCurrent, problems, failure }: Preview): boolean {
  return !isCurrent && (problems.length > 0 || failure !== null);
}

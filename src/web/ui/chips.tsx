import { useQuery } from '@tanstack/react-query';
import { ArrowDownRight, ArrowUpRight } from 'lucide-react';
import { healthQuery } from '../api.ts';

/** Whose money: the mode is the engine's word, never a guess of the page. */
export function ModeChip({ mode }: { readonly mode: 'paper' | 'live' }) {
  return mode === 'live' ? <span className="chip live">LIVE</span> : <span className="chip paper">Paper</span>;
}

/** The prices are invented, or recorded ones played again: the engine says which. */
export function SimulatedChip() {
  const { data: health } = useQuery(healthQuery());
  return (
    <span className="chip line" title="These prices are invented or replayed, not from a market that is open now">
      {health?.market.label ?? 'Simulated'}
    </span>
  );
}

export function Direction({ direction }: { readonly direction: 'long' | 'short' }) {
  return (
    <span className="side">
      {direction === 'long' ? <ArrowUpRight aria-hidden="true" /> : <ArrowDownRight aria-hidden="true" />}
      {direction === 'long' ? 'Long' : 'Short'}
    </span>
  );
}

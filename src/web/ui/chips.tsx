import { ArrowDownRight, ArrowUpRight } from 'lucide-react';

/** Whose money: the mode is the engine's word, never a guess of the page. */
export function ModeChip({ mode }: { readonly mode: 'paper' | 'live' }) {
  return mode === 'live' ? <span className="chip live">LIVE</span> : <span className="chip paper">Paper</span>;
}

/** The prices are invented or replayed. */
export function SimulatedChip() {
  return (
    <span className="chip line" title="These prices are invented or replayed, not from a market that is open now">
      Simulated
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

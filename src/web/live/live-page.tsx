'use client';

import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { Suspense } from 'react';
import { botsQuery, positionsQuery } from '../api.ts';
import { changeAddress, inScope, useScope } from '../scope.ts';
import { useShortcuts } from '../shortcuts.ts';
import { PanelBoundary } from '../ui/states.tsx';
import { AccountsRow } from './accounts-row.tsx';
import { ChartPanel } from './chart-panel.tsx';
import { DecisionsPanel } from './decisions-panel.tsx';
import { EventsPanel } from './events-panel.tsx';
import { PositionsPanel } from './positions-panel.tsx';
import { chartSymbols, chosenSymbol } from './symbols.ts';

const choose = (symbol: string) => changeAddress('symbol', symbol);

function Panels() {
  const scope = useScope();
  const asked = useSearchParams().get('symbol');
  const bots = useQuery(botsQuery());
  const { data } = useQuery(positionsQuery());
  const positions = data?.positions.filter((position) => inScope(position, scope)) ?? [];
  const symbols = chartSymbols(bots.data?.bots.filter((bot) => inScope(bot, scope)) ?? [], positions);
  const chosen = chosenSymbol(asked, symbols, positions);
  useShortcuts((key) => {
    const nth = symbols[Number(key) - 1];
    if (nth) choose(nth.symbol);
  });
  return (
    <div className="live-page numbers">
      <div className="row-accounts">
        <PanelBoundary>
          <AccountsRow />
        </PanelBoundary>
      </div>
      <div className="column-left">
        <PanelBoundary>
          <ChartPanel symbols={symbols} chosen={chosen} onChoose={choose} known={bots.data !== undefined} />
        </PanelBoundary>
        <PanelBoundary>
          <PositionsPanel symbol={chosen} onSelect={choose} />
        </PanelBoundary>
      </div>
      <div className="column-right">
        <PanelBoundary>
          <DecisionsPanel />
        </PanelBoundary>
        <PanelBoundary>
          <EventsPanel />
        </PanelBoundary>
      </div>
    </div>
  );
}

/** What is open, how it stands, and what was done: the first page. */
export function LivePage() {
  return (
    <Suspense>
      <Panels />
    </Suspense>
  );
}

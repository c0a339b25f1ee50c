'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { Suspense } from 'react';
import type { Bot } from '#contract/api.ts';
import { accountsQuery, botsQuery, positionsQuery } from '../api.ts';
import { editPath } from '../edit-path.ts';
import { toneOf } from '../format.ts';
import { inScope, useScope } from '../scope.ts';
import { Amount } from '../ui/amount.tsx';
import { BotGlyph } from '../ui/bot-glyph.tsx';
import { ModeChip, SimulatedChip } from '../ui/chips.tsx';
import { Panel } from '../ui/panel.tsx';
import { Empty, PanelBoundary, PanelError, SkeletonRows } from '../ui/states.tsx';
import { kindName } from './kinds.ts';

interface BotLine {
  readonly bot: Bot;
  readonly currency: string;
  /** Undefined while it is not known. */
  readonly open: number | undefined;
}

function Name({ bot }: { readonly bot: Bot }) {
  return (
    <Link className="bot-name" href={editPath(bot.id)}>
      <BotGlyph bot={bot} />
      <span className="truncate">{bot.name}</span>
    </Link>
  );
}

function Today({ bot, currency }: Omit<BotLine, 'open'>) {
  const pnl = Number(bot.dayPnl);
  return (
    <span className={toneOf(pnl)}>
      <Amount value={pnl} currency={currency} plus />
    </span>
  );
}

function BotTable({ lines }: { readonly lines: readonly BotLine[] }) {
  return (
    <div className="scroller max-desk:hidden">
      <table className="data two-line">
        <caption className="sr">Bots that run here; today's P&L is in the currency of each account</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Kind</th>
            <th scope="col">Account</th>
            <th scope="col">Symbols</th>
            <th scope="col">Timeframe</th>
            <th scope="col" className="number">
              Open
            </th>
            <th scope="col" className="number">
              Today
            </th>
            <th scope="col">Last decision</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ bot, currency, open }) => (
            <tr key={bot.id}>
              <th scope="row">
                <Name bot={bot} />
              </th>
              <td>{kindName(bot.kind)}</td>
              <td>
                <ModeChip mode={bot.mode} /> {bot.simulated && <SimulatedChip />}
              </td>
              <td>{bot.symbols.join(', ')}</td>
              <td>{bot.timeframe}</td>
              <td className="number">{open ?? '–'}</td>
              <td className="number">
                <Today bot={bot} currency={currency} />
              </td>
              <td title={bot.lastDecision?.why}>{bot.lastDecision?.result ?? 'none yet'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function BotCards({ lines }: { readonly lines: readonly BotLine[] }) {
  return (
    <ul className="desk:hidden">
      {lines.map(({ bot, currency, open }) => (
        <li key={bot.id} className="bot-card">
          <div className="spread">
            <Name bot={bot} />
            <Today bot={bot} currency={currency} />
          </div>
          <div className="facts">
            <ModeChip mode={bot.mode} /> {bot.simulated && <SimulatedChip />}
            <span>{kindName(bot.kind)}</span>
            <span>
              {bot.symbols.join(', ')} · {bot.timeframe}
            </span>
            <span>{open ?? '–'} open</span>
          </div>
        </li>
      ))}
    </ul>
  );
}

function BotsPanel() {
  const scope = useScope();
  const query = useQuery(botsQuery());
  const accounts = useQuery(accountsQuery());
  const positions = useQuery(positionsQuery());
  const lines = query.data?.bots
    .filter((bot) => inScope(bot, scope))
    .map((bot) => ({
      bot,
      currency: accounts.data?.accounts.find(({ id }) => id === bot.accountId)?.currency ?? 'USD',
      open: positions.data?.positions.filter(({ botId }) => botId === bot.id).length,
    }));
  return (
    <Panel title="Bots" className="bots-panel numbers" meta={lines && `${lines.length} here`}>
      {lines && lines.length > 0 && (
        <>
          <BotTable lines={lines} />
          <BotCards lines={lines} />
        </>
      )}
      {lines?.length === 0 && <Empty title="No bots yet">Start Autotrader with --bot and a bot file.</Empty>}
      {query.isError && !query.data && (
        <PanelError what="the bots" error={query.error} queryKey={botsQuery().queryKey} />
      )}
      {query.isPending && <SkeletonRows />}
    </Panel>
  );
}

/** Every bot that runs here; its name leads to its form. */
export function BotsPage() {
  return (
    <PanelBoundary>
      <Suspense>
        <BotsPanel />
      </Suspense>
    </PanelBoundary>
  );
}

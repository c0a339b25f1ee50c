'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { Bot } from '#contract/api.ts';
import { accountsQuery, botsQuery } from '../api.ts';
import { editPath } from '../edit-path.ts';
import { toneOf } from '../format.ts';
import { Amount } from '../ui/amount.tsx';
import { BotGlyph } from '../ui/bot-glyph.tsx';

function BotToday({ bot, currency }: { readonly bot: Bot; readonly currency: string }) {
  if (bot.status === 'error') return <span className="value text-warn">Error</span>;
  if (bot.status === 'paused') return <span className="value text-fg-3">Paused</span>;
  if (bot.status === 'off') return <span className="value text-fg-3">Off</span>;
  const pnl = Number(bot.dayPnl);
  return (
    <span className={`value ${toneOf(pnl)}`}>
      <Amount value={pnl} currency={currency} decimals={Math.abs(pnl) < 10 ? 2 : 0} plus />
    </span>
  );
}

function BotRow({ bot, currency }: { readonly bot: Bot; readonly currency: string }) {
  return (
    <li>
      <Link className="bot" href={editPath(bot.id)} title={bot.why ?? `${bot.symbols.join(', ')} · ${bot.timeframe}`}>
        <span>
          <BotGlyph bot={bot} />
        </span>
        <span className="truncate">{bot.name}</span>
        <BotToday bot={bot} currency={currency} />
      </Link>
    </li>
  );
}

/** Every bot with its state and today's P&L, on every page; each leads to its form. */
export function BotList() {
  const bots = useQuery(botsQuery());
  const accounts = useQuery(accountsQuery());
  const currencyOf = (bot: Bot) => accounts.data?.accounts.find(({ id }) => id === bot.accountId)?.currency ?? 'USD';
  return (
    <>
      <div className="section">
        <h2>Bots</h2>
        <span>Today</span>
      </div>
      <ul className="bots">
        {bots.data?.bots.map((bot) => (
          <BotRow key={bot.id} bot={bot} currency={currencyOf(bot)} />
        ))}
        {bots.data?.bots.length === 0 && <li className="px-2 text-2xs text-fg-3">No bots yet</li>}
        {bots.isError && !bots.data && <li className="px-2 text-2xs text-warn">Could not load the bots</li>}
      </ul>
    </>
  );
}

'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { Suspense } from 'react';
import { botsQuery } from '../api.ts';
import { EDIT_PATH } from '../edit-path.ts';
import { ModeChip } from '../ui/chips.tsx';
import { isHere, PAGES } from './pages.ts';

/** "Bots / Chart reader", with whose money it is. */
function BotTitle() {
  const id = useSearchParams().get('id');
  const { data } = useQuery(botsQuery());
  const bot = data?.bots.find((one) => one.id === id);
  return (
    <>
      <h1>
        <Link className="crumb" href="/bots">
          Bots
        </Link>
        <span className="crumb"> / </span>
        {bot?.name ?? 'Bot'}
      </h1>
      {bot && (
        <span className="about max-desk:hidden">
          <ModeChip mode={bot.mode} /> {bot.status}
        </span>
      )}
    </>
  );
}

/** What the page is about. */
export function PageTitle({ path }: { readonly path: string }) {
  if (path !== EDIT_PATH) return <h1>{PAGES.find((page) => isHere(page, path))?.name ?? 'Autotrader'}</h1>;
  return (
    <Suspense fallback={<h1>Bot</h1>}>
      <BotTitle />
    </Suspense>
  );
}

'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { Suspense } from 'react';
import { ApiError, botConfigQuery, botsQuery } from '../api.ts';
import { Empty, PanelBoundary, PanelError, SkeletonRows } from '../ui/states.tsx';
import { BotForm } from './bot-form.tsx';

function NoSuchBot() {
  return (
    <section className="panel">
      <Empty title="No such bot runs here">
        <Link className="text-gold" href="/bots">
          See the bots that do
        </Link>
      </Empty>
    </section>
  );
}

function Editor() {
  const id = useSearchParams().get('id') ?? '';
  const config = useQuery({ ...botConfigQuery(id), enabled: id !== '' });
  const bots = useQuery(botsQuery());
  const bot = bots.data?.bots.find((one) => one.id === id);
  const isUnknown = config.error instanceof ApiError && config.error.code === 'NOT_FOUND';
  if (id === '' || isUnknown || (bots.data && config.data && !bot)) return <NoSuchBot />;
  if (config.data && bot) return <BotForm key={id} bot={bot} config={config.data} />;
  const failed = [config, bots].find(({ isError, data }) => isError && data === undefined);
  return (
    <section className="panel">
      {failed?.error ? <PanelError what="the bot" error={failed.error} queryKey={[]} /> : <SkeletonRows />}
    </section>
  );
}

/** The form of one bot: /bots/edit?id=BOT. */
export function EditPage() {
  return (
    <PanelBoundary>
      <Suspense>
        <Editor />
      </Suspense>
    </PanelBoundary>
  );
}

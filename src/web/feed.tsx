'use client';

import { QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { makeQueryClient } from './api.ts';
import { Feed } from './socket.ts';

interface FeedControl {
  readonly retry: () => void;
}

const FeedContext = createContext<FeedControl>({ retry: () => undefined });

export function useFeed(): FeedControl {
  return useContext(FeedContext);
}

/** The query cache and the one socket that keeps it up to date, for the whole page. */
export function FeedProvider({ children }: { readonly children: ReactNode }) {
  const [cache] = useState(makeQueryClient);
  const [feed, setFeed] = useState<Feed | null>(null);
  useEffect(() => {
    const opened = new Feed(cache);
    setFeed(opened);
    return () => opened.close();
  }, [cache]);
  const control = useMemo(() => ({ retry: () => feed?.retry() }), [feed]);
  return (
    <QueryClientProvider client={cache}>
      <FeedContext value={control}>{children}</FeedContext>
    </QueryClientProvider>
  );
}

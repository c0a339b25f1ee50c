import { useQuery } from '@tanstack/react-query';
import { healthQuery } from './api.ts';
import { useContact } from './contact.ts';

/** The market's clock: by the last heartbeat, or before the first one by the engine's health. */
export function useMarketTime(): number | null {
  const { marketTime } = useContact();
  const { data } = useQuery(healthQuery());
  return marketTime ?? data?.marketTime ?? null;
}

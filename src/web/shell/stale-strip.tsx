'use client';

import { useQuery } from '@tanstack/react-query';
import { CloudOff, WifiOff } from 'lucide-react';
import { healthQuery, positionsQuery } from '../api.ts';
import { type Contact, useContact } from '../contact.ts';
import { useDisplay } from '../display.ts';
import { useFeed } from '../feed.tsx';
import { formatClock } from '../time-format.ts';
import { stopSentence } from './stop-sentence.ts';

function StaleNews({ contact }: { readonly contact: Contact }) {
  const { zone } = useDisplay();
  const { data } = useQuery(positionsQuery());
  const numbersFrom =
    contact.heardAt === null ? 'There are no numbers yet.' : `Numbers are from ${formatClock(contact.heardAt, zone)}.`;
  return (
    <span>
      <b className="med">No contact with the engine for {Math.floor(contact.ageMs / 1_000)} s.</b>{' '}
      <span className="text-fg-2">
        {numbersFrom} {stopSentence(data?.positions ?? [])}
      </span>
    </span>
  );
}

/** Under the top bar while the engine is heard, and the market is not. */
function SilentMarket({ since }: { readonly since: number }) {
  const { zone } = useDisplay();
  const { data: health } = useQuery(healthQuery());
  return (
    <div className="stale-strip" role="alert">
      <CloudOff aria-hidden="true" />
      <span>
        <b className="med">
          No prices from {health?.market.label ?? 'the market'} since {formatClock(since, zone)}.
        </b>{' '}
        <span className="text-fg-2">
          The engine runs and asks again and again. Nothing is decided until prices come; those it missed come first.
        </span>
      </span>
    </div>
  );
}

/** Under the top bar while what is shown is old. */
export function StaleStrip() {
  const contact = useContact();
  if (contact.level === 'stale') return <StaleEngine contact={contact} />;
  if (contact.marketSilentSince !== null) return <SilentMarket since={contact.marketSilentSince} />;
  return null;
}

function StaleEngine({ contact }: { readonly contact: Contact }) {
  const feed = useFeed();
  return (
    <>
      <p className="sr" role="alert">
        No contact with the engine. The numbers are old.
      </p>
      <div className="stale-strip">
        <WifiOff aria-hidden="true" />
        <StaleNews contact={contact} />
        <button type="button" className="btn sm ml-auto" onClick={feed.retry}>
          Retry now
        </button>
      </div>
    </>
  );
}

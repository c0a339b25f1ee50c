'use client';

import { useQuery } from '@tanstack/react-query';
import { WifiOff } from 'lucide-react';
import { positionsQuery } from '../api.ts';
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

/** Under the top bar while the engine is not heard. */
export function StaleStrip() {
  const contact = useContact();
  const feed = useFeed();
  if (contact.level !== 'stale') return null;
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

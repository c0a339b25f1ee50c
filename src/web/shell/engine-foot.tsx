'use client';

import { useQuery } from '@tanstack/react-query';
import { healthQuery } from '../api.ts';
import { useContact } from '../contact.ts';
import { formatDuration } from '../time-format.ts';

const WORDS = {
  ok: { text: 'Engine healthy', className: '' },
  stopping: { text: 'Engine stopping', className: 'text-warn' },
  error: { text: 'Engine error', className: 'text-crit' },
} as const;

/** How the engine itself is doing; when it cannot be asked, since when. */
export function EngineFoot() {
  const health = useQuery(healthQuery());
  const contact = useContact();
  const unreachable = contact.level === 'stale';
  const { data } = health;
  const word = data ? WORDS[data.status] : { text: 'Engine not asked yet', className: '' };
  const uptimeMs =
    data && contact.wallNow !== null ? data.uptimeMs + Math.max(0, contact.wallNow - data.wallTime) : data?.uptimeMs;
  return (
    <div className="foot">
      <div className="spread">
        <span className={unreachable ? 'text-warn' : word.className} title={data?.why ?? undefined}>
          {unreachable ? 'Engine unreachable' : word.text}
        </span>
        {data && <span>v{data.version}</span>}
      </div>
      <div className="spread">
        <span>
          {unreachable
            ? `Seen ${formatDuration(contact.ageMs)} ago`
            : uptimeMs !== undefined && `Up ${formatDuration(uptimeMs)}`}
        </span>
      </div>
    </div>
  );
}

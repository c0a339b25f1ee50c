'use client';

import { WifiOff } from 'lucide-react';
import { useContact } from '../contact.ts';
import { formatDuration } from '../time-format.ts';

/** Page to engine, by the age of the last message. */
export function ContactChip() {
  const { level, ageMs } = useContact();
  const age = formatDuration(ageMs);
  if (level === 'stale') {
    return (
      <span className="chip warn">
        <WifiOff aria-hidden="true" />
        Offline {age}
      </span>
    );
  }
  return (
    <span className="contact" title="How long ago the engine was last heard. It speaks every second.">
      <span className={`glyph ${level === 'fresh' ? 'fresh' : 'off'}`} aria-hidden="true" />
      {level === 'fresh' && 'Connected'}
      {level === 'connecting' && 'Connecting'}
      {level === 'late' && <span className="text-fg-1">{age} old</span>}
    </span>
  );
}

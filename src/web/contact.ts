import { useSyncExternalStore } from 'react';
import { type ServerEvent, STALE_AFTER_MS } from '#contract/sockets.ts';

/**
 * How long ago the engine was last heard. The socket's own state says nothing (it can be open and silent), so every
 * message is noted here and the age is looked at once a second.
 */
const LATE_AFTER_MS = 3_000;
const LOOK_EVERY_MS = 1_000;

export type ContactLevel = 'connecting' | 'fresh' | 'late' | 'stale';

export interface Contact {
  readonly level: ContactLevel;
  /** Since the last message, or since the page was opened when there was none. */
  readonly ageMs: number;
  /** The engine's wall clock now, and at the last message; null before the first heartbeat. */
  readonly wallNow: number | null;
  readonly heardAt: number | null;
  /** The market's clock at the last heartbeat. */
  readonly marketTime: number | null;
  /** The engine's wall clock at the market's last word, when it should have said more since. */
  readonly marketSilentSince: number | null;
}

export function levelOf(ageMs: number, wasHeard: boolean): ContactLevel {
  if (ageMs > STALE_AFTER_MS) return 'stale';
  if (!wasHeard) return 'connecting';
  return ageMs > LATE_AFTER_MS ? 'late' : 'fresh';
}

const BEFORE: Contact = {
  level: 'connecting',
  ageMs: 0,
  wallNow: null,
  heardAt: null,
  marketTime: null,
  marketSilentSince: null,
};

/** What a heartbeat brings. */
type Heartbeat = ServerEvent<'heartbeat'>;

class ContactLog {
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private openedAt = 0;
  private lastMessageAt: number | null = null;
  /** Engine's wall clock less this page's. */
  private skewMs: number | null = null;
  private marketTime: number | null = null;
  private marketSilentSince: number | null = null;
  current: Contact = BEFORE;

  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.openedAt === 0) this.openedAt = Date.now();
    this.listeners.add(listener);
    this.timer ??= setInterval(() => this.look(), LOOK_EVERY_MS);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  };

  heard(heartbeat?: Heartbeat): void {
    this.lastMessageAt = Date.now();
    if (heartbeat) {
      this.skewMs = heartbeat.wallTime - this.lastMessageAt;
      this.marketTime = heartbeat.marketTime;
      this.marketSilentSince = heartbeat.marketSilentSince;
    }
    if (this.current.level !== 'fresh') this.look();
  }

  private look(): void {
    const now = Date.now();
    const ageMs = now - (this.lastMessageAt ?? this.openedAt);
    const toEngine = (at: number | null) => (at === null || this.skewMs === null ? null : at + this.skewMs);
    this.current = {
      level: levelOf(ageMs, this.lastMessageAt !== null),
      ageMs,
      wallNow: toEngine(now),
      heardAt: toEngine(this.lastMessageAt),
      marketTime: this.marketTime,
      marketSilentSince: this.marketSilentSince,
    };
    for (const listener of this.listeners) listener();
  }
}

export const contactLog = new ContactLog();

/** Changes once a second. */
export function useContact(): Contact {
  return useSyncExternalStore(
    contactLog.subscribe,
    () => contactLog.current,
    () => BEFORE,
  );
}

/** Changes only when the level does. */
export function useContactLevel(): ContactLevel {
  return useSyncExternalStore(
    contactLog.subscribe,
    () => contactLog.current.level,
    () => BEFORE.level,
  );
}

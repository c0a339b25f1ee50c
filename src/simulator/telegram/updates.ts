import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';
import { MOST_UPDATES, UPDATE_KINDS } from '#protocols/telegram.ts';
import { TelegramFailure } from './failure.ts';

/** Something that happened: its number and, under the name of its kind, what. */
export interface Update {
  readonly update_id: number;
  readonly [kind: string]: unknown;
}

export interface Poll {
  /** The first update to give; all before it are confirmed and gone. Below 0: so many from the end. */
  readonly offset: number | undefined;
  readonly limit: number;
  readonly timeoutMs: number;
  /** Kinds to keep from now on; undefined leaves them as they were. */
  readonly allowed: readonly string[] | undefined;
}

/** Telegram forgets what nobody fetched. */
const KEPT_MS = 24 * 60 * 60 * 1000;

/** What a bot has not confirmed yet, oldest first. One caller may wait for it at a time. */
export class UpdateQueue {
  private readonly clock: WallClock;
  private waiting: { readonly update: Update; readonly at: EpochMs }[] = [];
  private kinds: readonly string[] = UPDATE_KINDS;
  private lastId: number;
  /** Ends the wait of whoever polls now. */
  private poller: { readonly ended: AbortController; isReplaced: boolean } | undefined;

  constructor(clock: WallClock, firstId: number) {
    this.clock = clock;
    this.lastId = firstId - 1;
  }

  get length(): number {
    return this.waiting.length;
  }

  /** Adds what happened. @returns undefined when the bot did not ask for this kind: then it never hears of it. */
  add(kind: string, content: unknown): Update | undefined {
    if (!this.kinds.includes(kind)) return undefined;
    this.lastId += 1;
    const update = { update_id: this.lastId, [kind]: content };
    this.waiting.push({ update, at: this.clock.wall() });
    this.poller?.ended.abort();
    return update;
  }

  /**
   * The updates from an offset on, as soon as there are some, or none after the time-out.
   * @param left Fires when the caller hung up.
   * @throws TelegramFailure 409 when another caller polls in the meantime.
   */
  async poll({ offset, limit, timeoutMs, allowed }: Poll, left: AbortSignal): Promise<readonly Update[]> {
    if (this.poller !== undefined) {
      this.poller.isReplaced = true;
      this.poller.ended.abort();
    }
    if (allowed !== undefined) this.kinds = allowed.length === 0 ? UPDATE_KINDS : allowed;
    this.confirm(offset);
    if (this.waiting.length === 0 && timeoutMs > 0) await this.wait(timeoutMs, left);
    return this.waiting.slice(0, Math.min(Math.max(limit, 1), MOST_UPDATES)).map(({ update }) => update);
  }

  /** Forgets all of them. */
  drop(): void {
    this.waiting = [];
  }

  private async wait(timeoutMs: number, left: AbortSignal): Promise<void> {
    const poller = { ended: new AbortController(), isReplaced: false };
    this.poller = poller;
    await this.clock.sleep(timeoutMs, AbortSignal.any([poller.ended.signal, left]));
    if (this.poller === poller) this.poller = undefined;
    if (poller.isReplaced) {
      throw new TelegramFailure(
        409,
        'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
      );
    }
  }

  private confirm(offset = 0): void {
    const oldest = this.clock.wall() - KEPT_MS;
    const kept = this.waiting.filter(({ at }) => at >= oldest);
    this.waiting = offset < 0 ? kept.slice(offset) : kept.filter(({ update }) => update.update_id >= offset);
  }
}

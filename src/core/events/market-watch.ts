import type { Candle, Candles } from '../candles.ts';
import type { EpochMs } from '../time.ts';
import { RECENT_CANDLES } from './market-activity.ts';
import { type MarketEvent, MarketEvents, type RunningEventKind } from './market-events.ts';

/**
 * Watches the candle that runs in one market for the events that a bot is to be called at. A storm calls once: an event that
 * called is not called again for twelve candles, nor while those that closed are still in it.
 */
export class MarketWatch {
  private readonly candles: Candles;
  private readonly kinds: readonly RunningEventKind[];
  private readonly events: MarketEvents;
  /** So many closed candles were looked at. */
  private lookedAt = 0;
  /** Of what called, in which candle it did last. */
  private readonly called = new Map<string, number>();

  /** @param candles Those of the market that have closed. */
  constructor(candles: Candles, kinds: readonly RunningEventKind[]) {
    this.candles = candles;
    this.kinds = kinds;
    this.events = new MarketEvents(candles);
  }

  /** @returns What calls at `at`, as the running candle looks then. */
  look(running: Candle, at: EpochMs): readonly MarketEvent[] {
    this.lookAtClosed();
    return this.calling(this.events.inRunning(running, at), this.candles.length);
  }

  /** @returns What calls at `at`, when the newest candle closed: what no look into it has seen. */
  lookAtClose(at: EpochMs): readonly MarketEvent[] {
    this.lookAtClosed();
    return this.calling(this.events.between((at - 1) as EpochMs, at), this.candles.length - 1);
  }

  /** Goes on after a restart: this has called. */
  resume(event: MarketEvent): void {
    this.called.set(stormOf(event), this.candles.indexClosedAt((event.at - 1) as EpochMs) + 1);
  }

  private lookAtClosed(): void {
    const { candles, events } = this;
    if (this.lookedAt < candles.length) events.advance(this.lookedAt, candles.length);
    this.lookedAt = candles.length;
  }

  private calling(shown: readonly MarketEvent[], candle: number): readonly MarketEvent[] {
    return shown.length === 0 ? shown : shown.filter((event) => this.calls(event, candle));
  }

  private calls(event: MarketEvent, candle: number): boolean {
    const storm = stormOf(event);
    const last = this.called.get(storm) ?? Number.NEGATIVE_INFINITY;
    if (candle - last < RECENT_CANDLES || !this.kinds.some((kind) => kind === event.kind)) return false;
    this.called.set(storm, candle);
    return true;
  }
}

/** From when on what called may still rest. */
export function restingSince(candles: Candles): EpochMs {
  return candles.openTimeOf(Math.max(0, candles.length - RECENT_CANDLES));
}

/** A rise and a fall are two storms. */
function stormOf(event: MarketEvent): string {
  return event.kind === 'flash-move' ? `${event.kind} ${Math.sign(event.change)}` : event.kind;
}

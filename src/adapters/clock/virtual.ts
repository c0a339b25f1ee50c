import { type Chance, seededChance } from '#core/random.ts';
import type { EpochMs } from '#core/time.ts';
import type { WallClock } from '#ports/clock.ts';

interface Event {
  readonly at: number;
  /** Decides between events of the same moment, by the seed. */
  readonly tie: number;
  readonly happen: () => void;
}

/**
 * Time that passes only when it is run, and in an order that its seed decides: the same seed runs the same program in
 * the same order, however fast the machine is.
 */
export class VirtualClock implements WallClock {
  private time: number;
  private readonly chance: Chance;
  /** A binary heap: every event comes before the two at 2k + 1 and 2k + 2. */
  private readonly heap: Event[] = [];

  constructor(start: EpochMs, seed: number) {
    this.time = start;
    this.chance = seededChance(seed);
  }

  wall(): EpochMs {
    return this.time as EpochMs;
  }

  mono(): number {
    return this.time;
  }

  sleep(ms: number, abort: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (abort.aborted) resolve();
    abort.addEventListener('abort', () => resolve(), { once: true });
    this.at(ms, resolve);
    return promise;
  }

  /** Lets something happen after `ms`. */
  at(ms: number, happen: () => void): void {
    this.push({ at: this.time + Math.max(0, ms), tie: this.chance.next(), happen });
  }

  /** Runs what happens up to and including `until`, draining the micro-tasks of each event before the next. */
  async run(until: EpochMs): Promise<void> {
    await drain();
    for (let next = this.heap[0]; next !== undefined && next.at <= until; next = this.heap[0]) {
      this.pop();
      this.time = next.at;
      next.happen();
      await drain();
    }
    this.time = until;
  }

  private push(event: Event): void {
    const { heap } = this;
    let k = heap.push(event) - 1;
    while (k > 0) {
      const parent = (k - 1) >> 1;
      if (isBefore(heap[parent]!, event)) break;
      heap[k] = heap[parent]!;
      k = parent;
    }
    heap[k] = event;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let k = 0;
    for (;;) {
      let child = 2 * k + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (isBefore(last, heap[child]!)) break;
      heap[k] = heap[child]!;
      k = child;
    }
    heap[k] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.tie < b.tie);
}

/** A turn of the event loop: every micro-task that is due has run by then. */
function drain(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

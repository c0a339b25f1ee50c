import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type IBackoff,
} from 'cockatiel';
import type { WallClock } from '#ports/clock.ts';
import { CallRefused } from './refusal.ts';

/** So many failures in a row open the circuit, and after so long one call is let through to see. */
const MOST_FAILURES = 5;
const OPEN_MS = 60_000;

/**
 * Keeps calls from a service that does not answer. The states are cockatiel's; it reads the machine's clock, so the time
 * an open circuit waits is given to it as "for ever" until ours has come.
 */
export class Breaker {
  private readonly clock: WallClock;
  private readonly isFailure: (error: unknown) => boolean;
  private readonly circuit: CircuitBreakerPolicy;
  private halfOpenAt = 0;

  /** @param isFailure Whether an error says that the service is in trouble; any other one proves that it is there. */
  constructor(clock: WallClock, isFailure: (error: unknown) => boolean) {
    this.clock = clock;
    const isOver = () => clock.mono() >= this.halfOpenAt;
    const open = () => {
      this.halfOpenAt = clock.mono() + OPEN_MS;
      return pause;
    };
    const pause: IBackoff<unknown> = {
      get duration() {
        return isOver() ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      },
      next: open,
    };
    const breaker = new ConsecutiveBreaker(MOST_FAILURES);
    this.isFailure = isFailure;
    // A call that was called off says nothing, which does not close a circuit.
    const isCounted = (error: unknown) => isFailure(error) || this.isTrying;
    this.circuit = circuitBreaker(handleWhen(isCounted), { halfOpenAfter: { next: open }, breaker });
  }

  /** Why nothing should be asked now; undefined when it may. */
  get refusal(): string | undefined {
    const left = this.halfOpenAt - this.clock.mono();
    if (this.circuit.state !== CircuitState.Open || left <= 0) return undefined;
    return `it failed ${MOST_FAILURES} times in a row and is left alone for another ${Math.ceil(left / 1000)} s`;
  }

  /** Whether one call is out to see if the service is there again; others that `run` wait for its end. */
  get isTrying(): boolean {
    return this.circuit.state === CircuitState.HalfOpen;
  }

  /** @throws CallRefused while the circuit is open; else what the call throws. */
  async run<Answer>(call: () => Promise<Answer>, abort: AbortSignal): Promise<Answer> {
    const settled = async () => {
      try {
        return { answer: await call() };
      } catch (error) {
        if (abort.aborted || this.isFailure(error)) throw error;
        return { error };
      }
    };
    try {
      const result = await this.circuit.execute(settled);
      if ('answer' in result) return result.answer;
      throw result.error;
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new CallRefused(this.refusal ?? 'it is left alone', { cause: error });
    }
  }
}

import type { WallClock } from '#ports/clock.ts';
import type { Asker, ModelAnswer, ModelFailure, ModelQuestion, Models } from '#ports/models.ts';
import { questionId } from './question.ts';

/** So many failures in a row and a model is left alone for a while; when it fails again after that, for longer. */
const MOST_FAILURES = 3;
const FIRST_REST_MS = 60_000;
const LONGEST_REST_MS = 15 * 60_000;

/** What is no fault of a model or its server. */
const NOT_ITS_FAULT: readonly ModelFailure[] = ['over-budget', 'not-recorded', 'resting', 'interrupted'];

interface Health {
  failures: number;
  restMs: number;
  /** On the clock that never steps back. */
  restsUntil: number;
}

/**
 * Leaves a model alone that failed three times in a row: its bots take no new entries meanwhile, as no answer is no trade,
 * and what they hold keeps its stops. It is said once when it begins and once when the model answers again.
 */
export class RestingModels implements Models {
  private readonly models: Models;
  private readonly clock: WallClock;
  private readonly say: (line: string) => void;
  private readonly health = new Map<string, Health>();

  constructor(models: Models, clock: WallClock, say: (line: string) => void) {
    this.models = models;
    this.clock = clock;
    this.say = say;
  }

  async ask(question: ModelQuestion, asker: Asker, abort: AbortSignal): Promise<ModelAnswer> {
    const { model } = question;
    const health = this.health.get(model) ?? { failures: 0, restMs: FIRST_REST_MS, restsUntil: 0 };
    this.health.set(model, health);
    const left = health.restsUntil - this.clock.mono();
    if (left > 0) {
      const why = `${model} failed ${MOST_FAILURES} times in a row and is left alone for another ${Math.ceil(left / 1000)} s`;
      const nothing = { raw: undefined, usage: undefined, latencyMs: 0, isRecorded: false };
      return { kind: 'failed', id: questionId(question), failure: 'resting', why, ...nothing };
    }
    const answer = await this.models.ask(question, asker, abort);
    if (answer.kind === 'answered') this.recovered(model, health);
    else if (!abort.aborted && !NOT_ITS_FAULT.includes(answer.failure)) this.failed(model, health, answer.why);
    return answer;
  }

  /** Models that are left alone now, with the milliseconds that are left of it. */
  resting(): ReadonlyMap<string, number> {
    const now = this.clock.mono();
    const left = [...this.health].map(([model, { restsUntil }]) => [model, restsUntil - now] as const);
    return new Map(left.filter(([, ms]) => ms > 0));
  }

  private recovered(model: string, health: Health): void {
    if (health.failures >= MOST_FAILURES) this.say(`${model} answers again; its bots may enter again.`);
    Object.assign(health, { failures: 0, restMs: FIRST_REST_MS, restsUntil: 0 });
  }

  private failed(model: string, health: Health, why: string): void {
    // Questions that were on their way when the rest began are of one outage with the one that began it.
    if (this.clock.mono() < health.restsUntil) return;
    health.failures += 1;
    if (health.failures < MOST_FAILURES) return;
    if (health.failures === MOST_FAILURES)
      this.say(
        `${model} failed ${MOST_FAILURES} times in a row (${why}): its bots take no entries until it answers; stops stay.`,
      );
    health.restsUntil = this.clock.mono() + health.restMs;
    health.restMs = Math.min(2 * health.restMs, LONGEST_REST_MS);
  }
}

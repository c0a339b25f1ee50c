import type { WallClock } from '#ports/clock.ts';
import type {
  Asker,
  ModelAnswer,
  ModelFailure,
  ModelQuestion,
  ModelRecord,
  Models,
  Recordings,
} from '#ports/models.ts';
import { questionId, questionText } from './question.ts';

/**
 * When a recorded answer serves: for the `same-occasion` of the same bot (after a restart), for the `same-question` whoever
 * asked it, or as `nothing-else`: then nothing is ever asked.
 */
export type Recall = 'same-occasion' | 'same-question' | 'nothing-else';

/** Failures that say nothing of the question: asked again, it may well be answered. */
const PASSING: readonly ModelFailure[] = [
  'late',
  'rate-limited',
  'unavailable',
  'misconfigured',
  'over-budget',
  'resting',
  'interrupted',
];

/** Keeps every question with its answer, and asks nothing that was asked before. */
export class RecordedModels implements Models {
  private readonly models: Models;
  private readonly recordings: Recordings;
  private readonly recall: Recall;
  private readonly clock: WallClock;

  /** @param models Asked for what is missing; never where `nothing-else` serves. */
  constructor(models: Models, recordings: Recordings, recall: Recall, clock: WallClock) {
    this.models = models;
    this.recordings = recordings;
    this.recall = recall;
    this.clock = clock;
  }

  async ask(question: ModelQuestion, asker: Asker, abort: AbortSignal): Promise<ModelAnswer> {
    const id = questionId(question);
    const record = await this.recorded(id, question, asker);
    if (record !== undefined) return { ...record.answer, isRecorded: true };
    if (this.recall === 'nothing-else') return notRecorded(id, question, asker);
    const askedAt = this.clock.wall();
    const answer = await this.models.ask(question, asker, abort);
    // What was called off says nothing, and is missing still: unless it is never asked again.
    const isMissing = abort.aborted && answer.kind === 'failed' && answer.failure !== 'interrupted';
    if (!isMissing) await this.recordings.keep({ id, question: questionText(question), asker, answer, askedAt });
    return answer;
  }

  private async recorded(id: string, { model, promptName }: ModelQuestion, asker: Asker) {
    // After a restart what is known of the world may have changed: the occasion is the same, and is not asked for twice.
    if (this.recall === 'same-occasion') return this.recordings.findAsked(asker, model, promptName);
    const record = await this.recordings.find(id);
    return this.recall === 'nothing-else' || record === undefined || isLasting(record) ? record : undefined;
  }
}

function isLasting({ answer }: ModelRecord): boolean {
  return answer.kind === 'answered' || !PASSING.includes(answer.failure);
}

function notRecorded(
  id: string,
  { model, promptName }: ModelQuestion,
  { symbol, timeframe, occasion }: Asker,
): ModelAnswer {
  const asked = `${model} with ${promptName} about ${symbol} ${timeframe} at ${new Date(occasion).toISOString()}`;
  return {
    kind: 'failed',
    id,
    failure: 'not-recorded',
    why: `no answer of ${asked} is recorded (${id.slice(0, 12)}), and only recorded ones may be used`,
    raw: undefined,
    usage: undefined,
    latencyMs: 0,
    isRecorded: false,
  };
}

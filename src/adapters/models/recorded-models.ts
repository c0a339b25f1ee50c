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
 * When a recorded answer serves: `live` for the same bot and occasion (after a restart), `record` for the same question,
 * `replay` always, and nothing is ever asked.
 */
export type RecordingMode = 'live' | 'record' | 'replay';

/** Failures that say nothing of the question: asked again, it may well be answered. */
const PASSING: readonly ModelFailure[] = [
  'late',
  'rate-limited',
  'unavailable',
  'misconfigured',
  'over-budget',
  'resting',
];

/** Keeps every question with its answer, and asks nothing that was asked before. */
export class RecordedModels implements Models {
  private readonly models: Models;
  private readonly recordings: Recordings;
  private readonly mode: RecordingMode;
  private readonly clock: WallClock;

  /** @param models Asked for what is missing; never in `replay`. */
  constructor(models: Models, recordings: Recordings, mode: RecordingMode, clock: WallClock) {
    this.models = models;
    this.recordings = recordings;
    this.mode = mode;
    this.clock = clock;
  }

  async ask(question: ModelQuestion, asker: Asker, abort: AbortSignal): Promise<ModelAnswer> {
    const id = questionId(question);
    const record = await this.recordings.find(id);
    if (record !== undefined && this.serves(record, asker)) return { ...record.answer, isRecorded: true };
    if (this.mode === 'replay') return notRecorded(id, question, asker);
    const askedAt = this.clock.wall();
    const answer = await this.models.ask(question, asker, abort);
    // What was called off was not answered: it is asked again after a restart.
    if (!abort.aborted) await this.recordings.keep({ id, question: questionText(question), asker, answer, askedAt });
    return answer;
  }

  private serves({ asker: before, answer }: ModelRecord, asker: Asker): boolean {
    switch (this.mode) {
      case 'live':
        return before.botId === asker.botId && before.occasion === asker.occasion;
      case 'record':
        return answer.kind === 'answered' || !PASSING.includes(answer.failure);
      case 'replay':
        return true;
    }
  }
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

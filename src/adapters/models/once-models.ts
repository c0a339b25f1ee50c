import type { WallClock } from '#ports/clock.ts';
import type { Asker, ModelAnswer, ModelQuestion, Models, SentQuestions } from '#ports/models.ts';
import { questionId } from './question.ts';

/**
 * Sends a question once: that it goes out is kept before it does, as an intent is before an order. One that went out and has no
 * answer was cut off by the end of the program; what it cost is not known, and it is not asked again.
 */
export class OnceModels implements Models {
  private readonly models: Models;
  private readonly sent: SentQuestions;
  private readonly clock: WallClock;

  constructor(models: Models, sent: SentQuestions, clock: WallClock) {
    this.models = models;
    this.sent = sent;
    this.clock = clock;
  }

  async ask(question: ModelQuestion, asker: Asker, abort: AbortSignal): Promise<ModelAnswer> {
    if (abort.aborted) return interrupted(question, 'the program was ending: it was not asked');
    const before = await this.sent.send(question, asker, this.clock.wall());
    if (before !== undefined) {
      const when = new Date(before).toISOString();
      return interrupted(question, `it was asked at ${when}, and the program ended before the answer came: ${ONCE}`);
    }
    const answer = await this.models.ask(question, asker, abort);
    if (answer.kind === 'answered' || !abort.aborted) return answer;
    return { ...answer, failure: 'interrupted', why: `it was called off as the program ended: ${ONCE}` };
  }
}

const ONCE = 'nothing is asked twice';

function interrupted(question: ModelQuestion, why: string): ModelAnswer {
  const nothing = { raw: undefined, usage: undefined, latencyMs: 0, isRecorded: false };
  return { kind: 'failed', id: questionId(question), failure: 'interrupted', why, ...nothing };
}

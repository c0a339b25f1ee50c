import { createHash } from 'node:crypto';
import { nothingKnown } from '#adapters/context/nothing-known.ts';
import { readAnswerText } from '#adapters/models/answer-text.ts';
import { questionId } from '#adapters/models/question.ts';
import type { Charts } from '#ports/charts.ts';
import type { Asker, ModelAnswer, ModelFailure, ModelQuestion, Models } from '#ports/models.ts';
import type { Asking } from '#server/strategies.ts';

/** What a model writes, or how it fails. */
export type Written = string | { readonly failure: ModelFailure };

/** Models that write what they are told to, read as the answers of a server are. */
export class WritingModels implements Models {
  readonly asked: { readonly question: ModelQuestion; readonly asker: Asker }[] = [];
  private readonly write: (question: ModelQuestion, asker: Asker) => Written;

  constructor(write: (question: ModelQuestion, asker: Asker) => Written) {
    this.write = write;
  }

  async ask(question: ModelQuestion, asker: Asker): Promise<ModelAnswer> {
    this.asked.push({ question, asker });
    const written = this.write(question, asker);
    const usage = { promptTokens: 1000, completionTokens: 100, costUsd: 0.001 };
    const common = { id: questionId(question), usage, latencyMs: 5, isRecorded: false };
    if (typeof written !== 'string')
      return { ...common, kind: 'failed', failure: written.failure, why: 'it is told to fail', raw: undefined };
    const read = readAnswerText(written);
    if (read.kind === 'unreadable') {
      const why = `its answer ${read.why}`;
      return { ...common, kind: 'failed', failure: 'unparseable', why, raw: written };
    }
    return { ...common, kind: 'answered', value: read.value, raw: written, model: question.model };
  }
}

/** Pictures that show nothing, and are told apart by what they were to show. */
export const UNDRAWN: Charts = {
  draw: async (request) => {
    const sha256 = createHash('sha256').update(JSON.stringify(request)).digest('hex');
    return { png: new Uint8Array(), sha256, drawnFrom: sha256, width: request.width, height: request.height };
  },
};

export function askingOf(models: Models, charts: Charts = UNDRAWN): Asking {
  return { models, charts, surroundings: nothingKnown('it is a test'), abort: new AbortController().signal };
}

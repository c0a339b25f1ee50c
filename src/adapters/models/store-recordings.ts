import type { BotId } from '#core/bots.ts';
import type { EpochMs } from '#core/time.ts';
import { noChanges } from '#ports/changes.ts';
import type { Asker, ModelAnswer, ModelQuestion, ModelRecord, Recordings, SentQuestions } from '#ports/models.ts';
import type { QuestionRow, SentQuestionRow, Store } from '#ports/store.ts';
import { questionId } from './question.ts';

/** Questions and answers in the store of a running engine, beside what was decided of them. */
export class StoreRecordings implements Recordings, SentQuestions {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  async find(id: string): Promise<ModelRecord | undefined> {
    const row = await this.store.question(id);
    return row && recordOf(row);
  }

  async findAsked(asker: Asker, model: string, promptName: string): Promise<ModelRecord | undefined> {
    const row = await this.store.questionOf({ ...asker, model, promptName });
    return row && recordOf(row);
  }

  async keep(record: ModelRecord): Promise<void> {
    const changes = noChanges();
    changes.add.questions.push(rowOf(record));
    await this.store.commit(changes);
  }

  async send(question: ModelQuestion, asker: Asker, now: EpochMs): Promise<EpochMs | undefined> {
    const { model, promptName } = question;
    const row: SentQuestionRow = { ...asker, model, promptName, id: questionId(question), sentAt: now };
    const changes = noChanges();
    changes.add.sentQuestions.push(row);
    const { alreadyThere } = await this.store.commit(changes);
    return alreadyThere === 0 ? undefined : (await this.store.sentQuestion(row))!.sentAt;
  }

  spentUsd(since: EpochMs, botId: BotId | undefined): Promise<number> {
    return this.store.spentUsd(since, botId);
  }
}

function rowOf({ id, question, asker, answer, askedAt }: ModelRecord): QuestionRow {
  const { model, promptName } = JSON.parse(question) as { readonly model: string; readonly promptName: string };
  const costUsd = answer.usage?.costUsd ?? null;
  return { ...asker, model, promptName, id, question, answer: JSON.stringify(answer), costUsd, askedAt };
}

function recordOf({ id, question, answer, askedAt, botId, symbol, timeframe, occasion }: QuestionRow): ModelRecord {
  const asker = { botId, symbol, timeframe, occasion } as Asker;
  return { id, question, asker, answer: JSON.parse(answer) as ModelAnswer, askedAt };
}

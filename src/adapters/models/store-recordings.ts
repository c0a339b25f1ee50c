import type { BotId } from '#core/bots.ts';
import type { EpochMs } from '#core/time.ts';
import type { Asker, ModelAnswer, ModelQuestion, ModelRecord, Recordings, SentQuestions } from '#ports/models.ts';
import type { ChangeSet, QuestionRow, SentQuestionRow, Store } from '#ports/store.ts';
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
    await this.store.commit(addition({ questions: [rowOf(record)] }));
  }

  async send(question: ModelQuestion, asker: Asker, now: EpochMs): Promise<EpochMs | undefined> {
    const { model, promptName } = question;
    const row: SentQuestionRow = { ...asker, model, promptName, id: questionId(question), sentAt: now };
    const { alreadyThere } = await this.store.commit(addition({ sentQuestions: [row] }));
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

function addition(rows: Partial<Pick<ChangeSet['add'], 'questions' | 'sentQuestions'>>): ChangeSet {
  return {
    put: { accounts: [], bots: [], orders: [], trades: [], positions: [] },
    add: {
      fills: [],
      analyses: [],
      decisions: [],
      cycles: [],
      snapshots: [],
      candles: [],
      carries: [],
      questions: [],
      sentQuestions: [],
      prompts: [],
      ...rows,
    },
    remove: { positions: [] },
  };
}

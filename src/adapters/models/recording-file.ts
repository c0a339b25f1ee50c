import { appendFile, readFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { BotId, MarketSymbol } from '#core/bots.ts';
import { type EpochMs, TIMEFRAMES } from '#core/time.ts';
import type { ModelAnswer, ModelRecord, Recordings } from '#ports/models.ts';

const usageSchema = z.object({
  promptTokens: z.number(),
  completionTokens: z.number(),
  costUsd: z.number().optional(),
});
const answerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answered'),
    id: z.string(),
    value: z.unknown(),
    raw: z.string(),
    model: z.string(),
    usage: usageSchema,
    latencyMs: z.number(),
    isRecorded: z.boolean(),
  }),
  z.object({
    kind: z.literal('failed'),
    id: z.string(),
    failure: z.string(),
    why: z.string(),
    raw: z.string().optional(),
    usage: usageSchema.optional(),
    latencyMs: z.number(),
    isRecorded: z.boolean(),
  }),
]);
const recordSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  question: z.string(),
  asker: z.object({
    botId: z.string().transform((text) => text as BotId),
    symbol: z.string().transform((text) => text as MarketSymbol),
    timeframe: z.enum(TIMEFRAMES),
    occasion: z.number().transform((time) => time as EpochMs),
  }),
  answer: answerSchema.transform((answer) => answer as ModelAnswer),
  askedAt: z.number().transform((time) => time as EpochMs),
});

/** A recording that cannot be read: the message is a sentence with the file and the line. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

/** Questions and answers in a file of lines of JSON, plain or gzip: what an example ships with, and what a backtest keeps. */
export class RecordingFile implements Recordings {
  private readonly path: string;
  private readonly records: Map<string, ModelRecord>;

  private constructor(path: string, records: Map<string, ModelRecord>) {
    this.path = path;
    this.records = records;
  }

  /** A file that is not there is an empty recording. @throws RecordingError */
  static async open(path: string): Promise<RecordingFile> {
    return new RecordingFile(path, await readRecords(path));
  }

  get size(): number {
    return this.records.size;
  }

  async find(id: string): Promise<ModelRecord | undefined> {
    return this.records.get(id);
  }

  async keep(record: ModelRecord): Promise<void> {
    const line = `${JSON.stringify(record)}\n`;
    // Compressed files may be put one after the other.
    await appendFile(this.path, this.path.endsWith('.gz') ? gzipSync(line) : line);
    this.records.set(record.id, record);
  }

  async spentUsd(since: EpochMs, botId: BotId | undefined): Promise<number> {
    let sum = 0;
    for (const { asker, answer, askedAt } of this.records.values())
      if (askedAt >= since && (botId === undefined || asker.botId === botId)) sum += answer.usage?.costUsd ?? 0;
    return sum;
  }
}

async function readRecords(path: string): Promise<Map<string, ModelRecord>> {
  const records = new Map<string, ModelRecord>();
  for (const [k, line] of (await readLines(path)).entries()) {
    if (line.trim() === '') continue;
    const record = recordOf(line);
    if (record === undefined) {
      throw new RecordingError(
        `Cannot read the recording "${path}" as line ${k + 1} must be a question with its answer: take the line out, or record it again`,
      );
    }
    records.set(record.id, record);
  }
  return records;
}

async function readLines(path: string): Promise<string[]> {
  try {
    const bytes = await readFile(path);
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    const why = error instanceof Error ? error.message : String(error);
    throw new RecordingError(`Cannot read the recording "${path}": ${why}; give another file`, { cause: error });
  }
}

function recordOf(line: string): ModelRecord | undefined {
  try {
    const { success, data } = recordSchema.safeParse(JSON.parse(line));
    return success ? data : undefined;
  } catch {
    return undefined;
  }
}

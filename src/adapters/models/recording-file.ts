import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { BotId, MarketSymbol } from '#core/bots.ts';
import { type EpochMs, TIMEFRAMES } from '#core/time.ts';
import type { Asker, ModelAnswer, ModelRecord, Recordings } from '#ports/models.ts';

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
  /** The prompts that its questions were asked with: "chart-vision/1". */
  readonly promptNames = new Set<string>();
  private readonly records = new Map<string, ModelRecord>();
  private readonly asked = new Map<string, ModelRecord>();

  private constructor(path: string, records: readonly ModelRecord[]) {
    this.path = path;
    for (const record of records) this.take(record);
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

  async findAsked(asker: Asker, model: string, promptName: string): Promise<ModelRecord | undefined> {
    return this.asked.get(askedKey(asker, model, promptName));
  }

  async keep(record: ModelRecord): Promise<void> {
    const line = `${JSON.stringify(record)}\n`;
    // Compressed files may be put one after the other.
    await appendFile(this.path, this.path.endsWith('.gz') ? gzipSync(line) : line);
    this.take(record);
  }

  /** Writes the records anew in one piece: compressed together they take a small part of what they take one by one. */
  async compact(): Promise<void> {
    if (this.records.size === 0) return;
    const lines = [...this.records.values()].map((record) => `${JSON.stringify(record)}\n`).join('');
    const unfinished = `${this.path}.unfinished`;
    await writeFile(unfinished, this.path.endsWith('.gz') ? gzipSync(lines, { level: 9 }) : lines);
    await rename(unfinished, this.path);
  }

  async spentUsd(since: EpochMs, botId: BotId | undefined): Promise<number> {
    let sum = 0;
    for (const { asker, answer, askedAt } of this.records.values())
      if (askedAt >= since && (botId === undefined || asker.botId === botId)) sum += answer.usage?.costUsd ?? 0;
    return sum;
  }

  private take(record: ModelRecord): void {
    this.records.set(record.id, record);
    const { model, promptName } = askedOf(record);
    this.promptNames.add(promptName);
    this.asked.set(askedKey(record.asker, model, promptName), record);
  }
}

/** Of a question that is kept, which model was asked with which prompt. */
function askedOf({ question }: ModelRecord): { readonly model: string; readonly promptName: string } {
  return JSON.parse(question) as { readonly model: string; readonly promptName: string };
}

function askedKey({ botId, symbol, timeframe, occasion }: Asker, model: string, promptName: string): string {
  return JSON.stringify([botId, symbol, timeframe, occasion, model, promptName]);
}

async function readRecords(path: string): Promise<readonly ModelRecord[]> {
  const records: ModelRecord[] = [];
  for (const [k, line] of (await readLines(path)).entries()) {
    if (line.trim() === '') continue;
    const record = recordOf(line);
    if (record === undefined) {
      throw new RecordingError(
        `Cannot read the recording "${path}" as line ${k + 1} must be a question with its answer: take the line out, or record it again`,
      );
    }
    records.push(record);
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

import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { BotId } from '#core/bots.ts';
import type { MarketSymbol } from '#core/instruments.ts';
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
    provider: z.string().exactOptional(),
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

  /** Whether the file ends in the middle of a line, as after a full disk: what follows it could not be read. */
  private isTorn: boolean;
  /** One is written after the other, whole: long ones are written in parts. */
  private written: Promise<void> = Promise.resolve();

  private constructor(path: string, { records, isTorn }: Whole) {
    this.path = path;
    this.isTorn = isTorn;
    for (const record of records) this.take(record);
  }

  /** A file that is not there is an empty recording; an end that is not whole is left out. @throws RecordingError */
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
    const added = this.written.then(() => this.append(record));
    this.written = added.catch(() => undefined);
    await added;
  }

  /** Writes the records anew in one piece: compressed together they take a small part of what they take one by one. */
  async compact(): Promise<void> {
    if (this.records.size === 0 && !this.isTorn) return;
    const lines = [...this.records.values()].map((record) => `${JSON.stringify(record)}\n`).join('');
    const unfinished = `${this.path}.unfinished`;
    await writeFile(unfinished, this.path.endsWith('.gz') ? gzipSync(lines, { level: 9 }) : lines);
    await rename(unfinished, this.path);
    this.isTorn = false;
  }

  async spentUsd(since: EpochMs, botId: BotId | undefined): Promise<number> {
    let sum = 0;
    for (const { asker, answer, askedAt } of this.records.values())
      if (askedAt >= since && (botId === undefined || asker.botId === botId)) sum += answer.usage?.costUsd ?? 0;
    return sum;
  }

  private async append(record: ModelRecord): Promise<void> {
    if (this.isTorn) await this.compact();
    const line = `${JSON.stringify(record)}\n`;
    // Compressed files may be put one after the other.
    await appendFile(this.path, this.path.endsWith('.gz') ? gzipSync(line) : line);
    this.take(record);
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

/** What a file holds whole. */
interface Whole {
  readonly records: readonly ModelRecord[];
  readonly isTorn: boolean;
}

async function readRecords(path: string): Promise<Whole> {
  const records: ModelRecord[] = [];
  const { text, isTorn } = await readText(path);
  const lines = text.split('\n');
  for (const [k, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const record = recordOf(line);
    if (record === undefined && k === lines.length - 1) return { records, isTorn: true };
    if (record === undefined) {
      throw new RecordingError(
        `Cannot read the recording "${path}" as line ${k + 1} must be a question with its answer: take the line out, or record it again`,
      );
    }
    records.push(record);
  }
  return { records, isTorn: isTorn || lines.at(-1) !== '' };
}

async function readText(path: string): Promise<{ readonly text: string; readonly isTorn: boolean }> {
  try {
    const bytes = await readFile(path);
    return path.endsWith('.gz') ? unzipped(bytes) : { text: bytes.toString('utf8'), isTorn: false };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { text: '', isTorn: false };
    const why = error instanceof Error ? error.message : String(error);
    throw new RecordingError(`Cannot read the recording "${path}": ${why}; give another file`, { cause: error });
  }
}

function unzipped(bytes: Buffer): { readonly text: string; readonly isTorn: boolean } {
  try {
    return { text: gunzipSync(bytes).toString('utf8'), isTorn: false };
  } catch (error) {
    // The file ends too early: what is there is read.
    if ((error as NodeJS.ErrnoException).code !== 'Z_BUF_ERROR') throw error;
    return { text: gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString('utf8'), isTorn: true };
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

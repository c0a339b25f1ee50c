import { z } from 'zod';

/** What the bot form asks of the engine: a bot's file as it stands, and what a draft of it would do. */

const Time = z.number().int();

/** A bot as it runs, and how a changed file of it is started. */
export const BotConfig = z.object({
  botId: z.string(),
  /** The text of its bot file. */
  file: z.string(),
  /** What a command line says to run a file in its place, without `--bot`: "npx autotrader start --market kraken". */
  startCommand: z.string(),
  /** Why a changed file cannot run beside it or instead of it as things are; null where it can. */
  why: z.string().nullable(),
});
export type BotConfig = z.infer<typeof BotConfig>;

/** Longest bot file that is looked at, in characters. */
export const LONGEST_BOT_FILE = 200_000;
const FILE = `must be the text of a bot file, up to ${LONGEST_BOT_FILE} characters`;

export const PreviewRequest = z.strictObject({
  /** The text of a bot file, perhaps not a valid one. */
  file: z.string(FILE).max(LONGEST_BOT_FILE, FILE),
  /** One of the file's symbols; its first when left out. */
  symbol: z.string().optional(),
  /** The bot that it is a draft of: its candles are looked at, and its last decisions are told. */
  botId: z.string().optional(),
});
export type PreviewRequest = z.infer<typeof PreviewRequest>;

/** One problem of a file. `path` is its place as people write it: models[0].weight; empty where the text is no JSON. */
export const FileProblem = z.object({ path: z.string(), message: z.string() });
export type FileProblem = z.infer<typeof FileProblem>;

/** A piece of a sentence; facts are the figures of the file in it. */
const Piece = z.object({ text: z.string(), isFact: z.boolean() });
export type Piece = z.infer<typeof Piece>;

/** A picture as the model is sent it. */
export const PreviewImage = z.object({
  timeframe: z.string(),
  candles: z.number().int(),
  /** Pixels. */
  width: z.number().int(),
  height: z.number().int(),
  bytes: z.number().int(),
  /** Of the bytes, lower-case hex: what decisions keep of it. */
  sha256: z.string(),
  /** About how many tokens it is. */
  tokens: z.number().int(),
  /** Base64. */
  png: z.string(),
});
export type PreviewImage = z.infer<typeof PreviewImage>;

/** What models would be asked now. */
export const PreviewQuestion = z.object({
  promptName: z.string(),
  /** As they are sent, with every variable filled. */
  system: z.string(),
  user: z.string(),
  /** About how many tokens the words are. */
  textTokens: z.number().int(),
  images: z.array(PreviewImage),
  models: z.array(
    z.object({
      model: z.string(),
      /** Tokens of words and pictures together. */
      promptTokens: z.number().int(),
      /** The longest answer, in tokens. */
      maxTokens: z.number().int(),
      /** US dollars of a question with an answer of usual length; null where the price is not known. */
      costUsd: z.number().nullable(),
    }),
  ),
});
export type PreviewQuestion = z.infer<typeof PreviewQuestion>;

/** A line of a rule: a comparison, or a group of the deeper lines after it. */
export const RuleLine = z.object({
  depth: z.number().int(),
  text: z.string(),
  /** What stands on its left, and on its right where that is no number of the file; null where there is no value. */
  left: z.number().nullable(),
  right: z.number().nullable(),
  /** At the last close; null where it depends on an open trade, or nothing has a value yet. */
  isMet: z.boolean().nullable(),
});
export type RuleLine = z.infer<typeof RuleLine>;

/** The market that a preview was made on. */
export const PreviewMarket = z.object({
  symbol: z.string(),
  timeframe: z.string(),
  /** Whether prices are invented or replayed. */
  simulated: z.boolean(),
  /** When the last candle closed that it goes by. */
  at: Time,
  /** The timeframe that its candles were put together from, where no bot here has its own; null for the bot's very candles. */
  madeOf: z.string().nullable(),
});
export type PreviewMarket = z.infer<typeof PreviewMarket>;

/** What a bot would be told and do now. Nothing of it is stored, and no model is asked. */
export const PreviewTold = z.object({
  /** What the bot does, a sentence each. */
  words: z.array(z.array(Piece)),
  /** Null without candles. */
  market: PreviewMarket.nullable(),
  /** Null for rules, and where nothing can be asked now. */
  question: PreviewQuestion.nullable(),
  /** Empty but for rules. */
  rules: z.array(z.object({ name: z.string(), lines: z.array(RuleLine) })),
  /** What cannot be shown and why, or what the picture is not; null where there is nothing to say. */
  why: z.string().nullable(),
});
export type PreviewTold = z.infer<typeof PreviewTold>;

export const BotPreview = z.object({
  problems: z.array(FileProblem),
  /** Null while the file has problems. */
  told: PreviewTold.nullable(),
});
export type BotPreview = z.infer<typeof BotPreview>;

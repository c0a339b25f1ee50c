import { BYBIT_BAN_MS, type BybitMeaning, bybitCode, bybitStatus } from '#protocols/bybit-return-codes.ts';
import { AnswerRefused } from '../../calls/answer-refused.ts';
import type { Failure } from '../../calls/policy.ts';
import { CallRefused, CallTimedOut } from '../../calls/refusal.ts';

/** Bybit answered, and not with what was asked for. The message is the end of a sentence that begins "Cannot ... as". */
export class BybitFailure extends Error {
  override readonly name = 'BybitFailure';
  readonly meaning: BybitMeaning;
  /** Its own code, or that of HTTP. */
  readonly code: number;
  /** For how long nothing may be asked; undefined where nothing is said of it. */
  readonly waitMs: number | undefined;

  constructor(meaning: BybitMeaning, code: number, why: string, waitMs?: number) {
    super(`${why} (${code})`);
    this.meaning = meaning;
    this.code = code;
    this.waitMs = waitMs;
  }
}

/** Nothing came back that could be read: a cut connection, a name that does not resolve, a time limit. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** @param waitMs As the answer's headers tell when the limit is whole again. */
export function failureOfCode(code: number, waitMs: number | undefined): BybitFailure {
  const { meaning, why } = bybitCode(code);
  return new BybitFailure(meaning, code, why, meaning === 'limited' ? (waitMs ?? LIMIT_WINDOW_MS) : undefined);
}

/** Limits are counted by the second, if nothing else is said. */
const LIMIT_WINDOW_MS = 1_000;

/**
 * What the library threw, without what it carries: the request with its key, its signature and its order. Only a status
 * and a short code are taken out of it.
 */
export function failureOfThrown(thrown: unknown): Error {
  if (thrown instanceof BybitFailure || thrown instanceof AnswerRefused) return thrown;
  const status = numberIn(fieldOf(fieldOf(thrown, 'response'), 'status')) ?? numberIn(fieldOf(thrown, 'status'));
  if (status !== undefined && status !== 200) {
    const { meaning, why } = bybitStatus(status);
    return new BybitFailure(meaning, status, why, status === 403 ? BYBIT_BAN_MS : undefined);
  }
  const code = fieldOf(fieldOf(thrown, 'cause'), 'code') ?? fieldOf(thrown, 'code');
  return new NoAnswer(typeof code === 'string' ? `no answer came (${code})` : 'no answer came');
}

/** What a failure says to the policy of all calls. */
export function judgeBybit(error: unknown): Failure {
  if (error instanceof AnswerRefused || error instanceof NoAnswer) return { kind: 'passing' };
  if (!(error instanceof BybitFailure)) return { kind: 'final' };
  const { meaning, waitMs } = error;
  if (meaning === 'limited') return { kind: 'limited', ...(waitMs !== undefined && { waitMs }) };
  return { kind: meaning === 'unknown' || meaning === 'clock' || meaning === 'busy' ? 'passing' : 'final' };
}

/** Why something came to nothing, as the end of a sentence that begins "Cannot ... as". Errors of ours are thrown on. */
export function reasonOf(error: unknown): string {
  if (error instanceof BybitFailure) return error.message;
  if (error instanceof AnswerRefused) return `its answer must be one that can be used: ${error.message}`;
  if (error instanceof NoAnswer || error instanceof CallRefused || error instanceof CallTimedOut) {
    return `Bybit must answer: ${error.message}`;
  }
  throw error;
}

export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

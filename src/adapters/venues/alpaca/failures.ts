import { z } from 'zod';
import { ALPACA_DUPLICATE_MESSAGE, ALPACA_ERRORS } from '#protocols/alpaca.ts';
import { AnswerRefused } from '../../calls/answer-refused.ts';
import type { Failure } from '../../calls/policy.ts';
import { CallRefused, CallTimedOut } from '../../calls/refusal.ts';

/**
 * What an answer that is no success says. `duplicate`: the client order id was used before, so the first one arrived.
 * `absent`: there is no such thing. `gone`: the order is not working any more. `fatal`: the key or the account as a whole.
 * `limited`: asked too often, and not looked at. `unknown`: it may have been done.
 */
export type AlpacaMeaning = 'refused' | 'duplicate' | 'absent' | 'gone' | 'fatal' | 'limited' | 'unknown';

/** Alpaca answered, and not with what was asked for. The message is the end of a sentence that begins "Cannot ... as". */
export class AlpacaFailure extends Error {
  override readonly name = 'AlpacaFailure';
  readonly meaning: AlpacaMeaning;
  /** Its own code, or that of HTTP. */
  readonly code: number;
  /** For how long nothing may be asked; undefined where nothing is said of it. */
  readonly waitMs: number | undefined;

  constructor(meaning: AlpacaMeaning, code: number, why: string, waitMs?: number) {
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

/** Counted by the minute; a share of it comes free with each call that is not made. */
const LIMITED_MS = 5_000;
const MOST_OF_A_MESSAGE = 160;

const Body = z.object({ code: z.number().int().optional(), message: z.string().catch('') }).loose();
type Body = z.output<typeof Body>;

/** What a refusal says of itself by its code and words. @see ../shared/protocols/alpaca.md 3 for which were recorded. */
const CAUSES: readonly (readonly [RegExp, (body: Body) => string])[] = [
  [
    /insufficient (buying power|balance for USD)/,
    ({ buying_power: power, available, cost_basis: cost }) =>
      `the account must have the money for it: ${textOf(power ?? available)} USD may be used` +
      `${cost === undefined ? '' : ` and it costs ${textOf(cost)}`}; ask for less`,
  ],
  [
    /insufficient (qty|balance)/,
    ({ available }) =>
      `as much must be held and not tied by open orders: ${textOf(available)} is free; cancel what ties it, or ask for less`,
  ],
  [/not fractionable/, () => 'Alpaca must trade parts of it: it trades whole ones alone; ask for whole ones'],
  [
    /not allowed to short|cannot be sold short|short.* not/,
    () => 'it must be one that can be sold short now: it is not',
  ],
  [
    /rejected by user request/,
    () => 'the account must not be suspended by its owner: it is; take the suspension back at Alpaca',
  ],
  [/wash trade/, () => 'no order of the other side may wait for it: one does; cancel that one first'],
  [
    /open closing position orders/,
    () => 'no order that closes the position may be open for one by its value: one is; cancel that one first',
  ],
  [/position intent mismatch/, () => 'it must close what is held, and not open or flip: there is no such position'],
  [/sub-penny/, () => 'its prices must lie on the tick: one does not'],
  [/not tradable/, () => 'Alpaca must trade it now: it does not'],
  [/asset .*not found/, () => 'Alpaca must have it: it has not'],
];

/** @param thrown What the library threw for an answer, with its body unread. */
export async function failureOfThrown(thrown: unknown): Promise<Error> {
  if (thrown instanceof AlpacaFailure || thrown instanceof AnswerRefused) return thrown;
  const status = fieldOf(thrown, 'status');
  const response = fieldOf(thrown, 'response');
  if (typeof status !== 'number' || !(response instanceof Response)) {
    // Its own text may carry the address; a short code says enough.
    const code = codeIn(thrown);
    return new NoAnswer(code === undefined ? 'no answer came' : `no answer came (${code})`);
  }
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return failureOf(status, await bodyOf(response), Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined);
}

/** @param waitMs As the answer says when it may be asked again. */
export function failureOf(status: number, json: unknown, waitMs?: number): AlpacaFailure {
  const read = Body.safeParse(json);
  const body = read.success ? read.data : { code: undefined, message: '' };
  const code = body.code ?? status;
  if (status === 429) {
    return new AlpacaFailure('limited', code, 'it must be asked less often', waitMs ?? LIMITED_MS);
  }
  if (status >= 500 || status === 408) return new AlpacaFailure('unknown', code, 'Alpaca must be able to answer');
  // A key of the other environment is told so too.
  if (status === 401 || (status === 403 && body.code === undefined)) {
    const rule =
      'its key and secret must be right, and of the environment that is asked: they are not; check all three';
    return new AlpacaFailure('fatal', code, rule);
  }
  if (status === 404) return new AlpacaFailure('absent', code, 'it must be there: it is not');
  if (code === ALPACA_ERRORS.invalid.code && body.message === ALPACA_DUPLICATE_MESSAGE) {
    return new AlpacaFailure('duplicate', code, 'its client order id must be a new one: it was used before');
  }
  return new AlpacaFailure(isGone(body) ? 'gone' : 'refused', code, causeOf(body));
}

/** What a failure says to the policy of all calls. */
export function judgeAlpaca(error: unknown): Failure {
  if (error instanceof AnswerRefused || error instanceof NoAnswer) return { kind: 'passing' };
  if (!(error instanceof AlpacaFailure)) return { kind: 'final' };
  const { meaning, waitMs } = error;
  if (meaning === 'limited') return { kind: 'limited', ...(waitMs !== undefined && { waitMs }) };
  return { kind: meaning === 'unknown' ? 'passing' : 'final' };
}

/** Why something came to nothing, as the end of a sentence that begins "Cannot ... as". Errors of ours are thrown on. */
export function reasonOf(error: unknown): string {
  if (error instanceof AlpacaFailure) return error.message;
  if (error instanceof AnswerRefused) return `its answer must be one that can be used: ${error.message}`;
  if (error instanceof NoAnswer || error instanceof CallRefused || error instanceof CallTimedOut) {
    return `Alpaca must answer: ${error.message}`;
  }
  throw error;
}

export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
}

/** Orders that are over can be neither canceled nor replaced. */
function isGone({ code, message }: Body): boolean {
  return code === ALPACA_ERRORS.unprocessable.code && /already|not cancelable|cannot replace order in/.test(message);
}

/** One code has many causes: the words tell which. Words that are not known are shown as they are, cut. */
function causeOf(body: Body): string {
  const known = CAUSES.find(([words]) => words.test(body.message));
  if (known !== undefined) return known[1](body);
  const words = [...body.message]
    .map((letter) => (letter < ' ' ? ' ' : letter))
    .join('')
    .slice(0, MOST_OF_A_MESSAGE);
  return words === '' ? 'Alpaca must take it: it refuses, without a reason' : `Alpaca must take it: it says "${words}"`;
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return JSON.parse(await response.text());
  } catch {
    return undefined;
  }
}

function codeIn(thrown: unknown): string | undefined {
  for (let error: unknown = thrown; error !== undefined; error = fieldOf(error, 'cause')) {
    const code = fieldOf(error, 'code');
    if (typeof code === 'string') return code;
  }
  return undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 40) : 'less';
}

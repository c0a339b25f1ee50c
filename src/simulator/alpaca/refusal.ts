import { ALPACA_ERRORS, type AlpacaErrorName } from '#protocols/alpaca.ts';

/** An answer that says no. */
export class Refusal {
  readonly status: number;
  /** Keys in the order of the alphabet, as Alpaca has them. */
  readonly body: Readonly<Record<string, unknown>>;

  /** @param fields What the body says beside its code and message. */
  constructor(error: AlpacaErrorName, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    const { code, http } = ALPACA_ERRORS[error];
    const sorted = Object.entries({ ...fields, code, message }).sort(([a], [b]) => (a < b ? -1 : 1));
    this.status = http;
    this.body = Object.fromEntries(sorted);
  }

  get message(): string {
    return String(this.body.message);
  }
}

/** What the Bot API answers in place of a result. */
export class TelegramFailure extends Error {
  override readonly name = 'TelegramFailure';
  readonly status: number;
  /** Seconds until the next try may go well, for 429. */
  readonly retryAfter: number | undefined;

  /** @param description As Telegram words it, without the status' own words. */
  constructor(status: number, description: string, retryAfter?: number) {
    super(description);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  get body(): object {
    const { status, message, retryAfter } = this;
    return {
      ok: false,
      error_code: status,
      description: message,
      ...(retryAfter !== undefined && { parameters: { retry_after: retryAfter } }),
    };
  }
}

export function badRequest(what: string): TelegramFailure {
  return new TelegramFailure(400, `Bad Request: ${what}`);
}

export function tooManyRequests(retryAfter: number): TelegramFailure {
  return new TelegramFailure(429, `Too Many Requests: retry after ${retryAfter}`, retryAfter);
}

/** A request that Bybit refuses: HTTP 200 with a return code. */
export class Refusal extends Error {
  readonly code: number;
  readonly result: object;

  /** @param text What Bybit says. */
  constructor(code: number, text: string, result: object = {}) {
    super(text);
    this.name = 'Refusal';
    this.code = code;
    this.result = result;
  }
}

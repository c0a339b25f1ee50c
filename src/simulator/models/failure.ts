/** What a server answers in place of a completion. */
export class ModelFailure extends Error {
  override readonly name = 'ModelFailure';
  readonly status: number;
  readonly param: string | null;
  /** OpenAI's word for it, or OpenRouter's number. */
  readonly code: string | number | null;
  readonly type: string | undefined;
  /** What OpenRouter tells beside it. */
  readonly metadata: Readonly<Record<string, unknown>> | undefined;

  constructor(
    status: number,
    message: string,
    more: {
      readonly param?: string | null | undefined;
      readonly code?: string | number | null | undefined;
      readonly type?: string | undefined;
      readonly metadata?: Readonly<Record<string, unknown>> | undefined;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.param = more.param ?? null;
    this.code = more.code ?? null;
    this.type = more.type;
    this.metadata = more.metadata;
  }
}

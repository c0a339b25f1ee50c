/** What comes in over time, one after the other: a test asks for the next one, and waits until it is there. */
export class Events<Value> {
  private readonly come: Value[] = [];
  private readonly waiting: ((value: Value) => void)[] = [];

  readonly push = (value: Value): void => {
    const waiting = this.waiting.shift();
    if (waiting) waiting(value);
    else this.come.push(value);
  };

  /** The next one, now or when it comes. */
  next(): Promise<Value> {
    const [value] = this.come.splice(0, 1);
    return value === undefined ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve(value);
  }

  /** The next one that is as asked for; those before it are let go. */
  async find(isAsked: (value: Value) => boolean): Promise<Value> {
    for (;;) {
      const value = await this.next();
      if (isAsked(value)) return value;
    }
  }

  /** What has come and was not asked for. */
  left(): readonly Value[] {
    return [...this.come];
  }
}

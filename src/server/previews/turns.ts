/** Why nothing is made now; the message is a sentence. */
export class TooBusy extends Error {
  override readonly name = 'TooBusy';
}

/** Lets one piece of work go on at a time, so that what only looks never takes much from what trades. */
export class Turns {
  private readonly most: number;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** @param most How many may be there at once, the one whose turn it is included. */
  constructor(most: number) {
    this.most = most;
  }

  /** @throws TooBusy where it would be one too many. */
  async take<Made>(work: () => Promise<Made>): Promise<Made> {
    if (this.waiting >= this.most)
      throw new TooBusy(`Cannot make another preview as ${this.most} are being made: ask again when they are there`);
    this.waiting += 1;
    const turn = this.last.then(work).finally(() => {
      this.waiting -= 1;
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

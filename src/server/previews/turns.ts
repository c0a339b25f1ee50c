/** Why nothing is made now; the message is a sentence. */
export class TooBusy extends Error {
  override readonly name = 'TooBusy';
}

/** Lets one piece of work go on at a time, so that what only looks never takes much from what trades. */
export class Turns {
  private readonly most: number;
  private last: Promise<unknown> = Promise.resolve();
  /** Of each that waits, the one whose turn it is included, whether somebody still does. */
  private readonly waiting = new Set<AbortSignal>();

  /** @param most How many may be there at once, the one whose turn it is included. */
  constructor(most: number) {
    this.most = most;
  }

  /**
   * @param abort Who asked is gone: the work is not begun when its turn comes, and takes nobody's place.
   * @throws TooBusy where it would be one too many; the reason of `abort`.
   */
  async take<Made>(work: () => Promise<Made>, abort: AbortSignal): Promise<Made> {
    const there = [...this.waiting].filter(({ aborted }) => !aborted).length;
    if (there >= this.most)
      throw new TooBusy(`Cannot make another preview as ${this.most} are being made: ask again when they are there`);
    this.waiting.add(abort);
    const begin = () => {
      abort.throwIfAborted();
      return work();
    };
    const turn = this.last.then(begin).finally(() => this.waiting.delete(abort));
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

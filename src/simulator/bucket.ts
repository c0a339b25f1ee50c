/** A bucket that calls fill and time empties, at a steady rate: what does not fit must wait. */
export class Bucket {
  private level = 0;
  private at = 0;
  private readonly perSecond: number;
  private readonly size: number;

  /** @param perSecond How many fit again each second. @param size How many fit at once after a quiet time. */
  constructor(perSecond: number, size: number) {
    this.perSecond = perSecond;
    this.size = size;
  }

  /** Seconds until one more fits; 0 when it does now. @param now ms of a clock that never steps back. */
  wait(now: number): number {
    this.level = Math.max(0, this.level - ((now - this.at) / 1000) * this.perSecond);
    this.at = now;
    return this.level + 1 <= this.size ? 0 : (this.level + 1 - this.size) / this.perSecond;
  }

  fill(): void {
    this.level += 1;
  }
}

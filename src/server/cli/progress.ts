import type { WriteStream } from 'node:tty';

const WIDTH = 30;
/** What is over sooner needs no bar. */
const FIRST_AFTER_MS = 200;
const EVERY_MS = 50;

/** One line on a terminal that shows how far something is; nothing where there is no terminal. */
export class Progress {
  private readonly terminal: WriteStream | undefined;
  private readonly label: string;
  private nextAt = performance.now() + FIRST_AFTER_MS;
  private isShown = false;

  constructor(label: string, terminal: WriteStream | undefined) {
    this.label = label;
    this.terminal = terminal?.isTTY ? terminal : undefined;
  }

  /** @param fraction Of 1. */
  show(fraction: number): void {
    const now = performance.now();
    if (this.terminal === undefined || now < this.nextAt) return;
    this.nextAt = now + EVERY_MS;
    this.isShown = true;
    const done = Math.round(Math.min(1, fraction) * WIDTH);
    const bar = '█'.repeat(done) + '░'.repeat(WIDTH - done);
    this.terminal.write(`\r${this.label} ${bar} ${Math.floor(Math.min(1, fraction) * 100)} %`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.isShown) this.terminal?.write('\r\x1b[K');
  }
}

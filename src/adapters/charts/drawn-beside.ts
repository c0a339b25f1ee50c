import { Worker } from 'node:worker_threads';
import type { ChartImage, ChartRequest, Charts } from '#ports/charts.ts';

const THREAD = new URL('./drawing-thread.ts', import.meta.url);

/** What the thread answers. */
interface Answer {
  readonly id: number;
  readonly image?: ChartImage;
  readonly error?: unknown;
}

/**
 * The very bytes of `DrawnCharts`, drawn in a thread of their own: a picture of 4096 x 4096 pixels with many lines takes most
 * of a second, in which nothing that trades may have to wait. The thread begins with the first picture, and holds a
 * process up only while it draws.
 */
export class DrawnBeside implements Charts {
  private readonly waiting = new Map<number, PromiseWithResolvers<ChartImage>>();
  private thread: Worker | undefined;
  private asked = 0;

  draw(request: ChartRequest): Promise<ChartImage> {
    this.asked += 1;
    const answer = Promise.withResolvers<ChartImage>();
    this.waiting.set(this.asked, answer);
    this.thread ??= this.begun();
    this.thread.ref();
    this.thread.postMessage({ id: this.asked, request });
    return answer.promise;
  }

  private begun(): Worker {
    const thread = new Worker(THREAD);
    thread.on('message', ({ id, image, error }: Answer) => {
      const answer = this.waiting.get(id);
      this.waiting.delete(id);
      if (this.waiting.size === 0) thread.unref();
      if (image === undefined) answer?.reject(error);
      else answer?.resolve(image);
    });
    thread.on('error', (error) => this.ended(thread, error));
    thread.on('exit', () => this.ended(thread, new Error('The thread that draws charts has ended')));
    return thread;
  }

  /** What was asked of it is not answered any more; the next picture begins another one. */
  private ended(thread: Worker, error: unknown): void {
    if (this.thread !== thread) return;
    this.thread = undefined;
    for (const answer of this.waiting.values()) answer.reject(error);
    this.waiting.clear();
  }
}

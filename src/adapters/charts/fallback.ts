import { type ChartImage, type ChartRequest, type Charts, ChartUnavailable } from '#ports/charts.ts';

/** Takes pictures from one place, and from another one where the first has none. */
export class ChartsWithFallback implements Charts {
  private readonly first: Charts;
  private readonly second: Charts;
  private readonly say: (why: string) => void;

  /** @param say Told why there was no picture, each time. */
  constructor(first: Charts, second: Charts, say: (why: string) => void) {
    this.first = first;
    this.second = second;
    this.say = say;
  }

  async draw(request: ChartRequest): Promise<ChartImage> {
    try {
      return await this.first.draw(request);
    } catch (error) {
      if (!(error instanceof ChartUnavailable)) throw error;
      this.say(error.message);
      return this.second.draw(request);
    }
  }
}

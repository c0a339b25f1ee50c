import { type ChartFailure, type ChartImage, type ChartRequest, type Charts, ChartUnavailable } from '#ports/charts.ts';

/** Takes pictures from one place, and from another one where the first has none. */
export class ChartsWithFallback implements Charts {
  private readonly first: Charts;
  private readonly second: Charts;
  private readonly say: (why: string) => void;
  private said: ChartFailure | undefined;

  /** @param say Told why there was no picture; not again before there is one, or another reason. */
  constructor(first: Charts, second: Charts, say: (why: string) => void) {
    this.first = first;
    this.second = second;
    this.say = say;
  }

  async draw(request: ChartRequest): Promise<ChartImage> {
    try {
      const image = await this.first.draw(request);
      this.said = undefined;
      return image;
    } catch (error) {
      if (!(error instanceof ChartUnavailable)) throw error;
      if (this.said !== error.failure) this.say(error.message);
      this.said = error.failure;
      return this.second.draw(request);
    }
  }
}

import type { ChartImage, ChartRequest, Charts } from '#ports/charts.ts';
import type { ImageStore } from './image-store.ts';

/** Keeps every picture that is made, so that what a model was shown can be looked at. */
export class KeptCharts implements Charts {
  private readonly charts: Charts;
  private readonly images: ImageStore;

  constructor(charts: Charts, images: ImageStore) {
    this.charts = charts;
    this.images = images;
  }

  async draw(request: ChartRequest): Promise<ChartImage> {
    const image = await this.charts.draw(request);
    await this.images.keep(image);
    return image;
  }
}

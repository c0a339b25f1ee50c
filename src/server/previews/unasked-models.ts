import { questionId } from '#adapters/models/question.ts';
import type { ChartImage, ChartRequest, Charts } from '#ports/charts.ts';
import type { ModelAnswer, ModelQuestion, Models } from '#ports/models.ts';

/** Hears what a bot would ask. No model is called: each question has no answer. */
export class UnaskedModels implements Models {
  readonly questions: ModelQuestion[] = [];

  async ask(question: ModelQuestion): Promise<ModelAnswer> {
    this.questions.push(question);
    return {
      kind: 'failed',
      id: questionId(question),
      failure: 'not-recorded',
      why: 'a preview asks nobody',
      raw: undefined,
      usage: undefined,
      latencyMs: 0,
      isRecorded: false,
    };
  }
}

/** Knows of each picture what it was drawn from. */
export class RememberedCharts implements Charts {
  readonly requests = new Map<ChartImage, ChartRequest>();
  private readonly charts: Charts;

  constructor(charts: Charts) {
    this.charts = charts;
  }

  async draw(request: ChartRequest): Promise<ChartImage> {
    const image = await this.charts.draw(request);
    this.requests.set(image, request);
    return image;
  }
}

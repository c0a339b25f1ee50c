import { callCostUsd, type ModelPrices } from '#adapters/models/prices.ts';
import type { PreviewImage, PreviewQuestion } from '#contract/bot-preview.ts';
import { RULE_ANALYSTS } from '#core/model-bots.ts';
import { estimatedAnswerTokens, estimatedImageTokens, estimatedTokens } from '#core/prompts.ts';
import type { ChartImage, ChartRequest } from '#ports/charts.ts';
import type { ModelQuestion } from '#ports/models.ts';

/** What models are asked at one close, as people look at it. @param questions The same one to each model; at least one. */
export function questionView(
  questions: readonly ModelQuestion[],
  requests: ReadonlyMap<ChartImage, ChartRequest>,
  prices: ModelPrices,
): PreviewQuestion {
  const { promptName, system, user, images: shown } = questions[0]!;
  const images = shown.map((image) => imageView(image, requests.get(image)!));
  const textTokens = estimatedTokens(system + user);
  const promptTokens = images.reduce((sum, { tokens }) => sum + tokens, textTokens);
  const models = questions.map(({ model, parameters: { maxTokens } }) => {
    const isFree = RULE_ANALYSTS.includes(model);
    const cost = callCostUsd(prices, model, promptTokens, estimatedAnswerTokens(maxTokens));
    return { model, promptTokens, maxTokens, costUsd: isFree ? 0 : (cost ?? null) };
  });
  return { promptName, system, user, textTokens, images, models };
}

function imageView({ png, sha256, width, height }: ChartImage, request: ChartRequest): PreviewImage {
  return {
    timeframe: request.timeframe,
    candles: request.candles.length,
    ...{ width, height, sha256 },
    bytes: png.byteLength,
    tokens: estimatedImageTokens({ width, height }),
    png: Buffer.from(png).toString('base64'),
  };
}

import { estimatedAnswerTokens, estimatedImageTokens, estimatedTokens } from '#core/prompts.ts';
import type { ModelQuestion } from '#ports/models.ts';

/** What a model's server asks for, in US dollars for a million tokens. */
export interface ModelPrice {
  readonly promptUsd: number;
  readonly completionUsd: number;
  /** The day on which it was looked up, as "2026-11-20": prices change. */
  readonly since: string;
}

/** By the model's name; one that is not there has no known price. */
export type ModelPrices = Readonly<Record<string, ModelPrice>>;

/** US dollars of a call; undefined for a model whose price is not known. */
export function callCostUsd(
  prices: ModelPrices,
  model: string,
  promptTokens: number,
  completionTokens: number,
): number | undefined {
  const price = Object.hasOwn(prices, model) ? prices[model] : undefined;
  if (price === undefined) return undefined;
  return (promptTokens * price.promptUsd + completionTokens * price.completionUsd) / 1_000_000;
}

/** About how many tokens a question is, with its images. */
export function estimatedPromptTokens({ system, user, images }: ModelQuestion): number {
  return estimatedTokens(system + user) + images.reduce((sum, image) => sum + estimatedImageTokens(image), 0);
}

/** About what a question costs, in US dollars; undefined for a model whose price is not known. */
export function estimatedCostUsd(prices: ModelPrices, question: ModelQuestion): number | undefined {
  const { model, parameters } = question;
  return callCostUsd(prices, model, estimatedPromptTokens(question), estimatedAnswerTokens(parameters.maxTokens));
}

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

const SETUP_WEIGHT = 0.4;
const REWARD_RISK_WEIGHT = 0.25;
const ENVIRONMENT_WEIGHT = 0.35;
/** A reward of so many risks is as good as any. */
const FULL_RATIO = 3;

/** What a vision model thinks of a chart, and what we reckon of its levels. */
export interface ChartScores {
  /** Of the setup that it sees, 0 to 1. */
  readonly setupQuality: number;
  /** The target's distance from the entry over the stop's, positive: reckoned from the levels, never as the model says. */
  readonly rewardRisk: number;
  /** Of the market around it, 0 to 1. */
  readonly marketEnvironment: number;
}

/**
 * Confidence in what a model saw in a chart: 0.40 setup + 0.25 reward/risk + 0.35 environment, to three decimals. The
 * reward/risk part is min(ratio / 3, 1).
 * @returns 0 to 1.
 */
export function chartConfidence({ setupQuality, rewardRisk, marketEnvironment }: ChartScores): number {
  const ratioPart = Math.min(rewardRisk / FULL_RATIO, 1);
  const sum = SETUP_WEIGHT * setupQuality + REWARD_RISK_WEIGHT * ratioPart + ENVIRONMENT_WEIGHT * marketEnvironment;
  // Half a thousandth in decimals is a hair off in floats.
  return Math.round(sum * 1000 + 1e-9) / 1000;
}

import { expect, test } from 'vitest';
import { chartConfidence } from './chart-confidence.ts';

test.each([
  { setupQuality: 0.8, rewardRisk: 2.7, marketEnvironment: 0.7, confidence: 0.79 },
  { setupQuality: 0, rewardRisk: 0, marketEnvironment: 0, confidence: 0 },
  { setupQuality: 1, rewardRisk: 3, marketEnvironment: 1, confidence: 1 },
  { setupQuality: 1, rewardRisk: 30, marketEnvironment: 1, confidence: 1 },
  { setupQuality: 0.5, rewardRisk: 1, marketEnvironment: 0.5, confidence: 0.458 },
  { setupQuality: 0.65, rewardRisk: 1.5, marketEnvironment: 0.55, confidence: 0.578 },
])('$setupQuality, $rewardRisk R, $marketEnvironment: $confidence', ({ confidence, ...scores }) => {
  expect(chartConfidence(scores)).toBe(confidence);
});

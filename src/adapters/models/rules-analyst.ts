import { REVERSION_ANALYST } from '#core/model-bots.ts';
import type { ModelAnswer, ModelQuestion, Models } from '#ports/models.ts';
import { questionId } from './question.ts';

/** The figures that it goes by: those of every question. */
interface Figures {
  readonly price: number;
  readonly emaFast: number;
  readonly emaSlow: number;
  readonly rsi: number;
  readonly adx: number;
  readonly atr: number;
  readonly support: number | undefined;
  readonly resistance: number | undefined;
}

interface View {
  readonly recommendation: 'buy' | 'sell' | 'hold';
  readonly confidence: number;
  readonly stop: number | null;
  readonly target: number | null;
  /** How good the setup is, and the market around it: 0 to 1. */
  readonly setup: number;
  readonly environment: number;
  readonly why: string;
}

const STOP_ATR = 2;
const TARGET_ATR = 5;
const TREND_ADX = 18;

/**
 * Answers what models are asked by rules over indicators: no model, no key and no cost. It follows a trend, or expects what
 * went too far to come back, by the name it is asked under; the same question always has the same answer.
 */
export class RulesAnalyst implements Models {
  async ask(question: ModelQuestion): Promise<ModelAnswer> {
    const id = questionId(question);
    const nothing = { latencyMs: 0, isRecorded: false } as const;
    const figures = figuresOf(question.facts);
    if (figures === undefined) {
      const why = `${question.model} needs a price and indicators that have a value`;
      return { kind: 'failed', id, failure: 'empty', why, raw: undefined, usage: undefined, ...nothing };
    }
    const view = question.model === REVERSION_ANALYST ? reversionView(figures) : trendView(figures);
    const value = answerOf(question.schema.name, view, figures);
    const usage = { promptTokens: 0, completionTokens: 0, costUsd: 0 };
    return { kind: 'answered', id, value, raw: JSON.stringify(value), model: question.model, usage, ...nothing };
  }
}

function figuresOf(facts: ModelQuestion['facts']): Figures | undefined {
  const { price, emaFast, emaSlow, rsi, adx, atr, support, resistance } = facts;
  if (price === undefined || emaFast === undefined || emaSlow === undefined) return undefined;
  if (rsi === undefined || adx === undefined || atr === undefined) return undefined;
  return { price, emaFast, emaSlow, rsi, adx, atr, support, resistance };
}

/** With the trend, while it is not exhausted. */
function trendView({ price, emaFast, emaSlow, rsi, adx, atr }: Figures): View {
  const rises = emaFast > emaSlow && price > emaFast;
  const falls = emaFast < emaSlow && price < emaFast;
  const apart = Math.min(Math.abs(emaFast - emaSlow) / atr, 2) / 2;
  const strength = Math.min(adx / 50, 1);
  const environment = rounded(0.4 + 0.3 * apart + 0.3 * strength);
  const setup = rounded(0.45 + 0.5 * strength);
  const state = `ema(20) ${shown(emaFast)}, ema(50) ${shown(emaSlow)}, rsi(14) ${shown(rsi)}, adx(14) ${shown(adx)}`;
  const side = rises && rsi > 50 && rsi < 72 ? 1 : falls && rsi < 50 && rsi > 28 ? -1 : 0;
  if (side === 0 || adx < TREND_ADX) return held(0.55, setup, environment, `No trend to follow: ${state}.`);
  return {
    recommendation: side > 0 ? 'buy' : 'sell',
    confidence: rounded(0.55 + 0.25 * strength + 0.15 * apart),
    ...{ stop: level(price - side * STOP_ATR * atr), target: level(price + side * TARGET_ATR * atr) },
    ...{ setup, environment },
    why: `A trend ${side > 0 ? 'up' : 'down'}: ${state}.`,
  };
}

/** Against what went too far. */
function reversionView({ price, emaSlow, rsi, adx, atr }: Figures): View {
  const side = rsi < 30 ? 1 : rsi > 70 ? -1 : 0;
  const state = `rsi(14) ${shown(rsi)}, ema(50) ${shown(emaSlow)}, adx(14) ${shown(adx)}`;
  const reaches = side * (emaSlow - price) > atr;
  if (side === 0 || !reaches) return held(0.5, 0.4, 0.5, `Nothing went too far: ${state}.`);
  const excess = Math.min((side > 0 ? 30 - rsi : rsi - 70) / 15, 1);
  return {
    recommendation: side > 0 ? 'buy' : 'sell',
    confidence: rounded(0.55 + 0.3 * excess),
    ...{ stop: level(price - side * STOP_ATR * atr), target: level(emaSlow) },
    ...{ setup: rounded(0.5 + 0.4 * excess), environment: rounded(0.8 - Math.min(adx / 100, 0.5)) },
    why: `Too far from the mean: ${state}.`,
  };
}

function held(confidence: number, setup: number, environment: number, why: string): View {
  return { recommendation: 'hold', confidence, stop: null, target: null, setup, environment, why };
}

/** As the schema of the question has it. */
function answerOf(schema: string, view: View, { price, emaFast, emaSlow, support, resistance }: Figures): object {
  const { recommendation, confidence, stop, target, setup, environment, why } = view;
  const trend = emaFast > emaSlow ? 'up' : 'down';
  if (schema === 'vote') return { recommendation, confidence, reasoning: why, stop, target, trend };
  const ratio = stop === null || target === null ? null : rounded(Math.abs(target - price) / Math.abs(price - stop));
  return {
    ...{ recommendation, entry: recommendation === 'hold' ? null : level(price), stop, target },
    ...{ setup_quality: setup, risk_reward: ratio, market_environment: environment, trend },
    ...{ support: support ?? null, resistance: resistance ?? null, invalidation_level: stop, summary: why },
  };
}

function level(price: number): number {
  return Number(price.toPrecision(8));
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(6)));
}

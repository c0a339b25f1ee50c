/** What a model is told, with places for what is known at the time. A version never changes: another text is another one. */
export interface Prompt {
  readonly name: string;
  /** From 1. */
  readonly version: number;
  /** The role, and how to answer. */
  readonly system: string;
  /** The question, with `{{variables}}`. */
  readonly user: string;
}

/** Every variable there is, and what stands in its place. */
export const PROMPT_VARIABLES = {
  symbol: 'base and quote: BTC/USDT',
  timeframe: 'the timeframe: 1h',
  time: 'when it is asked, UTC',
  price: 'the last price',
  candles: 'the last 200 closed candles, one to a line',
  indicators: "the bot's indicators with their values at the last close",
  levels: 'the nearest support and resistance, and the range of the last 200 candles',
  funding: 'the funding rate of the perpetual, where it is known',
  fear_greed: 'the Crypto Fear & Greed Index, where it is known',
  coin: "the coin's market data of CoinGecko, where they are known",
  market: 'the whole crypto market, where it is known',
  events: 'what the market did lately that is out of the usual, newest last, each with how long ago',
  position: 'the open position',
  decisions: "the bot's last decisions on the symbol",
  rules: 'what code holds every answer to',
} as const;

export type PromptVariable = keyof typeof PROMPT_VARIABLES;
export type PromptValues = Readonly<Record<PromptVariable, string>>;

const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** "chart-vision/1": what decisions, trades and recordings keep. */
export function promptNameOf({ name, version }: Pick<Prompt, 'name' | 'version'>): string {
  return `${name}/${version}`;
}

/** The names that stand in braces in a text, each once, as they are written. */
export function variablesIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(PLACE)].map(([, name]) => name!))];
}

export function isPromptVariable(name: string): name is PromptVariable {
  return Object.hasOwn(PROMPT_VARIABLES, name);
}

/** The text with each variable's value in its place. What a value says is never looked at for variables. */
export function filled(text: string, values: PromptValues): string {
  return text.replace(PLACE, (place, name: string) => (isPromptVariable(name) ? values[name] : place));
}

/** Whether what a prompt says can be stored, and sent, as it is. */
export function isWholeText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** About how many tokens a text is: models differ, and figures take more of them than words. */
export function estimatedTokens(text: string): number {
  return Math.ceil(text.length / 2.5);
}

/** About how many tokens an image is, at high detail: tiles of 512 pixels after the short side was brought to 768. */
export function estimatedImageTokens({ width, height }: { readonly width: number; readonly height: number }): number {
  const scale = Math.min(1, 768 / Math.min(width, height));
  return 85 + 170 * Math.ceil((width * scale) / 512) * Math.ceil((height * scale) / 512);
}

/** About how many tokens an answer is: one of usual length, unless it may not be as long. */
export function estimatedAnswerTokens(maxTokens: number): number {
  return Math.min(maxTokens, 500);
}

import type { TwinDefinition } from './twin.ts';

/** Every twin by its name; each is loaded when it is wanted. */
export const TWINS: Readonly<Record<string, () => Promise<TwinDefinition>>> = {
  bybit: async () => (await import('./bybit/twin.ts')).bybitTwin,
  alpaca: async () => (await import('./alpaca/twin.ts')).alpacaTwin,
  kraken: async () => (await import('./kraken/twin.ts')).krakenTwin,
  models: async () => (await import('./models/twin.ts')).modelsTwin,
  telegram: async () => (await import('./telegram/twin.ts')).telegramTwin,
  'chart-page': async () => (await import('./chart-page/twin.ts')).chartPageTwin,
};

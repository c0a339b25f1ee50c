import type { Dialect } from '#protocols/chat-completions.ts';

/** A model that is on offer. */
export interface Model {
  readonly id: string;
  readonly seesImages: boolean;
  /** Whether it writes what a JSON schema asks for. One that does not writes JSON as it likes, among words. */
  readonly keepsSchemas: boolean;
  readonly contextTokens: number;
  /** US dollars for a million tokens, for the cost that OpenRouter tells. */
  readonly promptPrice: number;
  readonly completionPrice: number;
  /** When it goes, `2026-12-11`, as OpenAI tells of some. */
  readonly shutdownDate?: string;
}

/** Names and powers as their makers list them; prices are of 2026 and only there to be told. */
const OFFERED: Readonly<Record<Dialect, readonly Model[]>> = {
  openai: [
    { ...whole('gpt-6-sol', 1_050_000), promptPrice: 2, completionPrice: 10 },
    { ...whole('gpt-6-luna', 1_050_000), promptPrice: 0.1, completionPrice: 0.5 },
    { ...whole('gpt-4o', 128_000), promptPrice: 2.5, completionPrice: 10, shutdownDate: '2027-01-14' },
  ],
  openrouter: [
    { ...whole('qwen/qwen3-vl-235b-a22b-instruct', 262_144), promptPrice: 0.3, completionPrice: 1.2 },
    { ...whole('deepseek/deepseek-chat-v3.1', 163_840), seesImages: false, promptPrice: 0.27, completionPrice: 1.1 },
    { ...whole('simulated/no-schemas', 32_768), keepsSchemas: false },
  ],
  ollama: [whole('qwen3-vl:8b', 262_144), { ...whole('llama3.2:3b', 131_072), seesImages: false }],
};

/** Gone: whoever asks for it is told that there is no such model. */
const GONE: readonly string[] = ['gpt-4-vision-preview', 'gpt-4-turbo', 'gpt-3.5-turbo', 'o1', 'o3-mini'];

/** What each server offers. A name that is not listed is served like a model that can do everything, unless it is gone. */
export class Catalogue {
  private readonly listed: Readonly<Record<Dialect, readonly Model[]>>;
  private readonly servesOthers: boolean;

  /** @param listed In place of the usual ones; then nothing else is served. */
  constructor(listed?: readonly Model[]) {
    this.listed = listed === undefined ? OFFERED : { openai: listed, openrouter: listed, ollama: listed };
    this.servesOthers = listed === undefined;
  }

  list(dialect: Dialect): readonly Model[] {
    return this.listed[dialect];
  }

  find(dialect: Dialect, id: string): Model | undefined {
    const found = this.listed[dialect].find((model) => model.id === id);
    if (found !== undefined || !this.servesOthers || GONE.includes(id)) return found;
    // A name of one server that is asked of another is still that model.
    const elsewhere = Object.values(this.listed).flat();
    return elsewhere.find((model) => model.id === id) ?? whole(id, 128_000);
  }
}

function whole(id: string, contextTokens: number): Model {
  return { id, seesImages: true, keepsSchemas: true, contextTokens, promptPrice: 0, completionPrice: 0 };
}

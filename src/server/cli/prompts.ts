import { figure, MISSING } from '#core/figures.ts';
import { promptNameOf } from '#core/prompts.ts';
import type { PromptRow, PromptUse, Store } from '#ports/store.ts';
import { InputError } from '../errors.ts';
import { writeDocument } from './json-document.ts';
import { readStore } from './read-store.ts';
import { table } from './text-table.ts';
import { utcText } from './time-text.ts';

export interface PromptsOptions {
  readonly json?: true;
}

/** A prompt by the name that decisions and trades have, with how many of them have it. */
interface ToldPrompt {
  readonly promptName: string;
  readonly decisions: number;
  readonly trades: number;
  /** Undefined for one that was asked with before texts were kept. */
  readonly kept: PromptRow | undefined;
}

/**
 * Prints the prompts that bots were started with, and what was made with each.
 * @param asked The name and version of one, whose text is printed; all of them without.
 * @throws InputError when there is no such prompt.
 */
export async function prompts(asked: string | undefined, { json }: PromptsOptions): Promise<void> {
  await readStore('prompts', async (store) => {
    const all = await toldPrompts(store);
    const told = asked === undefined ? all : [named(asked, all)];
    if (json) await writeDocument(process.stdout, { prompts: told.map(documentOf) });
    else process.stdout.write(asked === undefined ? tableOf(told) : told.map(textOf).join(''));
  });
}

async function toldPrompts(store: Store): Promise<ToldPrompt[]> {
  const kept = new Map((await store.prompts()).map((row) => [promptNameOf(row), row]));
  const decisions = countsOf(await store.promptUses('decisions'));
  const trades = countsOf(await store.promptUses('trades'));
  return [...new Set([...kept.keys(), ...decisions.keys(), ...trades.keys()])].map((promptName) => ({
    promptName,
    decisions: decisions.get(promptName) ?? 0,
    trades: trades.get(promptName) ?? 0,
    kept: kept.get(promptName),
  }));
}

function countsOf(uses: readonly PromptUse[]): ReadonlyMap<string, number> {
  return new Map(uses.map(({ promptName, count }) => [promptName, count]));
}

function named(asked: string, all: readonly ToldPrompt[]): ToldPrompt {
  const found = all.find(({ promptName }) => promptName === asked);
  if (found) return found;
  const there = all.map(({ promptName }) => promptName).join(', ') || 'none';
  throw new InputError(`Cannot print the prompt "${asked}" as it must be one of those in DATA_DIR: ${there}`);
}

function documentOf({ promptName, decisions, trades, kept }: ToldPrompt) {
  const { sha256 = null, firstSeenAt = null, system = null, user = null } = kept ?? {};
  return { promptName, sha256, firstSeenAt, decisions, trades, system, user };
}

function tableOf(told: readonly ToldPrompt[]): string {
  if (told.length === 0) return 'No bot that asks models has run yet.\n';
  const rows = told.map(({ promptName, decisions, trades, kept }) => [
    promptName,
    kept ? utcText(kept.firstSeenAt) : MISSING,
    figure(decisions, 0),
    figure(trades, 0),
    kept?.sha256 ?? MISSING,
  ]);
  return table(['Prompt', 'First seen (UTC)', 'Decisions', 'Trades', 'SHA-256'], rows);
}

function textOf(told: ToldPrompt): string {
  const { kept } = told;
  const text = kept ? `System:\n${kept.system}\n\nUser:\n${kept.user}` : 'It was asked with before texts were kept.';
  return `${tableOf([told])}\n${text}\n`;
}

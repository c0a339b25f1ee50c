import { BrainCircuit, Image, type LucideIcon, SlidersHorizontal } from 'lucide-react';
import { readBotFile } from '#contract/bot-file.ts';
import type { Bot } from '#core/bots.ts';
import { REVERSION_ANALYST, RULES_ANALYST } from '#core/model-bots.ts';
import type { BotDocument } from './bot-document.ts';

export type Kind = Bot['kind'];

interface KindFace {
  readonly kind: Kind;
  readonly name: string;
  readonly says: string;
  readonly icon: LucideIcon;
}

export const KINDS: readonly KindFace[] = [
  { kind: 'chart-vision', name: 'Chart vision', says: 'A model looks at a rendered chart image.', icon: Image },
  { kind: 'model-vote', name: 'Model vote', says: 'Models read numbers and context, then vote.', icon: BrainCircuit },
  {
    kind: 'indicator-rules',
    name: 'Indicator rules',
    says: 'Fixed conditions. No model, no token cost.',
    icon: SlidersHorizontal,
  },
];

export function kindName(kind: string): string {
  return KINDS.find((one) => one.kind === kind)?.name ?? kind;
}

/** The kind that a document names; the contract takes a document without one for rules. */
export function kindOf({ kind }: BotDocument): Kind {
  return KINDS.find((one) => one.kind === kind)?.kind ?? 'indicator-rules';
}

/** What a file of each kind must say that others do not. */
const OWN: Readonly<Record<Kind, BotDocument>> = {
  'chart-vision': { model: RULES_ANALYST },
  'model-vote': { models: [RULES_ANALYST, REVERSION_ANALYST] },
  'indicator-rules': {
    entry: {
      long: { all: [['ema(20)', 'crosses-above', 'ema(50)']] },
      short: { all: [['ema(20)', 'crosses-below', 'ema(50)']] },
    },
    brackets: { stop: { atrMultiple: 2, period: 14 }, target: { riskMultiple: 2 } },
  },
};
const OWN_KEYS: Readonly<Record<Kind, readonly string[]>> = {
  'chart-vision': ['prompt', 'model', 'chart', 'indicators', 'budgetUsdPerDay'],
  'model-vote': ['prompt', 'models', 'vote', 'alone', 'indicators', 'budgetUsdPerDay'],
  'indicator-rules': ['entry', 'exit', 'entryOrder'],
};

/**
 * The document as one of another kind: what all kinds say stays.
 * @param before What it said when it was of that kind before, if it was.
 */
export function documentOfKind(document: BotDocument, kind: Kind, before: BotDocument = {}): BotDocument {
  const notShared = new Set(['kind', ...Object.values(OWN_KEYS).flat()]);
  const shared = Object.entries(document).filter(([key]) => !notShared.has(key));
  const own = Object.entries(before).filter(([key]) => OWN_KEYS[kind].includes(key));
  const { name, ...others } = Object.fromEntries(shared);
  return { name, kind, ...OWN[kind], ...others, ...Object.fromEntries(own) };
}

const usual = new Map<Kind, Bot>();

/** What a bot of a kind does where its file does not say: as the contract reads the shortest one. */
export function usualBot<Wanted extends Kind>(kind: Wanted): Extract<Bot, { kind: Wanted }> {
  const shared = { name: 'x', capital: 1, symbols: ['BTC/USDT'], timeframe: '1m', sizing: { percentOfCapital: 1 } };
  const known = usual.get(kind) ?? readBotFile(JSON.stringify(documentOfKind(shared, kind)));
  usual.set(kind, known);
  return known as Extract<Bot, { kind: Wanted }>;
}

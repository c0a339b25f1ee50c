import { createContext, useContext } from 'react';
import type { FileProblem } from '#contract/bot-preview.ts';
import { pathText } from '#contract/problems.ts';
import { type BotDocument, type Path, valueAt, withValue } from './bot-document.ts';

/** A draft as fields see it. */
export interface DraftForm {
  readonly document: BotDocument;
  /** What the bot runs with. */
  readonly running: BotDocument;
  readonly change: (document: BotDocument) => void;
  /** What the contract says of the draft, as it was last checked. */
  readonly problems: readonly FileProblem[];
}

const Context = createContext<DraftForm | null>(null);
export const FormContext = Context;

export function useForm(): DraftForm {
  const form = useContext(Context);
  if (form === null) throw new Error('A field of a bot stands outside its form');
  return form;
}

/** The value at a place of the draft, and how to change it; undefined takes it away. */
export function useValue(path: Path): readonly [unknown, (value: unknown) => void] {
  const { document, change } = useForm();
  return [valueAt(document, path), (value) => change(withValue(document, path, value))];
}

/** Problems of a place, and of what lies in it unless only the place itself is meant. */
export function useProblems(path: Path, { alone = false } = {}): readonly FileProblem[] {
  const { problems } = useForm();
  const own = pathText(path);
  return problems.filter(
    (problem) =>
      problem.path === own || (!alone && (problem.path.startsWith(`${own}.`) || problem.path.startsWith(`${own}[`))),
  );
}

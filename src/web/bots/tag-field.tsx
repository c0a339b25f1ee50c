import { X } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import type { Path } from './bot-document.ts';
import { FieldFrame } from './fields.tsx';
import { useProblems, useValue } from './form-context.tsx';

interface TagFieldProps {
  readonly label: string;
  readonly path: Path;
  /** What holds while the file does not say. */
  readonly usual?: readonly string[];
  /** What the empty end of the list says: "Add symbol". */
  readonly adds: string;
  readonly help?: ReactNode;
  /** As it is written in the file: symbols in capitals. */
  readonly spelled?: (typed: string) => string;
}

const asTyped = (typed: string) => typed;

/** A list of short texts. What is typed joins it with Enter, or when the field is left; Backspace takes the last away. */
export function TagField({ label, path, usual = [], adds, help, spelled = asTyped }: TagFieldProps) {
  const [value, change] = useValue(path);
  const problems = useProblems(path);
  const [typed, setTyped] = useState('');
  const tags = Array.isArray(value) ? value.map(String) : [...usual];
  const add = () => {
    const text = spelled(typed.trim());
    setTyped('');
    if (text !== '') change([...tags, text]);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      add();
    }
    if (event.key === 'Backspace' && typed === '' && tags.length > 0) change(tags.slice(0, -1));
  };
  return (
    <FieldFrame label={label} help={help} problems={problems}>
      {(tied) => (
        <div className="control tags">
          {tags.map((tag, k) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same text may stand twice, and then the contract says so.
            <span key={`${tag} ${k}`} className="chip">
              {tag}
              <button
                type="button"
                className="tag-remove"
                aria-label={`Remove ${tag}`}
                onClick={() => change(tags.toSpliced(k, 1))}
              >
                <X aria-hidden="true" />
              </button>
            </span>
          ))}
          <input
            {...tied}
            type="text"
            autoComplete="off"
            spellCheck={false}
            placeholder={adds}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
            onKeyDown={press}
            onBlur={add}
          />
        </div>
      )}
    </FieldFrame>
  );
}

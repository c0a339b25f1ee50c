import { ChevronDown } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import type { FileProblem } from '#contract/bot-preview.ts';
import type { Path } from './bot-document.ts';
import { useProblems, useValue } from './form-context.tsx';

/** What a control needs to be tied to its label and to the words under it. */
export interface Tied {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
}

interface FrameProps {
  readonly label: string;
  readonly help?: ReactNode;
  readonly problems: readonly FileProblem[];
  /** A control that is several ones, with a name of their own. */
  readonly isGroup?: boolean;
  readonly children: (tied: Tied) => ReactNode;
}

/** Label, control, and under it what is wrong, or else what it means. */
export function FieldFrame({ label, help, problems, isGroup = false, children }: FrameProps) {
  const id = useId();
  const wordsId = `${id}-words`;
  const isWrong = problems.length > 0;
  const tied: Tied = {
    id,
    'aria-invalid': isWrong,
    'aria-describedby': isWrong || help !== undefined ? wordsId : undefined,
  };
  const words = (
    <div id={wordsId}>
      {problems.map(({ message }, k) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same may be told twice, of two reasons.
        <p key={k} className="help wrong">
          {sentenceOf(message)}
        </p>
      ))}
      {!isWrong && help !== undefined && <p className="help">{help}</p>}
    </div>
  );
  if (!isGroup) {
    return (
      <div className="form-field">
        <label htmlFor={id}>{label}</label>
        {children(tied)}
        {words}
      </div>
    );
  }
  return (
    <fieldset className="form-field" aria-describedby={tied['aria-describedby']}>
      <legend>{label}</legend>
      {children(tied)}
      {words}
    </fieldset>
  );
}

/** The contract's words begin in the middle of a line: "must be ...". */
function sentenceOf(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}

interface FieldProps {
  readonly label: string;
  readonly path: Path;
  readonly help?: ReactNode;
  /** Problems of what lies in the place are told elsewhere. */
  readonly alone?: boolean;
}

export function TextField({ label, path, help, alone }: FieldProps) {
  const [value, change] = useValue(path);
  const problems = useProblems(path, { alone });
  return (
    <FieldFrame label={label} help={help} problems={problems}>
      {(tied) => (
        <span className="control">
          <input
            {...tied}
            type="text"
            autoComplete="off"
            spellCheck={false}
            value={typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)}
            onChange={({ target }) => change(target.value)}
          />
        </span>
      )}
    </FieldFrame>
  );
}

interface NumberFieldProps extends FieldProps {
  readonly unit?: string;
  /** What holds while the field is empty. */
  readonly usual?: number | string | undefined;
}

export function NumberField({ label, path, help, alone, unit, usual }: NumberFieldProps) {
  const [value, change] = useValue(path);
  const problems = useProblems(path, { alone });
  return (
    <FieldFrame label={label} help={help} problems={problems}>
      {(tied) => <NumberInput tied={tied} value={value} onChange={change} unit={unit} usual={usual} />}
    </FieldFrame>
  );
}

interface NumberInputProps {
  readonly tied: Tied;
  readonly value: unknown;
  readonly onChange: (value: number | string | undefined) => void;
  readonly unit?: string | undefined;
  readonly usual?: number | string | undefined;
}

/** A number; what is typed and is none goes into the draft as it is, so that the contract says what is wrong with it. */
export function NumberInput({ tied, value, onChange, unit, usual }: NumberInputProps) {
  const [typed, setTyped] = useState('');
  // "1." and "1.0" are typed on the way to another number: they stay as they are while they mean the same.
  const shown = numberIn(typed) === value ? typed : value === undefined ? '' : String(value);
  return (
    <span className="control">
      <input
        {...tied}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        placeholder={usual === undefined ? 'none' : String(usual)}
        value={shown}
        onChange={({ target }) => {
          setTyped(target.value);
          onChange(numberIn(target.value));
        }}
      />
      {unit && <span className="unit">{unit}</span>}
    </span>
  );
}

function numberIn(typed: string): number | string | undefined {
  const text = typed.trim();
  if (text === '') return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

export interface Choice {
  readonly value: string;
  readonly text: string;
}

interface ChoiceFieldProps extends FieldProps {
  readonly choices: readonly Choice[];
  /** What holds while the file does not say. */
  readonly usual?: string | undefined;
}

export function ChoiceField({ label, path, help, alone, choices, usual }: ChoiceFieldProps) {
  const [value, change] = useValue(path);
  const problems = useProblems(path, { alone });
  return (
    <FieldFrame label={label} help={help} problems={problems}>
      {(tied) => <Select tied={tied} choices={choices} value={String(value ?? usual ?? '')} onChoose={change} />}
    </FieldFrame>
  );
}

interface SelectProps {
  readonly tied: Tied;
  readonly choices: readonly Choice[];
  readonly value: string;
  readonly onChoose: (value: string) => void;
}

export function Select({ tied, choices, value, onChoose }: SelectProps) {
  const isKnown = choices.some((choice) => choice.value === value);
  return (
    <span className="control select">
      <select {...tied} value={value} onChange={({ target }) => onChoose(target.value)}>
        {!isKnown && <option value={value}>{value === '' ? 'choose' : value}</option>}
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.text}
          </option>
        ))}
      </select>
      <ChevronDown aria-hidden="true" />
    </span>
  );
}

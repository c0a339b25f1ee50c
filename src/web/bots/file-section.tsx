import type { FileProblem } from '#contract/bot-preview.ts';
import { FieldFrame } from './fields.tsx';
import { FormSection } from './form-section.tsx';

interface FileSectionProps {
  readonly text: string;
  readonly onEdit: (text: string) => void;
  readonly problems: readonly FileProblem[];
}

/** The whole file as a text: what has no field of its own is changed here. */
export function FileSection({ text, onEdit, problems }: FileSectionProps) {
  const placed = problems.map(({ path, message }) => ({
    path,
    message: path === '' ? message : `${path}: ${message}`,
  }));
  return (
    <FormSection title="The whole file" says="Every field is here, also those that have no place above.">
      <FieldFrame label="Bot file (JSON)" problems={placed}>
        {(tied) => (
          <textarea
            {...tied}
            className="file"
            rows={Math.min(28, text.split('\n').length + 1)}
            spellCheck={false}
            value={text}
            onChange={({ target }) => onEdit(target.value)}
          />
        )}
      </FieldFrame>
    </FormSection>
  );
}

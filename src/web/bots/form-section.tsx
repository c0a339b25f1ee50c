import { type ReactNode, useId } from 'react';

interface FormSectionProps {
  readonly title: string;
  readonly says: ReactNode;
  readonly children: ReactNode;
}

/** A group of fields with its name and its meaning beside it. */
export function FormSection({ title, says, children }: FormSectionProps) {
  const id = useId();
  return (
    <section className="panel form-section" aria-labelledby={id}>
      <div>
        <h2 id={id}>{title}</h2>
        <p>{says}</p>
      </div>
      <div className="form-fields">{children}</div>
    </section>
  );
}

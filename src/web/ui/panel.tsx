import { type ReactNode, useId } from 'react';

interface PanelProps {
  readonly title: string;
  /** Beside the title, in small grey words. */
  readonly meta?: ReactNode;
  readonly right?: ReactNode;
  readonly className: string;
  readonly children: ReactNode;
}

export function Panel({ title, meta, right, className, children }: PanelProps) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{title}</h2>
        {meta && <span className="meta">{meta}</span>}
        {right && <div className="right">{right}</div>}
      </div>
      {children}
    </section>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import { OctagonAlert } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { ApiError, RETRY_AFTER_MS } from '../api.ts';

const ROWS = ['first', 'second', 'third'] as const;

/** Rows as high as the ones that are coming. */
export function SkeletonRows() {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {ROWS.map((row) => (
        <div key={row} className="skeleton-row">
          <i className="w-3/5" />
          <i className="w-2/5" />
          <i className="w-3/5" />
          <i className="w-4/5" />
        </div>
      ))}
    </div>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="empty">
      <b>{title}</b>
      {children}
    </div>
  );
}

interface PanelErrorProps {
  /** "positions": what could not be loaded. */
  readonly what: string;
  readonly error: Error;
  readonly queryKey: readonly unknown[];
}

/** A panel that could not load says so and stays; the rest of the page keeps working. */
export function PanelError({ what, error, queryKey }: PanelErrorProps) {
  const queries = useQueryClient();
  const code = error instanceof ApiError ? error.code : error.name;
  const details = `Could not load ${what}: ${error.message} (${code})`;
  return (
    <div className="panel-error" role="alert">
      <OctagonAlert aria-hidden="true" />
      <div>
        <b>Could not load {what}</b>
        {error.message} <span className="text-fg-3">({code})</span> Trying again every {RETRY_AFTER_MS / 1_000} s.
        Trading and stops are not affected by this page.
        <div className="mt-2.5 flex gap-1.5">
          <button type="button" className="btn sm" onClick={() => void queries.refetchQueries({ queryKey })}>
            Retry now
          </button>
          <button type="button" className="btn ghost sm" onClick={() => void navigator.clipboard?.writeText(details)}>
            Copy details
          </button>
        </div>
      </div>
    </div>
  );
}

/** Keeps a fault of the page inside the panel it happened in. */
export class PanelBoundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <section className="panel">
        <Empty title="This panel could not be drawn">
          The rest of the page keeps working. Reload the page to try again.
        </Empty>
      </section>
    );
  }
}

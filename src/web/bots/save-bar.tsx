import { Download, TriangleAlert } from 'lucide-react';

interface SaveBarProps {
  readonly changes: number;
  readonly problems: number;
  readonly isChecked: boolean;
  readonly isAway: boolean;
  readonly isKept: boolean;
  readonly onDiscard: () => void;
  readonly onDownload: () => void;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function State({ changes, problems, isChecked, isAway, isKept }: Omit<SaveBarProps, 'onDiscard' | 'onDownload'>) {
  const kept = isKept ? 'Kept in this browser.' : 'This browser keeps nothing: they are gone with the page.';
  if (problems > 0) {
    return (
      <>
        <TriangleAlert aria-hidden="true" className="text-warn" />
        <button type="button" className="first-problem" onClick={showFirstProblem}>
          {count(problems, 'problem')}
        </button>
        <span>to mend before it can run. {changes > 0 && kept}</span>
      </>
    );
  }
  if (isAway) return <span>The engine does not answer, so the draft is not checked. {changes > 0 && kept}</span>;
  if (changes === 0) return <span>No changes: this is what the bot runs with.</span>;
  return (
    <>
      <span className="glyph waiting" aria-hidden="true" />
      <span>
        <b className="med text-fg-1">{count(changes, 'change')}.</b> {isChecked ? kept : 'Checking…'}
      </span>
    </>
  );
}

/** The first field that is wrong, in the order of the page. */
function showFirstProblem(): void {
  document.querySelector<HTMLElement>('.bot-form [aria-invalid="true"]')?.focus();
}

/** How the draft stands, and what can be done with it. */
export function SaveBar({ onDiscard, onDownload, ...state }: SaveBarProps) {
  const { changes, problems, isChecked } = state;
  return (
    <div className="save-bar">
      <div className="state" role="status">
        <State {...state} />
      </div>
      <div className="actions">
        {changes > 0 && (
          <button type="button" className="btn ghost" onClick={onDiscard}>
            Discard
          </button>
        )}
        <button type="button" className="btn pri" onClick={onDownload} disabled={!isChecked || problems > 0}>
          <Download aria-hidden="true" /> Download the file
        </button>
      </div>
    </div>
  );
}

export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 20 20" aria-hidden="true">
      <rect x="2" y="7" width="3" height="8" rx=".8" fill="var(--gold)" />
      <rect x="3.1" y="4" width=".9" height="14" fill="var(--gold)" />
      <rect x="8.5" y="3" width="3" height="9" rx=".8" fill="var(--fg-1)" />
      <rect x="9.55" y="1" width=".9" height="14" fill="var(--fg-1)" />
      <rect x="15" y="9" width="3" height="7" rx=".8" fill="var(--gold)" />
      <rect x="16.05" y="6" width=".9" height="12" fill="var(--gold)" />
    </svg>
  );
}

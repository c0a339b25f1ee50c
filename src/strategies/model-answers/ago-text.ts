const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_HOURS = 24;

/** How long ago something was, rounded down: "35 min ago", "5 h 20 min ago", from two days on "3 days 4 h ago". */
export function agoText(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  const hours = Math.floor(minutes / HOUR_MINUTES);
  if (minutes === 0) return 'just now';
  if (hours === 0) return `${minutes} min ago`;
  if (hours < 2 * DAY_HOURS) return `${withRest(hours, 'h', minutes % HOUR_MINUTES, 'min')} ago`;
  return `${withRest(Math.floor(hours / DAY_HOURS), 'days', hours % DAY_HOURS, 'h')} ago`;
}

function withRest(count: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${count} ${unit}` : `${count} ${unit} ${rest} ${restUnit}`;
}

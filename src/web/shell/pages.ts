import {
  Activity,
  Bot,
  BrainCircuit,
  FileText,
  FlaskConical,
  History,
  type LucideIcon,
  Menu,
  Settings,
} from 'lucide-react';

export interface Page {
  readonly name: string;
  readonly icon: LucideIcon;
  /** Null: the page comes in a later version, its entry is shown and cannot be used. */
  readonly path: string | null;
}

export const PAGES: readonly Page[] = [
  { name: 'Live', icon: Activity, path: '/live' },
  { name: 'Bots', icon: Bot, path: '/bots' },
  { name: 'Trades', icon: History, path: null },
  { name: 'Decisions', icon: BrainCircuit, path: null },
  { name: 'Backtests', icon: FlaskConical, path: null },
  { name: 'Prompts', icon: FileText, path: null },
  { name: 'Settings', icon: Settings, path: null },
];

/** On a phone the rest is behind "More". */
export const TABS: readonly Page[] = [...PAGES.slice(0, 4), { name: 'More', icon: Menu, path: null }];

/** A page's own pages are part of it, and the first one answers at "/" too. */
export function isHere(page: Page, path: string): boolean {
  if (page.path === null) return false;
  return path === page.path || path.startsWith(`${page.path}/`) || (path === '/' && page === PAGES[0]);
}

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
  { name: 'Bots', icon: Bot, path: null },
  { name: 'Trades', icon: History, path: null },
  { name: 'Decisions', icon: BrainCircuit, path: null },
  { name: 'Backtests', icon: FlaskConical, path: null },
  { name: 'Prompts', icon: FileText, path: null },
  { name: 'Settings', icon: Settings, path: null },
];

/** On a phone the rest is behind "More". */
export const TABS: readonly Page[] = [...PAGES.slice(0, 4), { name: 'More', icon: Menu, path: null }];

/** The first page answers at "/" too. */
export function isHere(page: Page, path: string): boolean {
  return page.path !== null && (path === page.path || (path === '/' && page === PAGES[0]));
}

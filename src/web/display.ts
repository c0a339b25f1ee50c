import { useSyncExternalStore } from 'react';
import { z } from 'zod';

/** How this browser shows things. Kept in local storage only; public/display.js applies it before the first paint. */
const Display = z.object({
  theme: z.enum(['dark', 'light']).catch('dark'),
  colours: z.enum(['standard', 'colour-blind']).catch('standard'),
  zone: z.enum(['utc', 'local']).catch('utc'),
  hideAmounts: z.boolean().catch(false),
  /** Single-key shortcuts can be switched off (WCAG 2.1.4). */
  shortcuts: z.boolean().catch(true),
});
export type Display = z.infer<typeof Display>;

const KEY = 'autotrader.display';
const DEFAULTS: Display = Display.parse({});

const listeners = new Set<() => void>();
let current: Display | undefined;

function load(): Display {
  try {
    return Display.catch(DEFAULTS).parse(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    return DEFAULTS; // Storage is blocked, or holds something else.
  }
}

function snapshot(): Display {
  current ??= load();
  return current;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function apply({ theme, colours }: Display): void {
  document.documentElement.dataset.theme = theme;
  if (colours === 'colour-blind') document.documentElement.dataset.cvd = 'on';
  else delete document.documentElement.dataset.cvd;
}

export function changeDisplay(change: Partial<Display>): void {
  current = { ...snapshot(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // Storage is blocked: the choice lasts until the page is closed.
  }
  apply(current);
  for (const listener of listeners) listener();
}

export function toggleZone(): void {
  changeDisplay({ zone: snapshot().zone === 'utc' ? 'local' : 'utc' });
}

export function toggleAmounts(): void {
  changeDisplay({ hideAmounts: !snapshot().hideAmounts });
}

export function useDisplay(): Display {
  return useSyncExternalStore(subscribe, snapshot, () => DEFAULTS);
}

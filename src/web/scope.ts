import { useSearchParams } from 'next/navigation';

/** What a page is about is in its address, so that a reload and a copied link show the same. */

export const SCOPES = ['All', 'Live', 'Paper'] as const;
export type Scope = (typeof SCOPES)[number];

export function useScope(): Scope {
  const asked = useSearchParams().get('scope');
  return SCOPES.find((scope) => scope.toLowerCase() === asked) ?? 'All';
}

export function inScope(item: { readonly mode: 'live' | 'paper' }, scope: Scope): boolean {
  return scope === 'All' || item.mode === scope.toLowerCase();
}

/** Changes the address without asking the server for anything. Null takes the parameter away. */
export function changeAddress(name: 'scope' | 'symbol', value: string | null): void {
  const query = new URLSearchParams(window.location.search);
  if (value === null) query.delete(name);
  else query.set(name, value);
  const text = query.toString();
  window.history.replaceState(null, '', text ? `?${text}` : window.location.pathname);
}

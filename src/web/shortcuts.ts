import { useEffect, useEffectEvent } from 'react';
import { useDisplay } from './display.ts';

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;
}

/** Single keys, in lower case. None of them ever sends an order. */
export function useShortcuts(onKey: (key: string) => void): void {
  const { shortcuts } = useDisplay();
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
    onKey(event.key.toLowerCase());
  });
  useEffect(() => {
    if (!shortcuts) return;
    const listen = (event: KeyboardEvent) => press(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [shortcuts]);
}

'use client';

import { Eye, EyeOff } from 'lucide-react';
import { toggleAmounts, toggleZone, useDisplay } from '../display.ts';
import { useShortcuts } from '../shortcuts.ts';
import { MarketClock, WallClock } from './clocks.tsx';
import { ContactChip } from './contact-chip.tsx';
import { DisplayMenu } from './display-menu.tsx';
import { Logo } from './logo.tsx';
import { PageTitle } from './page-title.tsx';
import { ScopeSwitch } from './scope-switch.tsx';

export function TopBar({ path }: { readonly path: string }) {
  const { hideAmounts } = useDisplay();
  useShortcuts((key) => {
    if (key === 'u') toggleZone();
    if (key === 'h') toggleAmounts();
  });
  return (
    <header className="top">
      <span className="desk:hidden">
        <Logo />
      </span>
      <PageTitle path={path} />
      <ScopeSwitch />
      <div className="right">
        <div className="max-wide:hidden">
          <MarketClock />
        </div>
        <ContactChip />
        <WallClock />
        <button
          type="button"
          className="btn ghost icon max-desk:hidden"
          onClick={toggleAmounts}
          aria-pressed={hideAmounts}
          aria-label="Hide amounts"
          title="Hide amounts (H)"
        >
          {hideAmounts ? <EyeOff aria-hidden="true" /> : <Eye aria-hidden="true" />}
        </button>
        <DisplayMenu />
      </div>
    </header>
  );
}

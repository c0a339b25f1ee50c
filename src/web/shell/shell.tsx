'use client';

import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { useContactLevel } from '../contact.ts';
import { MarketClock } from './clocks.tsx';
import { Nav, TabBar } from './nav.tsx';
import { StaleStrip } from './stale-strip.tsx';
import { TopBar } from './top-bar.tsx';

/** What surrounds every page. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const path = usePathname();
  const level = useContactLevel();
  return (
    <>
      <a className="btn skip" href="#main">
        Skip to the page
      </a>
      <div className="app" data-contact={level}>
        <Nav path={path} />
        <TopBar path={path} />
        <main id="main" className="main">
          <div className="market-line wide:hidden">
            <MarketClock />
          </div>
          <StaleStrip />
          {children}
        </main>
      </div>
      <TabBar path={path} />
    </>
  );
}

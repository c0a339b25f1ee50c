'use client';

import { Popover } from '@base-ui/react/popover';
import { SlidersHorizontal } from 'lucide-react';
import type { ReactNode } from 'react';
import { changeDisplay, useDisplay } from '../display.ts';
import { Segments } from '../ui/segments.tsx';

function Choice({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="choice">
      <span aria-hidden="true">{name}</span>
      {children}
    </div>
  );
}

function Choices() {
  const display = useDisplay();
  return (
    <>
      <Choice name="Theme">
        <Segments
          label="Theme"
          choices={['Dark', 'Light']}
          chosen={display.theme === 'dark' ? 'Dark' : 'Light'}
          onChoose={(choice) => changeDisplay({ theme: choice === 'Dark' ? 'dark' : 'light' })}
        />
      </Choice>
      <Choice name="Colours">
        <Segments
          label="Colours"
          choices={['Standard', 'Colour-blind']}
          chosen={display.colours === 'standard' ? 'Standard' : 'Colour-blind'}
          onChoose={(choice) => changeDisplay({ colours: choice === 'Standard' ? 'standard' : 'colour-blind' })}
        />
      </Choice>
      <Choice name="Times">
        <Segments
          label="Times"
          choices={['UTC', 'Local']}
          chosen={display.zone === 'utc' ? 'UTC' : 'Local'}
          onChoose={(choice) => changeDisplay({ zone: choice === 'UTC' ? 'utc' : 'local' })}
        />
      </Choice>
      <Choice name="Amounts">
        <Segments
          label="Amounts"
          choices={['Shown', 'Hidden']}
          chosen={display.hideAmounts ? 'Hidden' : 'Shown'}
          onChoose={(choice) => changeDisplay({ hideAmounts: choice === 'Hidden' })}
        />
      </Choice>
      <Choice name="Single keys">
        <Segments
          label="Single-key shortcuts"
          choices={['On', 'Off']}
          chosen={display.shortcuts ? 'On' : 'Off'}
          onChoose={(choice) => changeDisplay({ shortcuts: choice === 'On' })}
        />
      </Choice>
      <p className="mt-1 text-2xs text-fg-3">
        U: UTC or local. H: hide amounts. 1 to 9: symbol. Kept in this browser only.
      </p>
    </>
  );
}

/** How this browser shows things, until there is a Settings page. */
export function DisplayMenu() {
  return (
    <Popover.Root>
      <Popover.Trigger className="btn ghost icon" aria-label="Display" title="Display">
        <SlidersHorizontal aria-hidden="true" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner side="bottom" align="end" sideOffset={6} className="z-40">
          <Popover.Popup className="popup" aria-label="Display">
            <Choices />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

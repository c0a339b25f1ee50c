'use client';

import { useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { accountsQuery } from '../api.ts';
import { changeAddress, SCOPES, useScope } from '../scope.ts';
import { Segments } from '../ui/segments.tsx';

function Switch() {
  const scope = useScope();
  const { data } = useQuery(accountsQuery());
  const modes = new Set(data?.accounts.map((account) => account.mode));
  if (modes.size < 2) return null;
  return (
    <Segments
      label="Scope"
      className="max-desk:hidden"
      choices={SCOPES}
      chosen={scope}
      onChoose={(choice) => changeAddress('scope', choice === 'All' ? null : choice.toLowerCase())}
    />
  );
}

/** Filters the lists. Shown only while there are both live and paper accounts; the headline never mixes them anyway. */
export function ScopeSwitch() {
  return (
    <Suspense>
      <Switch />
    </Suspense>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Bot } from '#contract/api.ts';
import { TIMEFRAMES } from '#core/time.ts';
import { accountsQuery } from '../api.ts';
import { ModeChip } from '../ui/chips.tsx';
import type { BotDocument } from './bot-document.ts';
import { ChoiceField, NumberField, TextField } from './fields.tsx';
import { useForm, useProblems } from './form-context.tsx';
import { FormSection } from './form-section.tsx';
import { documentOfKind, KINDS, type Kind, kindOf } from './kinds.ts';
import { TagField } from './tag-field.tsx';

const TIMEFRAME_CHOICES = TIMEFRAMES.map((value) => ({ value, text: value }));

/** The three kinds as cards. What a draft said as another kind comes back with it. */
function KindCards() {
  const { document, change } = useForm();
  const chosen = kindOf(document);
  const before = useRef(new Map<Kind, BotDocument>());
  const [problem] = useProblems(['kind']);
  const choose = (kind: Kind) => {
    if (kind === chosen) return;
    before.current.set(chosen, document);
    change(documentOfKind(document, kind, before.current.get(kind)));
  };
  return (
    <fieldset className="kinds">
      <legend className="sr">Kind</legend>
      {KINDS.map(({ kind, name, says, icon: Icon }) => (
        <label key={kind}>
          <input type="radio" name="kind" className="sr" checked={kind === chosen} onChange={() => choose(kind)} />
          <b>
            <Icon aria-hidden="true" />
            {name}
          </b>
          {says}
        </label>
      ))}
      {problem && <p className="help wrong">{problem.message}</p>}
    </fieldset>
  );
}

/** Where it trades now: a draft does not change that. */
function AccountLine({ bot }: { readonly bot: Bot }) {
  const { data } = useQuery(accountsQuery());
  const account = data?.accounts.find(({ id }) => id === bot.accountId);
  return (
    <div className="form-field">
      <span className="label">Account</span>
      <span className="reading">
        <ModeChip mode={bot.mode} />
        <span className="truncate">{account?.name ?? bot.accountId}</span>
      </span>
    </div>
  );
}

export function BasicsSection({ bot }: { readonly bot: Bot }) {
  return (
    <FormSection title="Basics" says="What it trades, and where.">
      <KindCards />
      <div className="in-3">
        <TextField label="Name" path={['name']} />
        <AccountLine bot={bot} />
        <ChoiceField label="Timeframe" path={['timeframe']} choices={TIMEFRAME_CHOICES} />
      </div>
      <div className="in-3">
        <div className="of-2">
          <TagField label="Symbols" path={['symbols']} adds="Add symbol" spelled={(typed) => typed.toUpperCase()} />
        </div>
        <NumberField label="Capital" path={['capital']} help="The most it may commit at once." />
      </div>
    </FormSection>
  );
}

import { Check, Minus } from 'lucide-react';
import type { RuleLine } from '#contract/bot-preview.ts';
import { useDisplay } from '../display.ts';
import { formatValue, MISSING } from '../format.ts';
import { formatWhen } from '../time-format.ts';
import { SimulatedChip } from '../ui/chips.tsx';
import { FormSection } from './form-section.tsx';
import { isOfEarlierDraft, LookAgain } from './look-again.tsx';
import { MadeOf } from './made-of.tsx';
import type { Preview } from './use-preview.ts';

function MetMark({ isMet }: { readonly isMet: boolean | null }) {
  if (isMet === null) return <span className="sr">not known while it has no trade</span>;
  return isMet ? (
    <>
      <Check aria-hidden="true" />
      <span className="sr">met</span>
    </>
  ) : (
    <>
      <Minus aria-hidden="true" />
      <span className="sr">not met</span>
    </>
  );
}

function Line({ line }: { readonly line: RuleLine }) {
  const { left, right, isMet, depth, text } = line;
  const isGroup = left === null && right === null && /^(all|any) of$/.test(text);
  const values = [left, right].filter((value) => value !== null).map(formatValue);
  return (
    <li className={`rule ${isMet ? 'met' : ''}`} style={{ paddingLeft: 12 + depth * 16 }}>
      <span className={isGroup ? 'group' : ''}>{text}</span>
      <span className="value">
        {isGroup ? '' : values.join(' / ') || MISSING}
        <MetMark isMet={isMet} />
      </span>
    </li>
  );
}

/** What the rules say, and how they stand at the last close. They are changed in the file. */
export function RulesSection({ preview }: { readonly preview: Preview }) {
  const { told } = preview;
  const { zone } = useDisplay();
  const market = told?.market;
  const says = market
    ? `Checked at every close. On the right ${market.symbol} at ${formatWhen(market.at, market.at, zone)}. They are changed in the file below.`
    : 'Checked at every close. They are changed in the file below.';
  return (
    <FormSection title="Rules" says={says}>
      <div className="rules-head">
        {isOfEarlierDraft(preview) && <span className="help">Of an earlier draft.</span>}
        {market?.simulated && <SimulatedChip />}
        <LookAgain preview={preview} />
      </div>
      {told?.rules.map(({ name, lines }) => (
        <div key={name} className="rules">
          <h3>{name} when</h3>
          <ul>
            {lines.map((line, k) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place.
              <Line key={k} line={line} />
            ))}
          </ul>
        </div>
      ))}
      {told?.why && <p className="help">{told.why}</p>}
      <MadeOf market={market ?? null} />
    </FormSection>
  );
}

import { Plus, X } from 'lucide-react';
import { formatIndicator } from '#core/indicators/registry.ts';
import { isTimeframe, TIMEFRAME_MS, TIMEFRAMES } from '#core/time.ts';
import { Segments } from '../ui/segments.tsx';
import { FieldFrame, NumberField } from './fields.tsx';
import { useForm, useProblems, useValue } from './form-context.tsx';
import { FormSection } from './form-section.tsx';
import { usualBot } from './kinds.ts';
import { TagField } from './tag-field.tsx';

const THEMES = ['dark', 'light'] as const;
const NAMES = { dark: 'Dark', light: 'Light' } as const;

function ThemeField() {
  const [value, change] = useValue(['chart', 'theme']);
  const problems = useProblems(['chart', 'theme']);
  const chosen = THEMES.find((theme) => theme === (value ?? usualBot('chart-vision').chart.theme));
  return (
    <FieldFrame label="Theme" problems={problems} isGroup>
      {() => (
        <Segments
          label="Theme of the picture"
          choices={THEMES.map((theme) => NAMES[theme])}
          chosen={chosen ? NAMES[chosen] : 'Dark'}
          onChoose={(name) => change(THEMES.find((theme) => NAMES[theme] === name))}
        />
      )}
    </FieldFrame>
  );
}

/** Strips below the candles, each with its lines. */
function PaneFields() {
  const { panes: usual } = usualBot('chart-vision').chart;
  const [value, change] = useValue(['chart', 'panes']);
  const panes: readonly unknown[] = Array.isArray(value) ? value : usual.map((specs) => specs.map(formatIndicator));
  return (
    <>
      {panes.map((_, k) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a strip is its place.
        <div key={k} className="with-button">
          <TagField
            label={`Strip ${k + 1} below`}
            path={['chart', 'panes', k]}
            usual={usual[k]?.map(formatIndicator) ?? []}
            adds="Add indicator"
          />
          <button
            type="button"
            className="btn ghost icon"
            aria-label={`Remove strip ${k + 1}`}
            onClick={() => change(panes.toSpliced(k, 1))}
          >
            <X aria-hidden="true" />
          </button>
        </div>
      ))}
      <button type="button" className="adds" onClick={() => change([...panes, []])}>
        <Plus aria-hidden="true" /> Add a strip
      </button>
    </>
  );
}

/** Further pictures: timeframes above the bot's own that it divides. */
function MoreTimeframes() {
  const { document } = useForm();
  const [value, change] = useValue(['chart', 'timeframes']);
  const problems = useProblems(['chart', 'timeframes']);
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const own = String(document.timeframe);
  const ownMs = isTimeframe(own) ? TIMEFRAME_MS[own] : Number.NaN;
  const higher = TIMEFRAMES.filter((one) => TIMEFRAME_MS[one] > ownMs && TIMEFRAME_MS[one] % ownMs === 0);
  const shown = [...new Set([...higher, ...chosen])];
  const toggle = (one: string) =>
    change(chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one]);
  return (
    <FieldFrame
      label="Pictures of higher timeframes"
      help="Up to three, shown after the first."
      problems={problems}
      isGroup
    >
      {() => (
        <div className="toggles">
          {shown.map((one) => (
            <button
              key={one}
              type="button"
              className="toggle"
              aria-pressed={chosen.includes(one)}
              onClick={() => toggle(one)}
            >
              {one}
            </button>
          ))}
        </div>
      )}
    </FieldFrame>
  );
}

export function ChartSection() {
  const { candles, width, height, overlays } = usualBot('chart-vision').chart;
  return (
    <FormSection title="Picture" says="What is drawn for the model, of closed candles only.">
      <div className="in-4">
        <NumberField label="Bars" path={['chart', 'candles']} usual={candles} unit="candles" />
        <NumberField label="Width" path={['chart', 'width']} usual={width} unit="px" />
        <NumberField label="Height" path={['chart', 'height']} usual={height} unit="px" />
        <ThemeField />
      </div>
      <TagField
        label="Lines over the candles"
        path={['chart', 'overlays']}
        usual={overlays.map(formatIndicator)}
        adds="Add indicator"
      />
      <PaneFields />
      <MoreTimeframes />
    </FormSection>
  );
}

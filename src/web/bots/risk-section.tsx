import { formatDecimal } from '#core/money.ts';
import type { BotDocument } from './bot-document.ts';
import { type Choice, ChoiceField, FieldFrame, NumberField, Select } from './fields.tsx';
import { useForm, useProblems, useValue } from './form-context.tsx';
import { FormSection } from './form-section.tsx';
import { kindOf, usualBot } from './kinds.ts';

/** One of several ways to say a thing, told apart by the keys of its section. */
interface Way extends Choice {
  /** What the section says when it is chosen. */
  readonly begins: BotDocument | undefined;
  /** Which of its keys are numbers to be filled in. */
  readonly numbers: readonly { readonly key: string; readonly label: string; readonly unit: string }[];
}

const PERCENT_AWAY = { key: 'percent', label: 'Distance', unit: '% of price' };
const ATR_AWAY = [
  { key: 'atrMultiple', label: 'Distance', unit: 'ATR' },
  { key: 'period', label: 'ATR of', unit: 'candles' },
];
const NONE: Way = { value: 'none', text: 'None', begins: undefined, numbers: [] };

const SIZES: readonly Way[] = [
  {
    value: 'percentOfCapital',
    text: 'Share of capital',
    begins: { percentOfCapital: 20 },
    numbers: [{ key: 'percentOfCapital', label: 'Each entry', unit: '% of capital' }],
  },
  {
    value: 'riskPercent',
    text: 'Risk per trade',
    begins: { riskPercent: 1 },
    numbers: [{ key: 'riskPercent', label: 'Lost at the stop', unit: '% of capital' }],
  },
  {
    value: 'quantity',
    text: 'Fixed quantity',
    begins: { quantity: 1 },
    numbers: [{ key: 'quantity', label: 'Each entry', unit: 'base units' }],
  },
];
const STOPS: readonly Way[] = [
  { value: 'atrMultiple', text: 'ATR', begins: { atrMultiple: 2, period: 14 }, numbers: ATR_AWAY },
  { value: 'percent', text: 'Percent', begins: { percent: 1.5 }, numbers: [PERCENT_AWAY] },
  {
    value: 'swingCandles',
    text: 'Last swing',
    begins: { swingCandles: 10 },
    numbers: [{ key: 'swingCandles', label: 'Swing of', unit: 'candles' }],
  },
];
const TARGETS: readonly Way[] = [
  NONE,
  {
    value: 'riskMultiple',
    text: 'Multiple of the stop',
    begins: { riskMultiple: 2 },
    numbers: [{ key: 'riskMultiple', label: 'As far as the stop', unit: 'times' }],
  },
  { value: 'atrMultiple', text: 'ATR', begins: { atrMultiple: 3, period: 14 }, numbers: ATR_AWAY },
  { value: 'percent', text: 'Percent', begins: { percent: 3 }, numbers: [PERCENT_AWAY] },
];

interface WayFieldProps {
  readonly label: string;
  readonly path: readonly string[];
  readonly ways: readonly Way[];
  /** The way while the file does not say. */
  readonly usual: string;
}

/** How a thing is said, and the numbers of it. */
function WayField({ label, path, ways, usual }: WayFieldProps) {
  const [value, change] = useValue(path);
  const section = typeof value === 'object' && value !== null ? value : {};
  const chosen = ways.find((way) => Object.hasOwn(section, way.value));
  const numbers = chosen?.numbers ?? [];
  const elsewhere = numbers.map(({ key }) => [...path, key].join('.'));
  const problems = useProblems(path).filter((problem) => !elsewhere.includes(problem.path));
  return (
    <div className="in-3">
      <FieldFrame label={label} problems={problems}>
        {(tied) => (
          <Select
            tied={tied}
            choices={ways}
            value={chosen?.value ?? usual}
            onChoose={(picked) => change(ways.find((way) => way.value === picked)?.begins)}
          />
        )}
      </FieldFrame>
      {numbers.map(({ key, label: name, unit }) => (
        <NumberField key={key} label={name} path={[...path, key]} unit={unit} usual="" />
      ))}
    </div>
  );
}

const OPPOSITE: readonly Choice[] = [
  { value: 'close', text: 'Close it' },
  { value: 'reverse', text: 'Close it, then open the other side' },
  { value: 'ignore', text: 'Ignore the signal' },
];
const SAME: readonly Choice[] = [
  { value: 'ignore', text: 'Ignore the signal' },
  { value: 'stack', text: 'Add to it' },
];

/** Size, levels, and what a signal must be worth. */
export function RiskSection() {
  const { document } = useForm();
  const kind = kindOf(document);
  const usual = usualBot(kind);
  const symbols = Array.isArray(document.symbols) ? document.symbols.length : 1;
  return (
    <FormSection title="Risk" says="Applied before any order. The account's own limits always win.">
      <WayField label="Size by" path={['sizing']} ways={SIZES} usual="" />
      <WayField
        label={kind === 'indicator-rules' ? 'Stop' : 'Stop, where no model names one'}
        path={['brackets', 'stop']}
        ways={kind === 'indicator-rules' ? [NO_LEVELS, ...STOPS] : STOPS}
        usual={kind === 'indicator-rules' ? NONE.value : 'atrMultiple'}
      />
      <WayField
        label={kind === 'indicator-rules' ? 'Target' : 'Target, where no model names one'}
        path={['brackets', 'target']}
        ways={TARGETS}
        usual={NONE.value}
      />
      <div className="in-3">
        {kind !== 'indicator-rules' && (
          <NumberField label="Min confidence" path={['filter', 'minConfidence']} unit="0 to 1" />
        )}
        <NumberField label="Min reward to risk" path={['filter', 'minRewardRisk']} unit=": 1" />
        <NumberField label="Max at risk" path={['filter', 'maxRiskPercent']} unit="% of equity" />
        <NumberField
          label="Leverage"
          path={['leverage']}
          unit="×"
          usual={usual.leverage === undefined ? undefined : formatDecimal(usual.leverage)}
        />
        <NumberField label="Open positions" path={['maxConcurrentTrades']} unit="at once" usual={symbols} />
        <NumberField
          label="Wait after an exit"
          path={['coolDownCandles']}
          unit="candles"
          usual={usual.coolDownCandles}
        />
      </div>
      <div className="in-3">
        <ChoiceField
          label="Opposite signal in a trade"
          path={['onOpposite']}
          choices={OPPOSITE}
          usual={usual.onOpposite}
        />
        <ChoiceField label="Same signal in a trade" path={['onSame']} choices={SAME} usual={usual.onSame} />
        {(document.onSame ?? usual.onSame) === 'stack' && (
          <NumberField label="Most entries" path={['maxEntries']} usual={usualBot('model-vote').maxEntries} />
        )}
      </div>
    </FormSection>
  );
}

/** Rules may end a trade alone. */
const NO_LEVELS: Way = { ...NONE, text: 'None, the exit rules end it' };

import { Plus, X } from 'lucide-react';
import type { PreviewQuestion } from '#contract/bot-preview.ts';
import { formatIndicator } from '#core/indicators/registry.ts';
import { CLEARLY_SURER, SURE_ENOUGH, SURE_ENOUGH_ALONE } from '#core/votes.ts';
import { figure, MISSING } from '../format.ts';
import { ChoiceField, FieldFrame, NumberField, NumberInput } from './fields.tsx';
import { useProblems, useValue } from './form-context.tsx';
import { FormSection } from './form-section.tsx';
import { usualBot } from './kinds.ts';
import { PromptFields } from './prompt-fields.tsx';
import { TagField } from './tag-field.tsx';

/** A model in a file is its name, or an object with it. */
function named(model: unknown): Readonly<Record<string, unknown>> {
  return typeof model === 'object' && model !== null ? { ...model } : { model };
}

interface ModelNameProps {
  readonly label: string;
  readonly path: readonly (string | number)[];
}

function ModelName({ label, path }: ModelNameProps) {
  const [value, change] = useValue(path);
  const problems = [...useProblems(path, { alone: true }), ...useProblems([...path, 'model'])];
  const { model, ...others } = named(value);
  const rename = (name: string) => change(Object.keys(others).length === 0 ? name : { ...others, model: name });
  return (
    <FieldFrame label={label} problems={problems}>
      {(tied) => (
        <span className="control">
          <input
            {...tied}
            type="text"
            autoComplete="off"
            spellCheck={false}
            value={typeof model === 'string' ? model : ''}
            onChange={({ target }) => rename(target.value)}
          />
        </span>
      )}
    </FieldFrame>
  );
}

interface ModelNumberProps extends ModelNameProps {
  readonly field: 'weight' | 'maxTokens';
  readonly usual: number;
  readonly unit?: string;
}

/** A number of a model that the file may have by its name alone. */
function ModelNumber({ label, path, field, usual, unit }: ModelNumberProps) {
  const [value, change] = useValue(path);
  const problems = useProblems([...path, field]);
  const model = named(value);
  return (
    <FieldFrame label={label} problems={problems}>
      {(tied) => (
        <NumberInput
          tied={tied}
          value={model[field]}
          unit={unit}
          usual={usual}
          onChange={(number) => {
            const { [field]: _, ...others } = model;
            if (number !== undefined) change({ ...others, [field]: number });
            else change(Object.keys(others).length === 1 ? others.model : others);
          }}
        />
      )}
    </FieldFrame>
  );
}

function costText(question: PreviewQuestion | null, k: number): string {
  const model = question?.models[k];
  if (!model) return MISSING;
  if (model.costUsd === null) return 'price not known';
  return model.costUsd === 0 ? 'free' : `$${figure(model.costUsd, 4)}`;
}

/** What beside words and picture every model is told. */
function ToldFields({ kind }: { readonly kind: 'chart-vision' | 'model-vote' }) {
  return (
    <>
      <TagField
        label="Indicators told as figures"
        path={['indicators']}
        usual={usualBot(kind).indicators.map(formatIndicator)}
        adds="Add indicator"
      />
      <PromptFields kind={kind} />
    </>
  );
}

export function VisionModelSection() {
  const usual = usualBot('chart-vision').model.maxTokens;
  return (
    <FormSection title="Model and prompt" says="It answers alone; code checks every number of its answer.">
      <div className="in-3">
        <ModelName label="Model" path={['model']} />
        <ModelNumber label="Longest answer" path={['model']} field="maxTokens" usual={usual} unit="tokens" />
        <NumberField label="Budget" path={['budgetUsdPerDay']} unit="USD a day" />
      </div>
      <ToldFields kind="chart-vision" />
    </FormSection>
  );
}

const RULES = [
  { value: 'majority', text: 'Majority' },
  { value: 'unanimous', text: 'All agree' },
  { value: 'weighted', text: 'Weighted' },
];
const RULE_WORDS: Readonly<Record<string, string>> = {
  majority: `Enters at a mean confidence of ${SURE_ENOUGH}; of equal halves the surer one, by ${CLEARLY_SURER}.`,
  unanimous: `Enters when all say the same at a mean confidence of ${SURE_ENOUGH}.`,
  weighted: `Enters at a weighted confidence of ${SURE_ENOUGH}; a tie holds.`,
};
const ALONE = [
  { value: 'follow', text: `Follow it from ${SURE_ENOUGH_ALONE} on` },
  { value: 'no-trade', text: 'No trade' },
];

/** Each model with its weight and what a question to it costs. */
function VotingModels({ question }: { readonly question: PreviewQuestion | null }) {
  const { models: usual } = usualBot('model-vote');
  const [value, change] = useValue(['models']);
  const problems = useProblems(['models'], { alone: true });
  const models: readonly unknown[] = Array.isArray(value) ? value : usual.map(({ model }) => model);
  return (
    <FieldFrame label="Models" problems={problems} isGroup>
      {() => (
        <div className="models">
          {models.map((_, k) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a model is its place; its name is being typed.
            <div key={k} className="model-row">
              <ModelName label={`Model ${k + 1}`} path={['models', k]} />
              <ModelNumber label="Weight" path={['models', k]} field="weight" usual={1} />
              <div className="form-field">
                <span className="label">A question</span>
                <span className="reading">{costText(question, k)}</span>
              </div>
              <button
                type="button"
                className="btn ghost icon"
                aria-label={`Remove model ${k + 1}`}
                onClick={() => change(models.toSpliced(k, 1))}
              >
                <X aria-hidden="true" />
              </button>
            </div>
          ))}
          <button type="button" className="adds" onClick={() => change([...models, ''])}>
            <Plus aria-hidden="true" /> Add model
          </button>
        </div>
      )}
    </FieldFrame>
  );
}

export function VoteSection({ question }: { readonly question: PreviewQuestion | null }) {
  const { vote } = usualBot('model-vote');
  const [rule] = useValue(['vote']);
  return (
    <FormSection title="Models and vote" says="Every model answers alone, then the vote decides.">
      <VotingModels question={question} />
      <div className="in-3">
        <ChoiceField
          label="Vote"
          path={['vote']}
          choices={RULES}
          usual={vote.kind}
          help={RULE_WORDS[String(rule ?? vote.kind)]}
        />
        <ChoiceField label="If only one answers" path={['alone']} choices={ALONE} usual={vote.alone} />
        <NumberField label="Budget" path={['budgetUsdPerDay']} unit="USD a day" />
      </div>
      <ToldFields kind="model-vote" />
    </FormSection>
  );
}

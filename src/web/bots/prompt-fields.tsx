import { useId } from 'react';
import { PROMPT_VARIABLES, type Prompt, promptNameOf } from '#core/prompts.ts';
import { FieldFrame } from './fields.tsx';
import { useForm, useProblems } from './form-context.tsx';
import { isBuiltIn, nextVersion, type PromptKind, promptOf, withPromptText } from './prompt-version.ts';

/** The words that models are asked with. Changed, they are the next version. */
export function PromptFields({ kind }: { readonly kind: PromptKind }) {
  const { document, running } = useForm();
  const id = useId();
  const prompt = promptOf(document, kind);
  const isChanged = document.prompt !== running.prompt;
  const own = useProblems(['prompt'], { alone: true });
  const naming = [...own, ...useProblems(['prompt', 'name']), ...useProblems(['prompt', 'version'])];
  const origin = isBuiltIn(prompt) ? 'Comes with Autotrader' : isChanged ? 'New in this draft' : 'Of the bot file';
  return (
    <section className="prompt" aria-labelledby={id}>
      <div className="spread">
        <h3 id={id}>
          Prompt <b>{promptNameOf(prompt)}</b>
        </h3>
        <span className="help">
          {origin}. Other words become {promptNameOf(nextVersion(running, kind))}.
        </span>
      </div>
      {naming.map(({ message }, k) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same may be told twice, of two reasons.
        <p key={k} className="help wrong">
          {message}
        </p>
      ))}
      <PromptText kind={kind} part="system" label="Role, and how to answer" prompt={prompt} />
      <PromptText kind={kind} part="user" label="Question" prompt={prompt} />
      <details>
        <summary>Variables: what stands in braces is filled in when it is asked</summary>
        <dl className="variables">
          {Object.entries(PROMPT_VARIABLES).map(([name, meaning]) => (
            <div key={name}>
              <dt>{`{{${name}}}`}</dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}

interface PromptTextProps {
  readonly kind: PromptKind;
  readonly part: 'system' | 'user';
  readonly label: string;
  readonly prompt: Prompt;
}

function PromptText({ kind, part, label, prompt }: PromptTextProps) {
  const { document, running, change } = useForm();
  const problems = useProblems(['prompt', part]);
  return (
    <FieldFrame label={label} problems={problems}>
      {(tied) => (
        <textarea
          {...tied}
          rows={part === 'system' ? 5 : 7}
          spellCheck={false}
          value={prompt[part]}
          onChange={({ target }) => change(withPromptText(document, running, kind, { [part]: target.value }))}
        />
      )}
    </FieldFrame>
  );
}

import { Copy } from 'lucide-react';
import { useState } from 'react';
import type { BotConfig, PreviewQuestion } from '#contract/bot-preview.ts';
import { figure } from '../format.ts';
import { Panel } from '../ui/panel.tsx';
import { isOfEarlierDraft, LookAgain } from './look-again.tsx';
import { MadeOf } from './made-of.tsx';
import type { Preview } from './use-preview.ts';

const EARLIER = 'of an earlier draft';

/** What the bot does, made from its file by fixed words. */
export function WordsPanel({ preview }: { readonly preview: Preview }) {
  const { told } = preview;
  return (
    <Panel title="In plain words" className="words" meta={isOfEarlierDraft(preview) && EARLIER}>
      <p className="plain">
        {told === null && 'They come with the first check of the draft.'}
        {told?.words.map((sentence, k) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a sentence is its place.
          <span key={k}>
            {sentence.map(({ text, isFact }, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place.
              <span key={n} className={isFact ? 'fact' : ''}>
                {text}
              </span>
            ))}{' '}
          </span>
        ))}
      </p>
    </Panel>
  );
}

function costText(costUsd: number | null): string {
  if (costUsd === null) return 'not known';
  return costUsd === 0 ? 'free' : `$${figure(costUsd, 4)}`;
}

interface QuestionPanelProps {
  readonly question: PreviewQuestion;
  readonly preview: Preview;
}

/** What models are asked: how much it is, what it costs, and the words as they are sent. */
export function QuestionPanel({ question, preview }: QuestionPanelProps) {
  const { models, promptName, system, user, textTokens } = question;
  return (
    <Panel
      title="A question"
      className="question"
      meta={isOfEarlierDraft(preview) ? EARLIER : promptName}
      right={<LookAgain preview={preview} />}
    >
      <table className="data">
        <caption className="sr">
          What a question is to each model; tokens are estimated, costs are of an answer of usual length
        </caption>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col" className="number">
              Tokens, about
            </th>
            <th scope="col" className="number">
              Cost
            </th>
          </tr>
        </thead>
        <tbody>
          {models.map(({ model, promptTokens, costUsd }) => (
            <tr key={model}>
              <th scope="row" className="model" title={model}>
                {model}
              </th>
              <td className="number">{figure(promptTokens, 0)}</td>
              <td className="number">{costText(costUsd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <details className="sent">
        <summary>The words as they are sent, about {figure(textTokens, 0)} tokens</summary>
        <h3>System</h3>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by the keyboard. */}
        <pre tabIndex={0}>{system}</pre>
        <h3>User</h3>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by the keyboard. */}
        <pre tabIndex={0}>{user}</pre>
      </details>
      <MadeOf market={preview.told?.market ?? null} />
      <p className="help pad">As it is asked with no position open. This page asks no model.</p>
    </Panel>
  );
}

const OWN_BOT = 'It runs as a bot of its own, on a paper account of its own, beside the one that it was drafted from.';
const SAME_BOT = 'Unchanged it is the same bot, which goes on where it was.';

interface RunPanelProps {
  readonly config: BotConfig;
  readonly isChanged: boolean;
  readonly fileName: string;
}

/** How a draft becomes a bot. */
export function RunPanel({ config, isChanged, fileName }: RunPanelProps) {
  const [isCopied, setCopied] = useState(false);
  const command = `${config.startCommand} --bot ${fileName}`;
  const copy = () => void navigator.clipboard?.writeText(command).then(() => setCopied(true));
  return (
    <Panel title="Running the draft" className="run">
      <div className="plain">
        <p>
          Nobody signs in here yet, so this page does not change a bot that runs. Download the file into the folder of
          Autotrader, stop Autotrader where it runs (Ctrl-C), and start it with
        </p>
        <code>{command}</code>
        <button type="button" className="btn sm" onClick={copy}>
          <Copy aria-hidden="true" /> {isCopied ? 'Copied' : 'Copy the command'}
        </button>
        <p>{config.why ?? (isChanged ? OWN_BOT : SAME_BOT)}</p>
      </div>
    </Panel>
  );
}

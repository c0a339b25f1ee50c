import { useState } from 'react';
import type { Bot } from '#contract/api.ts';
import type { BotConfig, FileProblem } from '#contract/bot-preview.ts';
import { Segments } from '../ui/segments.tsx';
import { BasicsSection } from './basics-section.tsx';
import { type BotDocument, changesBetween, readDocument, textOfDocument } from './bot-document.ts';
import { ChartSection } from './chart-section.tsx';
import { FileSection } from './file-section.tsx';
import { FormContext } from './form-context.tsx';
import { kindOf } from './kinds.ts';
import { VisionModelSection, VoteSection } from './models-section.tsx';
import { PicturePanel } from './picture-panel.tsx';
import { RiskSection } from './risk-section.tsx';
import { RulesSection } from './rules-section.tsx';
import { SaveBar } from './save-bar.tsx';
import { QuestionPanel, RunPanel, WordsPanel } from './side-panels.tsx';
import { useDraft } from './use-draft.ts';
import { type Preview, usePreview } from './use-preview.ts';

interface BotFormProps {
  readonly bot: Bot;
  readonly config: BotConfig;
}

/** "Chart reader" is kept as chart-reader.json. */
function fileNameOf(document: BotDocument | undefined): string {
  const name = String(document?.name ?? 'bot')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${name || 'bot'}.json`;
}

function download(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}

/** The section of a kind: what it is shown, and who is asked. */
function KindSections({ document, preview }: { readonly document: BotDocument; readonly preview: Preview }) {
  const kind = kindOf(document);
  if (kind === 'indicator-rules') return <RulesSection preview={preview} />;
  if (kind === 'model-vote') return <VoteSection question={preview.told?.question ?? null} />;
  return (
    <>
      <ChartSection />
      <PicturePanel preview={preview} />
      <VisionModelSection />
    </>
  );
}

interface FieldsProps {
  readonly bot: Bot;
  readonly document: BotDocument;
  readonly running: BotDocument;
  readonly onChange: (document: BotDocument) => void;
  readonly problems: readonly FileProblem[];
  readonly preview: Preview;
}

function Fields({ bot, document, running, onChange, problems, preview }: FieldsProps) {
  return (
    <FormContext value={{ document, running, change: onChange, problems }}>
      <BasicsSection bot={bot} />
      <KindSections document={document} preview={preview} />
      <RiskSection />
    </FormContext>
  );
}

/** A bot's file as fields, with what the bot would be told and do beside them. It changes a draft, never the bot. */
export function BotForm({ bot, config }: BotFormProps) {
  const draft = useDraft(config.botId, config.file);
  const [chosenSymbol, setSymbol] = useState<string>();
  const document = readDocument(draft.text);
  const running = readDocument(config.file) ?? {};
  const symbols = Array.isArray(document?.symbols) ? [...new Set(document.symbols.map(String))] : [];
  const symbol = symbols.find((one) => one === chosenSymbol);
  const preview = usePreview(config.botId, draft.text, symbol);
  const { problems, told } = preview;
  const changes = document === undefined ? 1 : changesBetween(running, document);
  const fileName = fileNameOf(document);
  const change = (changed: BotDocument) =>
    draft.edit(changesBetween(running, changed) === 0 ? config.file : textOfDocument(changed));
  return (
    <div className="bot-form">
      <div className="form-column">
        {draft.isOld && (
          <p className="panel notice">
            The bot runs with another file now than the one that this draft was begun from. Discard the draft to begin
            with the new one.
          </p>
        )}
        {document ? (
          <Fields {...{ bot, document, running, problems, preview }} onChange={change} />
        ) : (
          <p className="panel notice">The file is no JSON: its fields come back once the text below is mended.</p>
        )}
        <FileSection text={draft.text} onEdit={draft.edit} problems={problems} />
        <SaveBar
          changes={changes}
          problems={problems.length}
          isChecked={preview.isChecked}
          isAway={preview.failure !== null}
          isKept={draft.isKept}
          onDiscard={draft.discard}
          onUndo={draft.undo}
          onDownload={() => download(draft.text, fileName)}
        />
      </div>
      <aside className="form-side" aria-label="What the draft does">
        {symbols.length > 1 && (
          <div className="panel previewed">
            <span>Shown for</span>
            <Segments label="Symbol" choices={symbols} chosen={symbol ?? symbols[0]!} onChoose={setSymbol} />
          </div>
        )}
        <WordsPanel preview={preview} />
        {told?.question && <QuestionPanel question={told.question} preview={preview} />}
        {told?.question === null && kindOf(document ?? {}) === 'model-vote' && (
          <p className="panel notice plain">{told.why}</p>
        )}
        <RunPanel config={config} isChanged={draft.text !== config.file} fileName={fileName} />
      </aside>
    </div>
  );
}

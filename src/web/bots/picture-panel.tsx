import { Dialog } from '@base-ui/react/dialog';
import { TriangleAlert, X } from 'lucide-react';
import { useState } from 'react';
import type { PreviewImage, PreviewMarket } from '#contract/bot-preview.ts';
import { ApiError, RETRY_AFTER_MS } from '../api.ts';
import { useDisplay } from '../display.ts';
import { figure } from '../format.ts';
import { formatIso, formatWhen, zoneName } from '../time-format.ts';
import { SimulatedChip } from '../ui/chips.tsx';
import { Panel } from '../ui/panel.tsx';
import { useMarketTime } from '../use-market-time.ts';
import { LookAgain } from './look-again.tsx';
import { MadeOf } from './made-of.tsx';
import type { Preview } from './use-preview.ts';

const HASH_SHOWN = 12;

function sizeText(bytes: number): string {
  return `${figure(bytes / 1_000, 1)} kB`;
}

interface PngProps {
  readonly image: PreviewImage;
  readonly title: string;
  readonly times: number;
}

/** Where the picture is wider than its place, the newest candles are what one looks for. */
function showNewest(box: Element | null): void {
  if (box) box.scrollLeft = box.scrollWidth;
}

function Png({ image: { png, width, height }, title, times }: PngProps) {
  return (
    // biome-ignore lint/performance/noImgElement: these very bytes are to be shown.
    <img
      className="png"
      src={`data:image/png;base64,${png}`}
      width={times * width}
      height={times * height}
      alt={title}
      onLoad={({ currentTarget }) => showNewest(currentTarget.closest('.scroller'))}
    />
  );
}

/** The picture at 1x; a click shows it at 2x. */
function Picture({ image, market }: { readonly image: PreviewImage; readonly market: PreviewMarket }) {
  const [isZoomed, setZoomed] = useState(false);
  const title = `${market.symbol} ${image.timeframe}, ${image.candles} candles, as the model sees it`;
  return (
    <figure className="picture">
      <Dialog.Root open={isZoomed} onOpenChange={setZoomed}>
        <div className="scroller at-1x">
          <Dialog.Trigger className="zoom" title="Show it at twice the size">
            <Png image={image} title={title} times={1} />
          </Dialog.Trigger>
        </div>
        <Dialog.Portal>
          <Dialog.Backdrop className="scrim" />
          <Dialog.Popup className="zoomed">
            <div className="spread">
              <Dialog.Title>{title}, at 2×</Dialog.Title>
              <Dialog.Close className="btn ghost icon" aria-label="Close">
                <X aria-hidden="true" />
              </Dialog.Close>
            </div>
            <div className="scroller">
              <Png image={image} title={title} times={2} />
            </div>
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
      <figcaption>
        <b>
          {market.symbol} {image.timeframe}
        </b>
        <span>
          {image.width} × {image.height} px
        </span>
        <span>{image.candles} candles</span>
        <span>{sizeText(image.bytes)}</span>
        <span>about {figure(image.tokens, 0)} tokens</span>
        <span title={image.sha256}>SHA-256 {image.sha256.slice(0, HASH_SHOWN)}</span>
      </figcaption>
    </figure>
  );
}

/** Why what is shown is not of the draft as it stands. */
function Waiting({ preview }: { readonly preview: Preview }) {
  const { failure, problems, isUnderway, isCurrent } = preview;
  if (failure) {
    const code = failure instanceof ApiError ? failure.code : failure.name;
    return (
      <p className="notice" role="alert">
        <TriangleAlert aria-hidden="true" />
        <span>
          {failure.message} ({code}) What is shown is of an earlier draft. Asking again every {RETRY_AFTER_MS / 1_000}{' '}
          s; the draft is kept in this browser.
        </span>
      </p>
    );
  }
  if (!isUnderway && !isCurrent && problems.length > 0) {
    return (
      <p className="notice">
        <TriangleAlert aria-hidden="true" />
        <span>The draft has to be mended first. What is shown is of the last one without problems.</span>
      </p>
    );
  }
  return null;
}

/** The pictures that the model would be shown now: the very bytes. */
export function PicturePanel({ preview }: { readonly preview: Preview }) {
  const { told, isUnderway, isCurrent } = preview;
  const { zone } = useDisplay();
  const now = useMarketTime();
  const market = told?.market ?? null;
  const images = told?.question?.images ?? [];
  const meta = market && (
    <time dateTime={formatIso(market.at)}>
      up to {formatWhen(market.at, now ?? market.at, zone)} {zoneName(market.at, zone)}
    </time>
  );
  return (
    <Panel
      title="What the model sees"
      className="picture-panel"
      meta={meta}
      right={
        <>
          {market?.simulated && <SimulatedChip />}
          <LookAgain preview={preview} />
        </>
      }
    >
      <Waiting preview={preview} />
      {told?.why && <p className="notice plain">{told.why}</p>}
      <MadeOf market={market} />
      <div className={isCurrent ? 'pictures' : 'pictures old'} aria-busy={isUnderway}>
        {market && images.map((image) => <Picture key={image.timeframe} image={image} market={market} />)}
        {told === null && !preview.failure && <p className="notice plain">The first picture is being drawn.</p>}
      </div>
    </Panel>
  );
}

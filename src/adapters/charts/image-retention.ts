/** How long pictures are kept. Their hashes stay in the rows of the store for good. */
export interface ImageRetention {
  readonly days: number;
  /** Of all of them together. */
  readonly bytes: number;
}

/** What is known of a picture that is kept. */
export interface KeptImage {
  readonly sha256: string;
  readonly bytes: number;
  /** When it was last asked to be kept, UTC ms. */
  readonly keptAt: number;
}

const DAY_MS = 86_400_000;

/** Which pictures have to go: those that are too old, and then the oldest until the others have room. The newest stays. */
export function imagesToRemove(
  images: readonly KeptImage[],
  { days, bytes }: ImageRetention,
  now: number,
): readonly KeptImage[] {
  const newestFirst = images.toSorted((a, b) => b.keptAt - a.keptAt || (a.sha256 < b.sha256 ? -1 : 1));
  let used = 0;
  let isFull = false;
  return newestFirst.filter((image, k) => {
    used += image.bytes;
    // What is older than one that had no room goes too: otherwise small old ones would outlive larger new ones.
    isFull ||= used > bytes;
    return k > 0 && (isFull || now - image.keptAt > days * DAY_MS);
  });
}

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, realpath, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChartImage } from '#ports/charts.ts';
import type { WallClock } from '#ports/clock.ts';
import { type ImageRetention, imagesToRemove, type KeptImage } from './image-retention.ts';

const FOLDER = 'charts';
const SHA256 = /^[\da-f]{64}$/;
const NAME = /^([\da-f]{64})\.png$/;
/** What was not written to its end. */
const DRAFT = /^[\da-f]{64}\.png\.[\da-f-]{36}$/;
const OLD_DRAFT_MS = 3_600_000;
const PNG_START = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export interface ImageStoreOptions {
  readonly dataDir: string;
  readonly retention: ImageRetention;
  readonly clock: Pick<WallClock, 'wall'>;
}

/** The pictures that models were shown, as files named by their hash. Old ones go; a hash in the store's rows stays. */
export class ImageStore {
  /** Where the files are. */
  readonly folder: string;
  private readonly options: ImageStoreOptions;
  private readonly kept: Map<string, KeptImage>;

  private constructor(folder: string, options: ImageStoreOptions, kept: Map<string, KeptImage>) {
    this.folder = folder;
    this.options = options;
    this.kept = kept;
  }

  /** Makes the folder where it is missing. @throws Error when it is a link to somewhere else. */
  static async open(options: ImageStoreOptions): Promise<ImageStore> {
    const folder = join(options.dataDir, FOLDER);
    await mkdir(folder, { recursive: true });
    const home = join(await realpath(options.dataDir), FOLDER);
    if ((await realpath(folder)) !== home)
      throw new Error(`Cannot keep pictures in "${folder}" as it must be a folder of its own: it is a link; remove it`);
    const images = new ImageStore(home, options, await keptIn(home, options.clock.wall()));
    await images.prune();
    return images;
  }

  /**
   * Keeps a picture, or keeps it for longer, and lets those go that there is no room for.
   * @throws RangeError for bytes that are no PNG or have another hash.
   */
  async keep({ png, sha256 }: ChartImage): Promise<void> {
    const path = this.pathOf(sha256);
    if (!PNG_START.equals(png.subarray(0, PNG_START.length)))
      throw new RangeError(`Cannot keep the picture ${sha256} as it must be a PNG: it begins with other bytes`);
    if (createHash('sha256').update(png).digest('hex') !== sha256)
      throw new RangeError(`Cannot keep the picture ${sha256} as that must be the hash of its bytes: it is not`);
    const keptAt = this.options.clock.wall();
    await writeWhole(path, png, keptAt);
    this.kept.set(sha256, { sha256, bytes: png.length, keptAt });
    await this.prune();
  }

  /** Where a picture would lie. @throws RangeError for what is no hash. */
  private pathOf(sha256: string): string {
    if (!SHA256.test(sha256))
      throw new RangeError(
        `Cannot name a picture ${JSON.stringify(sha256)} as it must be a SHA-256 in lower-case hex: it is not`,
      );
    return join(this.folder, `${sha256}.png`);
  }

  private async prune(): Promise<void> {
    const { retention, clock } = this.options;
    for (const { sha256 } of imagesToRemove([...this.kept.values()], retention, clock.wall())) {
      this.kept.delete(sha256);
      await rm(this.pathOf(sha256), { force: true });
    }
  }
}

/** What another process has kept or removed since is seen the next time that a store is opened. */
async function keptIn(folder: string, now: number): Promise<Map<string, KeptImage>> {
  const kept = new Map<string, KeptImage>();
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const found = entry.isFile() ? await stat(path).catch(() => undefined) : undefined;
    if (found === undefined) continue;
    const [, sha256] = NAME.exec(entry.name) ?? [];
    if (sha256 !== undefined) kept.set(sha256, { sha256, bytes: found.size, keptAt: found.mtimeMs });
    else if (DRAFT.test(entry.name) && now - found.mtimeMs > OLD_DRAFT_MS) await rm(path, { force: true });
  }
  return kept;
}

/** A file is there whole or not at all, and takes the place of a link instead of following it. */
async function writeWhole(path: string, bytes: Uint8Array, writtenAt: number): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  try {
    const file = await open(draft, 'wx');
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
    await utimes(draft, writtenAt / 1000, writtenAt / 1000);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Nothing was built as another build is underway: that of another engine, or one whose engine was killed. */
export class BuildUnderway extends Error {
  override readonly name = 'BuildUnderway';
}

/** A build that one process at a time makes, for all of them. */
export interface SharedBuild {
  /** Whether what is to be built is there. */
  readonly isThere: () => Promise<boolean>;
  /** @throws BuildUnderway where another one is. */
  readonly build: () => Promise<void>;
  /** Waits a while for another build. */
  readonly pause: () => Promise<void>;
}

/**
 * Builds what is not there, or waits until another build has made it; one that ends without is followed by one of ours.
 * @param mostPauses How long a build may be in the way, in pauses.
 * @throws BuildUnderway after so many; what `build` throws
 */
export async function awaitedBuild({ isThere, build, pause }: SharedBuild, mostPauses: number): Promise<void> {
  for (let pauses = 0; !(await isThere()); pauses++) {
    try {
      return await build();
    } catch (error) {
      if (!(error instanceof BuildUnderway) || pauses === mostPauses) throw error;
    }
    await pause();
  }
}

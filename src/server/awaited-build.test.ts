import { expect, test } from 'vitest';
import { awaitedBuild, BuildUnderway } from './awaited-build.ts';

const PAUSES = 5;

test.each([
  { name: 'what is there is not built', thereAfter: 0, freeAfter: 0, did: [] },
  { name: 'what is not there is built', thereAfter: 9, freeAfter: 0, did: ['build'] },
  { name: 'what another build makes is waited for', thereAfter: 2, freeAfter: 9, did: ['pause', 'pause'] },
  {
    name: 'a build that was killed is followed by another',
    thereAfter: 9,
    freeAfter: 2,
    did: ['pause', 'pause', 'build'],
  },
])('$name', async ({ thereAfter, freeAfter, did }) => {
  const done: string[] = [];
  const build = async () => {
    if (done.length < freeAfter) throw new BuildUnderway('busy');
    done.push('build');
  };
  await awaitedBuild(
    { isThere: async () => done.length >= thereAfter, build, pause: async () => void done.push('pause') },
    PAUSES,
  );
  expect(done).toEqual(did);
});

test.each([
  { name: 'one that never ends', error: new BuildUnderway('busy'), pauses: PAUSES },
  { name: 'a failure', error: new Error('broken'), pauses: 0 },
])('$name is told', async ({ error, pauses }) => {
  let paused = 0;
  const pause = async () => void paused++;
  const build = () => Promise.reject(error);
  await expect(awaitedBuild({ isThere: async () => false, build, pause }, PAUSES)).rejects.toBe(error);
  expect(paused).toBe(pauses);
});

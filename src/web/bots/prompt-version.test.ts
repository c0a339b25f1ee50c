import { expect, test } from 'vitest';
import { DEFAULT_PROMPTS } from '#core/built-in-prompts.ts';
import { promptOf, withPromptText } from './prompt-version.ts';

const BUILT_IN = DEFAULT_PROMPTS['chart-vision'];
const MINE = { name: 'my-chart-vision', version: 1 };
const OWN = { name: 'mine', version: 4, system: 's', user: 'u' };

test.each([
  { name: 'left out', running: { kind: 'chart-vision' }, before: BUILT_IN, after: MINE },
  { name: 'named', running: { kind: 'chart-vision', prompt: 'chart-vision/2' }, before: BUILT_IN, after: MINE },
  {
    name: 'written out',
    running: { kind: 'chart-vision', prompt: OWN },
    before: OWN,
    after: { name: 'mine', version: 5 },
  },
])('a prompt that is $name is read, changed into the next version, and back', ({ running, before, after }) => {
  expect(promptOf(running, 'chart-vision')).toEqual(before);
  const changed = withPromptText(running, running, 'chart-vision', { user: 'other words' });
  expect(changed.prompt).toEqual({ ...before, ...after, user: 'other words' });
  const twice = withPromptText(changed, running, 'chart-vision', { system: 'more' });
  expect(twice.prompt).toEqual({ ...before, ...after, user: 'other words', system: 'more' });
  const { system, user } = before;
  expect(withPromptText(twice, running, 'chart-vision', { system, user })).toEqual(running);
});

test('words for another kind of bot are a version of its own prompt', () => {
  const running = { kind: 'chart-vision', prompt: OWN };
  const draft = { kind: 'model-vote' };
  const changed = withPromptText(draft, running, 'model-vote', { user: 'other words' });
  expect(changed.prompt).toMatchObject({ name: 'my-model-vote', version: 1, user: 'other words' });
  const { user } = DEFAULT_PROMPTS['model-vote'];
  expect(withPromptText(changed, running, 'model-vote', { user })).toEqual(draft);
});

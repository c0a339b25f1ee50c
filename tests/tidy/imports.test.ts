import { expect, test } from 'vitest';
import { cyclesIn, importsOf, withoutComments } from './imports.ts';

const value = (specifier: string) => ({ specifier, isTypeOnly: false });
const type = (specifier: string) => ({ specifier, isTypeOnly: true });

test.each([
  { name: 'one name', source: `import { a } from './a.ts';`, imports: [value('./a.ts')] },
  { name: 'a default and names', source: `import a, { b } from "x"`, imports: [value('x')] },
  { name: 'all of it', source: `import * as a from 'x';`, imports: [value('x')] },
  { name: 'over several lines', source: `import {\n  a,\n  b as c,\n} from\n  './a.ts';`, imports: [value('./a.ts')] },
  { name: 'for what it does', source: `import './a.css';`, imports: [value('./a.css')] },
  {
    name: 'passed on',
    source: `export { a } from './a.ts';\nexport * from './b.ts';`,
    imports: [value('./a.ts'), value('./b.ts')],
  },
  { name: 'dynamic', source: `const a = await import('./a.ts');`, imports: [value('./a.ts')] },
  { name: 'dynamic, over several lines', source: `import(\n  './a.ts'\n)`, imports: [value('./a.ts')] },
  { name: 'dynamic, in backticks', source: 'import(`./a.ts`)', imports: [value('./a.ts')] },
  { name: 'required', source: `require('./a.ts')`, imports: [value('./a.ts')] },
  {
    name: 'types',
    source: `import type { A } from './a.ts';\nexport type { B } from './b.ts';`,
    imports: [type('./a.ts'), type('./b.ts')],
  },
  { name: 'names that are all types', source: `import { type A, type B } from './a.ts';`, imports: [type('./a.ts')] },
  { name: 'a type among values', source: `import { type A, b } from './a.ts';`, imports: [value('./a.ts')] },
  { name: 'the type of a module', source: `type A = typeof import('./a.ts');`, imports: [type('./a.ts')] },
  { name: 'none in a comment', source: `// import './a.ts';\n/* import { b } from './b.ts' */`, imports: [] },
  { name: 'none in what is no import', source: `export const from = 1;\nconst text = "x";`, imports: [] },
])('finds imports: $name', ({ source, imports }) => {
  expect(importsOf(source)).toEqual(imports);
});

test.each([
  { source: `a; // b`, expected: 'a; ' },
  { source: `a /* b\nc */ d`, expected: 'a \n d' },
  { source: `const url = 'https://x'; b`, expected: `const url = 'https://x'; b` },
  { source: 'const t = `/* b */`;', expected: 'const t = `/* b */`;' },
  { source: `'it\\'s'; // b`, expected: `'it\\'s'; ` },
])('takes the comments out of $source', ({ source, expected }) => {
  expect(withoutComments(source)).toBe(expected);
});

test.each([
  { name: 'none', graph: { a: ['b', 'c'], b: ['c'], c: [] }, cycles: [] },
  { name: 'itself', graph: { a: ['a'] }, cycles: ['a > a'] },
  { name: 'two', graph: { a: ['b'], b: ['a'] }, cycles: ['a > b > a'] },
  {
    name: 'not from where it is entered',
    graph: { a: ['b'], b: ['c'], c: ['d'], d: ['b'] },
    cycles: ['b > c > d > b'],
  },
  { name: 'two that meet', graph: { a: ['b', 'c'], b: ['a'], c: ['a'] }, cycles: ['a > b > a', 'a > c > a'] },
])('finds cycles: $name', ({ graph, cycles }) => {
  expect(cyclesIn(new Map(Object.entries(graph)))).toEqual(cycles);
});

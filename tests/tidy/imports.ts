/** One module that another one names, as it is written. */
export interface Import {
  readonly specifier: string;
  /** Whether it is gone when the types are: nothing is loaded for it. */
  readonly isTypeOnly: boolean;
}

const TEXT_OR_COMMENT = /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;

/** A source without its comments: what they speak of is not done. Line breaks and texts stay. */
export function withoutComments(source: string): string {
  return source.replace(TEXT_OR_COMMENT, (comment, text: string | undefined) => text ?? comment.replace(/[^\n]/g, ''));
}

/** What an `import` or `export` takes from a module: `{ a, type B }`, `* as c`, `d, { e }`. */
const CLAUSE = String.raw`(?:[\w$*{},\s]|\bas\b)*?`;
const STATIC = new RegExp(String.raw`\b(?:import|export)\s+(type\s+)?(${CLAUSE})\s*\bfrom\s*['"]([^'"\n]+)['"]`, 'g');
const BARE = /\bimport\s*['"]([^'"\n]+)['"]/g;
/** `import('...')`, and `typeof import('...')` and `import('...').Name`, which are types. */
const CALL = /(\btypeof\s+)?\bimport\s*\(\s*['"`]([^'"`\n]+)['"`]/g;
const REQUIRE = /\brequire\s*\(\s*['"`]([^'"`\n]+)['"`]/g;

/** Every module that a source names, dynamic imports too. One that is made up at run time cannot be seen. */
export function importsOf(source: string): readonly Import[] {
  const code = withoutComments(source);
  return [
    ...code.matchAll(STATIC).map(([, type, clause = '', specifier = '']) => ({
      specifier,
      isTypeOnly: type !== undefined || takesTypesOnly(clause),
    })),
    ...code.matchAll(BARE).map(([, specifier = '']) => ({ specifier, isTypeOnly: false })),
    ...code.matchAll(CALL).map(([, type, specifier = '']) => ({ specifier, isTypeOnly: type !== undefined })),
    ...code.matchAll(REQUIRE).map(([, specifier = '']) => ({ specifier, isTypeOnly: false })),
  ];
}

/** Whether `{ type A, type B }` is all there is. */
function takesTypesOnly(clause: string): boolean {
  const names = /^\s*\{([^}]*)\}\s*$/.exec(clause)?.[1]?.split(',') ?? [];
  const given = names.map((name) => name.trim()).filter((name) => name !== '');
  return given.length > 0 && given.every((name) => name.startsWith('type '));
}

/** The ways round, each once, as `a > b > a`. @param graph What each file imports. */
export function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) cycles.push([...path.slice(at), file].join(' > '));
    if (at >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}

/**
 * What a strict schema breaks of its rules, as OpenAI says it: every object lists all its properties as required and allows
 * no others. undefined when it keeps them.
 */
export function strictProblem(name: string, schema: unknown): string | undefined {
  const problem = problemIn(schema, []);
  return problem && `Invalid schema for response_format '${name}': ${problem}`;
}

function problemIn(schema: unknown, path: readonly string[]): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  if (Array.isArray(schema))
    return firstProblem(
      schema.map((one, k) => [String(k), one]),
      path,
    );
  const own =
    'properties' in schema || ('type' in schema && schema.type === 'object') ? objectProblem(schema) : undefined;
  if (own !== undefined) return `In context=(${path.map((step) => `'${step}'`).join(', ')}), ${own}`;
  return firstProblem(Object.entries(schema), path);
}

/** The names of properties are anyone's: only what stands under them are schemas. */
function propertiesProblem(properties: unknown, path: readonly string[]): string | undefined {
  return firstProblem(Object.entries(Object(properties)), path);
}

function firstProblem(entries: readonly (readonly [string, unknown])[], path: readonly string[]): string | undefined {
  for (const [step, schema] of entries) {
    const inner = [...path, step];
    const problem = step === 'properties' ? propertiesProblem(schema, inner) : problemIn(schema, inner);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function objectProblem(schema: object): string | undefined {
  if (!('additionalProperties' in schema) || schema.additionalProperties !== false) {
    return "'additionalProperties' is required to be supplied and to be false.";
  }
  const names = 'properties' in schema ? Object.keys(Object(schema.properties)) : [];
  const required: readonly unknown[] = 'required' in schema && Array.isArray(schema.required) ? schema.required : [];
  const missing = names.find((name) => !required.includes(name));
  if (missing === undefined) return undefined;
  return `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
}

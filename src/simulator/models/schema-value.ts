const DEEPEST = 32;

type Schema = Readonly<Record<string, unknown>>;

/**
 * A value that keeps a JSON schema, always the same one: the first choice of each, "hold" where it is one, numbers in the
 * middle of their range. Knows what structured outputs allow: types, enum, const, anyOf, $ref, ranges and lengths.
 */
export function valueFor(schema: unknown): unknown {
  return new SchemaReader(asSchema(schema)).value(asSchema(schema), 0);
}

class SchemaReader {
  private readonly root: Schema;

  constructor(root: Schema) {
    this.root = root;
  }

  value(schema: Schema, depth: number): unknown {
    if (depth > DEEPEST) return null;
    if (typeof schema.$ref === 'string') return this.value(this.referred(schema.$ref), depth + 1);
    if ('const' in schema) return schema.const;
    if (Array.isArray(schema.enum)) return firstChoice(schema.enum);
    const choices = schema.anyOf ?? schema.oneOf;
    if (Array.isArray(choices)) return this.value(asSchema(choices[0]), depth + 1);
    if (Array.isArray(schema.allOf)) {
      return this.value(Object.assign({}, schema, { allOf: undefined }, ...schema.allOf), depth + 1);
    }
    return this.typed(schema, depth);
  }

  private typed(schema: Schema, depth: number): unknown {
    switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
      case 'string':
        return 'simulated'.padEnd(numberOf(schema.minLength, 0), '.').slice(0, numberOf(schema.maxLength, 1000));
      case 'number':
        return middle(schema);
      case 'integer':
        return Math.ceil(middle(schema));
      case 'boolean':
        return false;
      case 'null':
        return null;
      case 'array':
        return Array.from({ length: numberOf(schema.minItems, 0) }, () =>
          this.value(asSchema(schema.items), depth + 1),
        );
      default:
        return Object.fromEntries(
          Object.entries(asSchema(schema.properties)).map(([name, of]) => [name, this.value(asSchema(of), depth + 1)]),
        );
    }
  }

  private referred(path: string): Schema {
    let at: unknown = this.root;
    for (const step of path.replace(/^#\/?/, '').split('/').filter(Boolean)) at = asSchema(at)[step];
    return asSchema(at);
  }
}

function firstChoice(choices: readonly unknown[]): unknown {
  return choices.find((choice) => String(choice).toLowerCase() === 'hold') ?? choices[0];
}

function middle(schema: Schema): number {
  const least = numberOf(schema.minimum ?? schema.exclusiveMinimum, 0);
  return (least + numberOf(schema.maximum ?? schema.exclusiveMaximum, least + 1)) / 2;
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? (value as Schema) : {};
}

/**
 * The compact notation of `types/*.ts`, one type a paragraph:
 *
 *     Name: field type, field! type, …      `!` a required field
 *     Name%: …                              server-side apply takes the object as one value
 *
 * Types: `string int bool time microtime quantity intOrString bytes json`, `[list]`, `{map}`, or a type's
 * name. After a type: `@a+b` merges list items by these keys, `=` merges a list as a set, `~` a strategic
 * patch drops the keys it does not name, `%` one value, `="TCP"` a default that counts within a key.
 */
export type Scalar =
  'string' | 'int' | 'bool' | 'time' | 'microtime' | 'quantity' | 'intOrString' | 'bytes' | 'json';

export interface StructSchema {
  type: 'struct';
  name: string;
  atomic: boolean;
  fields: Map<string, Field>;
}

export interface ListSchema {
  type: 'list';
  items: Schema;
  /** Keys that identify an item; none: the list is one value, or a set. */
  keys: readonly string[];
  set: boolean;
}

export type Schema =
  | { type: 'scalar'; scalar: Scalar }
  | ListSchema
  | { type: 'map'; values: Schema; atomic: boolean }
  | StructSchema;

export interface Field {
  schema: Schema;
  required: boolean;
  retainKeys: boolean;
  fallback: string | undefined;
}

const SCALARS: ReadonlySet<string> = new Set<Scalar>([
  'string',
  'int',
  'bool',
  'time',
  'microtime',
  'quantity',
  'intOrString',
  'bytes',
  'json',
]);

const FIELD = /^(?<name>[\w$]+)(?<required>!?) (?<type>[\w[\]{}]+)(?<marks>.*)$/u;

/** Types by name, each of them known to all the others. Throws on a line it cannot read. */
export function parseTypes(texts: readonly string[]): Map<string, StructSchema> {
  const types = new Map<string, StructSchema>();
  const pending: [StructSchema, string][] = [];
  for (const text of texts) {
    // A continuation line is indented.
    for (const paragraph of text.trim().split(/\n(?=\S)/u)) {
      const colon = paragraph.indexOf(':');
      const head = paragraph.slice(0, colon);
      const name = head.replace('%', '');
      if (types.has(name)) throw new Error(`type ${name} is declared twice`);
      const struct: StructSchema = { type: 'struct', name, atomic: head.endsWith('%'), fields: new Map() };
      types.set(name, struct);
      pending.push([struct, paragraph.slice(colon + 1)]);
    }
  }
  for (const [struct, body] of pending) {
    for (const part of body.split(',')) {
      const field = part.replace(/\s+/gu, ' ').trim();
      if (field !== '') addField(struct, field, types);
    }
  }
  return types;
}

function addField(struct: StructSchema, text: string, types: ReadonlyMap<string, StructSchema>): void {
  const { name, required, type, marks } = FIELD.exec(text)?.groups ?? {};
  if (name === undefined || type === undefined || marks === undefined) {
    throw new Error(`cannot read "${text}" of ${struct.name}`);
  }
  struct.fields.set(name, {
    schema: parseType(type, marks, types),
    required: required === '!',
    retainKeys: marks.includes('~'),
    fallback: /="(?<value>\w+)"/u.exec(marks)?.groups?.['value'],
  });
}

function parseType(text: string, marks: string, types: ReadonlyMap<string, StructSchema>): Schema {
  if (text.startsWith('[')) {
    const keys = /@(?<keys>[\w+]+)/u.exec(marks)?.groups?.['keys']?.split('+') ?? [];
    return { type: 'list', items: parseType(text.slice(1, -1), '', types), keys, set: marks === '=' };
  }
  if (text.startsWith('{')) {
    return { type: 'map', values: parseType(text.slice(1, -1), '', types), atomic: marks.includes('%') };
  }
  if (SCALARS.has(text)) return { type: 'scalar', scalar: text as Scalar };
  const struct = types.get(text);
  if (struct === undefined) throw new Error(`no type is called ${text}`);
  return struct;
}

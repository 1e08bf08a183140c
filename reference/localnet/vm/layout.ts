import { VmError } from './errors.ts';
import { instantiate, isPrimitive, typeToString } from './type-tag.ts';
import type { DatatypeInfo, FieldInfo, Layout, LayoutField, StructTag, TypeTag } from './types.ts';

/** Finds the definition of a struct or enum by its defining id. */
export type DatatypeLookup = (type: StructTag) => DatatypeInfo | undefined;

/** How deep values may nest, as on Sui. */
const MAX_DEPTH = 128;

/** Builds and remembers the layouts of concrete types. */
export class Layouts {
  readonly #lookup: DatatypeLookup;
  readonly #known = new Map<string, Layout>();
  /** Nesting of each layout built; 1 for vectors of primitives. */
  readonly #depths = new WeakMap<Layout, number>();

  constructor(lookup: DatatypeLookup) {
    this.#lookup = lookup;
  }

  /** Throws VmError: `missing` for an unknown struct, `type_mismatch` for wrong type arguments, `limit` when too deep. */
  of(type: TypeTag): Layout {
    if (isPrimitive(type)) return type;
    const key = typeToString(type);
    let layout = this.#known.get(key);
    if (layout === undefined) {
      layout = type.kind === 'vector' ? { kind: 'vector', of: this.of(type.of) } : this.#struct(type);
      this.#limitDepth(layout);
      this.#known.set(key, layout);
    }
    return layout;
  }

  /** Forgets everything: a package was taken out. */
  clear(): void {
    this.#known.clear();
  }

  #limitDepth(layout: Layout): void {
    const depth = 1 + Math.max(0, ...children(layout).map((child) => this.#depths.get(child) ?? 0));
    if (depth > MAX_DEPTH) throw new VmError('limit', `values of the type nest deeper than ${MAX_DEPTH}`);
    this.#depths.set(layout, depth);
  }

  #struct(type: StructTag): Layout {
    const info = this.#lookup(type);
    if (info === undefined) throw new VmError('missing', `no type ${typeToString(type)}`);
    if (info.typeParameters.length !== type.typeArgs.length) {
      throw new VmError('type_mismatch', `wrong number of type arguments: ${typeToString(type)}`);
    }
    if (info.kind === 'struct') return { kind: 'struct', type, fields: this.#fields(info.fields, type) };
    const variants = info.variants.map(({ name, fields }) => ({ name, fields: this.#fields(fields, type) }));
    return { kind: 'enum', type, variants };
  }

  #fields(fields: readonly FieldInfo[], owner: StructTag): LayoutField[] {
    return fields.map((field) => {
      const type = instantiate(field.type, owner.typeArgs);
      return { name: field.name, type, layout: this.of(type) };
    });
  }
}

function children(layout: Layout): readonly Layout[] {
  if (layout.kind === 'vector') return [layout.of];
  if (layout.kind === 'struct') return layout.fields.map((field) => field.layout);
  if (layout.kind !== 'enum') return [];
  return layout.variants.flatMap((variant) => variant.fields.map((field) => field.layout));
}

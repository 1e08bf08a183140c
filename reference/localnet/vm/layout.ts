import { VmError } from './errors.ts';
import { instantiate, isPrimitive, typeToString } from './type-tag.ts';
import type { DatatypeInfo, FieldInfo, Layout, LayoutField, StructTag, TypeTag } from './types.ts';

/** Finds the definition of a struct or enum by its defining id. */
export type DatatypeLookup = (type: StructTag) => DatatypeInfo | undefined;

/** Builds and remembers the layouts of concrete types. */
export class Layouts {
  readonly #lookup: DatatypeLookup;
  readonly #known = new Map<string, Layout>();

  constructor(lookup: DatatypeLookup) {
    this.#lookup = lookup;
  }

  /** Throws VmError: `missing` for an unknown struct, `type_mismatch` for a wrong number of type arguments. */
  of(type: TypeTag): Layout {
    if (isPrimitive(type)) return type;
    const key = typeToString(type);
    let layout = this.#known.get(key);
    if (layout === undefined) {
      layout = type.kind === 'vector' ? { kind: 'vector', of: this.of(type.of) } : this.#struct(type);
      this.#known.set(key, layout);
    }
    return layout;
  }

  /** Forgets everything: a package was taken out. */
  clear(): void {
    this.#known.clear();
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

import type { GrpcTypes } from '@mysten/sui/grpc';
import { VariantValue } from '../../vm/index.ts';
import type { Layout, LayoutField, PackageStore, TypeTag, Value } from '../../vm/index.ts';
import { STD_ADDRESS, SUI_ADDRESS } from '../../chain/type-tags.ts';

/** A google.protobuf.Value. */
export type JsonValue = NonNullable<GrpcTypes.Object['json']>;

/** BCS of a Move value as JSON, the way a node shows it; undefined when the bytes do not fit the type. */
export function renderMoveJson(
  packages: PackageStore,
  type: TypeTag,
  bytes: Uint8Array,
): JsonValue | undefined {
  try {
    return render(packages.layout(type), packages.deserialize(type, bytes));
  } catch {
    return undefined;
  }
}

function text(value: string): JsonValue {
  return { kind: { oneofKind: 'stringValue', stringValue: value } };
}

function render(layout: Layout, value: Value): JsonValue {
  switch (layout.kind) {
    case 'bool':
      return { kind: { oneofKind: 'boolValue', boolValue: value as boolean } };
    case 'u8':
    case 'u16':
    case 'u32':
      return { kind: { oneofKind: 'numberValue', numberValue: value as number } };
    case 'u64':
    case 'u128':
    case 'u256':
      return text(String(value));
    case 'address':
    case 'signer':
      return text(value as string);
    case 'vector':
      if (layout.of.kind === 'u8') return text(Buffer.from(value as number[]).toString('base64'));
      return {
        kind: {
          oneofKind: 'listValue',
          listValue: { values: (value as Value[]).map((item) => render(layout.of, item)) },
        },
      };
    case 'struct':
      return special(layout, value as Value[]) ?? fields(layout.fields, value as Value[]);
    case 'enum': {
      const variant = value as VariantValue;
      const shape = layout.variants[variant.tag];
      if (shape === undefined) throw new RangeError('unknown variant');
      return fields(shape.fields, variant.fields, shape.name);
    }
  }
}

/** Types that are shown as what they stand for. */
function special(layout: Layout & { kind: 'struct' }, value: Value[]): JsonValue | undefined {
  const { address, module, name } = layout.type;
  const [first] = value;
  const inner = layout.fields[0]?.layout;
  if (address === STD_ADDRESS) {
    if (name === 'String' && (module === 'string' || module === 'ascii'))
      return text(Buffer.from(first as number[]).toString('utf8'));
    if (module === 'option' && name === 'Option' && inner?.kind === 'vector') {
      const [some] = first as Value[];
      return some === undefined ? { kind: { oneofKind: 'nullValue', nullValue: 0 } } : render(inner.of, some);
    }
  }
  if (address === SUI_ADDRESS && inner !== undefined && first !== undefined) {
    if (module === 'object' && (name === 'ID' || name === 'UID')) return render(inner, first);
    if (module === 'balance' && name === 'Balance') return render(inner, first);
    if (module === 'url' && name === 'Url') return render(inner, first);
  }
  return undefined;
}

function fields(shape: readonly LayoutField[], values: readonly Value[], variant?: string): JsonValue {
  const members: Record<string, JsonValue> = variant === undefined ? {} : { '@variant': text(variant) };
  for (const [index, field] of shape.entries())
    members[field.name] = render(field.layout, values[index] as Value);
  return { kind: { oneofKind: 'structValue', structValue: { fields: members } } };
}

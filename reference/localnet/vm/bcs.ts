import { addressFromBytes, addressToBytes } from './address.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { VmError } from './errors.ts';
import type { Layout, LayoutField, PrimitiveKind, Value } from './types.ts';
import { VariantValue } from './types.ts';

interface Codec {
  write(writer: ByteWriter, value: Value): void;
  read(reader: ByteReader): Value;
}

const MAX_ELEMENTS = 1 << 20;

function misfit(kind: string): never {
  throw new VmError('type_mismatch', `value is no ${kind}`);
}

function smallInteger(kind: PrimitiveKind, width: 1 | 2 | 4): Codec {
  const limit = 2 ** (8 * width);
  return {
    write: (writer, value) => {
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= limit) misfit(kind);
      writer.small(value, width);
    },
    read: (reader) => reader.small(width),
  };
}

function bigInteger(kind: PrimitiveKind, width: number): Codec {
  const bits = 8 * width;
  return {
    write: (writer, value) => {
      if (typeof value !== 'bigint' || BigInt.asUintN(bits, value) !== value) misfit(kind);
      writer.big(value, width);
    },
    read: (reader) => reader.big(width),
  };
}

function address(kind: PrimitiveKind): Codec {
  return {
    write: (writer, value) => {
      if (typeof value !== 'string' || value.length !== 66) misfit(kind);
      writer.bytes(addressToBytes(value));
    },
    read: (reader) => addressFromBytes(reader.bytes(32)),
  };
}

const bool: Codec = {
  write: (writer, value) => {
    if (typeof value !== 'boolean') misfit('bool');
    writer.byte(value ? 1 : 0);
  },
  read: (reader) => {
    const byte = reader.byte();
    if (byte > 1) throw new VmError('invalid_bytes', `bool ${byte}`);
    return byte === 1;
  },
};

const PRIMITIVE_CODECS: Readonly<Record<PrimitiveKind, Codec>> = {
  bool,
  u8: smallInteger('u8', 1),
  u16: smallInteger('u16', 2),
  u32: smallInteger('u32', 4),
  u64: bigInteger('u64', 8),
  u128: bigInteger('u128', 16),
  u256: bigInteger('u256', 32),
  address: address('address'),
  signer: address('signer'),
};

/** Most vectors are bytes: skip the per-element calls. */
const byteVector: Codec = {
  write: (writer, value) => {
    if (!Array.isArray(value)) misfit('vector<u8>');
    writer.length(value.length);
    writer.bytes(value as number[]);
  },
  read: (reader) => Array.from(reader.bytes(reader.length())),
};

function vector(element: Codec): Codec {
  return {
    write: (writer, value) => {
      if (!Array.isArray(value)) misfit('vector');
      writer.length(value.length);
      for (const item of value) element.write(writer, item);
    },
    read: (reader) => {
      const count = reader.length();
      // Elements of no size do not exist, so a length above what is left is wrong at once.
      if (count > reader.left || count > MAX_ELEMENTS)
        throw new VmError('invalid_bytes', `vector of ${count}`);
      const items: Value[] = [];
      for (let i = 0; i < count; i += 1) items.push(element.read(reader));
      return items;
    },
  };
}

function struct(name: string, fields: readonly Codec[]): Codec {
  return {
    write: (writer, value) => {
      if (!Array.isArray(value) || value.length !== fields.length) misfit(name);
      for (let i = 0; i < fields.length; i += 1) (fields[i] as Codec).write(writer, value[i] as Value);
    },
    read: (reader) => fields.map((field) => field.read(reader)),
  };
}

function enumeration(name: string, variants: readonly Codec[]): Codec {
  return {
    write: (writer, value) => {
      const variant = value instanceof VariantValue ? variants[value.tag] : undefined;
      if (variant === undefined) misfit(name);
      const { tag, fields } = value as VariantValue;
      writer.length(tag);
      variant.write(writer, fields);
    },
    read: (reader) => {
      const tag = reader.length();
      const variant = variants[tag];
      if (variant === undefined) throw new VmError('invalid_bytes', `variant ${tag} of ${name}`);
      return new VariantValue(tag, variant.read(reader) as Value[]);
    },
  };
}

const codecs = new WeakMap<Layout, Codec>();

function codecFor(layout: Layout): Codec {
  let codec = codecs.get(layout);
  if (codec === undefined) {
    codec = build(layout);
    codecs.set(layout, codec);
  }
  return codec;
}

function fieldCodecs(fields: readonly LayoutField[]): Codec[] {
  return fields.map((field) => codecFor(field.layout));
}

function build(layout: Layout): Codec {
  switch (layout.kind) {
    case 'vector':
      return layout.of.kind === 'u8' ? byteVector : vector(codecFor(layout.of));
    case 'struct':
      return struct(layout.type.name, fieldCodecs(layout.fields));
    case 'enum':
      return enumeration(
        layout.type.name,
        layout.variants.map((variant) => struct(variant.name, fieldCodecs(variant.fields))),
      );
    default:
      return PRIMITIVE_CODECS[layout.kind];
  }
}

/** BCS bytes of a value. Throws VmError `type_mismatch` for a value that does not fit the layout. */
export function encode(layout: Layout, value: Value): Uint8Array {
  const writer = new ByteWriter();
  codecFor(layout).write(writer, value);
  return writer.take();
}

/** The value of exactly these BCS bytes. Throws VmError `invalid_bytes`. */
export function decode(layout: Layout, bytes: Uint8Array): Value {
  const reader = new ByteReader(bytes);
  const value = codecFor(layout).read(reader);
  reader.end();
  return value;
}

import { invalidArgument } from './status.ts';

/** The part of a protobuf-ts message descriptor that masks need. */
export interface MessageDescriptor {
  readonly typeName: string;
  readonly fields: readonly FieldDescriptor[];
}

interface FieldDescriptor {
  readonly name: string;
  readonly localName: string;
  readonly kind: string;
  readonly repeat?: number;
  readonly oneof?: string | undefined;
  // A thunk in protobuf-ts; for messages it gives the descriptor of the field's type.
  readonly T?: unknown;
}

type Tree = Map<string, Tree | 'all'>;

/** Which fields of an answer a caller asked for, with the proto's snake_case paths. */
export class ReadMask {
  readonly #tree: Tree | 'all';
  readonly #type: MessageDescriptor;

  private constructor(tree: Tree | 'all', type: MessageDescriptor) {
    this.#tree = tree;
    this.#type = type;
  }

  /**
   * Paths of a request's mask, or the method's default ones when it has none.
   * Throws RpcFailure INVALID_ARGUMENT when a path does not exist in the message.
   */
  static of(
    mask: { readonly paths: readonly string[] } | undefined,
    fallback: string,
    type: MessageDescriptor,
  ): ReadMask {
    const paths = mask === undefined || mask.paths.length === 0 ? fallback.split(',') : mask.paths;
    if (paths.includes('*')) return new ReadMask('all', type);
    const root: Tree = new Map();
    for (const path of paths) insert(root, path, type);
    return new ReadMask(root, type);
  }

  /** True when the field at this path, or something below it, is wanted: worth computing. */
  includes(path: string): boolean {
    let node: Tree | 'all' = this.#tree;
    for (const part of path.split('.')) {
      if (node === 'all') return true;
      const next: Tree | 'all' | undefined = node.get(part);
      if (next === undefined) return false;
      node = next;
    }
    return true;
  }

  /** The mask of a field's own message. */
  child(path: string): ReadMask {
    let node: Tree | 'all' = this.#tree;
    let type = this.#type;
    for (const part of path.split('.')) {
      type = messageType(fieldOf(type, part)) ?? type;
      if (node !== 'all') node = node.get(part) ?? new Map();
    }
    return new ReadMask(node, type);
  }

  /** Removes everything not asked for from a message, in place, and returns it. */
  apply<T extends object>(message: T): T {
    if (this.#tree !== 'all') trim(message as Record<string, unknown>, this.#tree, this.#type);
    return message;
  }
}

function insert(root: Tree, path: string, type: MessageDescriptor): void {
  let node = root;
  let descriptor: MessageDescriptor | undefined = type;
  const parts = path.split('.');
  for (const [index, part] of parts.entries()) {
    const field: FieldDescriptor | undefined = descriptor && fieldOf(descriptor, part);
    if (field === undefined) throw invalidArgument(`invalid read_mask path: ${path}`);
    if (index === parts.length - 1) {
      node.set(part, 'all');
      return;
    }
    const existing = node.get(part);
    if (existing === 'all') return;
    const next: Tree = existing ?? new Map();
    node.set(part, next);
    node = next;
    descriptor = messageType(field);
  }
}

function fieldOf(type: MessageDescriptor, name: string): FieldDescriptor | undefined {
  return type.fields.find((field) => field.name === name);
}

function messageType(field: FieldDescriptor | undefined): MessageDescriptor | undefined {
  if (field?.kind !== 'message' || typeof field.T !== 'function') return undefined;
  return (field.T as () => MessageDescriptor)();
}

function trim(message: Record<string, unknown>, tree: Tree, type: MessageDescriptor): void {
  for (const field of type.fields) {
    const wanted = tree.get(field.name);
    if (wanted === 'all') continue;
    const holder = field.oneof === undefined ? message : oneofHolder(message, field);
    if (holder === undefined) continue;
    const value = holder[field.localName];
    if (value === undefined) continue;
    if (wanted === undefined) {
      if (field.oneof !== undefined) message[field.oneof] = { oneofKind: undefined };
      else message[field.localName] = Array.isArray(value) ? [] : undefined;
      continue;
    }
    const inner = messageType(field);
    if (inner === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      trim(item as Record<string, unknown>, wanted, inner);
    }
  }
}

function oneofHolder(
  message: Record<string, unknown>,
  field: FieldDescriptor,
): Record<string, unknown> | undefined {
  const holder = message[field.oneof as string] as Record<string, unknown> | undefined;
  return holder?.['oneofKind'] === field.localName ? holder : undefined;
}

import { deserialize } from '@mysten/move-bytecode-template';
import type { Address } from '../vm/index.ts';

interface RawHeader {
  readonly self_module_handle_idx: number;
  readonly module_handles: readonly { readonly address: number }[];
  /** 64 hex digits each. */
  readonly address_identifiers: readonly string[];
}

/** What a module says about where it belongs. */
export interface ModuleHeader {
  /** Its own address; 0x0 in a module that is to be published. */
  readonly self: Address;
  /** Original ids of the other packages that it names. */
  readonly dependencies: ReadonlySet<Address>;
}

/** Reads a module's addresses; undefined when it is malformed. */
export function moduleHeader(bytes: Uint8Array): ModuleHeader | undefined {
  try {
    const raw = deserialize(bytes) as RawHeader;
    const addresses = raw.module_handles.map(({ address }): Address => {
      const text = raw.address_identifiers[address];
      if (text === undefined) throw new RangeError('address out of range');
      return `0x${text}`;
    });
    const self = addresses[raw.self_module_handle_idx];
    if (self === undefined) return undefined;
    return { self, dependencies: new Set(addresses.filter((address) => address !== self)) };
  } catch {
    return undefined;
  }
}

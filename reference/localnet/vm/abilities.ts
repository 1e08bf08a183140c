import { typeToString } from './type-tag.ts';
import type { AbilitySet, Address, DatatypeInfo, SignatureType } from './types.ts';
import { ABILITY } from './types.ts';
import { VmError } from './errors.ts';

const { copy, drop, store, key } = ABILITY;
export const ALL_ABILITIES: AbilitySet = copy | drop | store | key;
const PRIMITIVE: AbilitySet = copy | drop | store;

/** Whatever can find a struct by its defining id. */
export interface DatatypeSource {
  datatype(address: Address, module: string, name: string): DatatypeInfo | undefined;
}

/**
 * Abilities of a type, whose parameters have the abilities `parameters`. A struct has those it declares, as far as
 * its arguments allow: copy, drop and store need the same of them, key needs store; phantom ones do not count.
 */
export function abilitiesOf(
  source: DatatypeSource,
  type: SignatureType,
  parameters: readonly AbilitySet[],
): AbilitySet {
  switch (type.kind) {
    case 'parameter':
      return parameters[type.index] ?? 0;
    case 'reference':
      return copy | drop;
    case 'signer':
      return drop;
    case 'vector':
      return PRIMITIVE & abilitiesOf(source, type.of, parameters);
    case 'struct': {
      const info = source.datatype(type.address, type.module, type.name);
      if (info === undefined) throw new VmError('missing', `no type ${typeToString(type)}`);
      return type.typeArgs.reduce((granted, arg, i) => {
        if (info.typeParameters[i]?.phantom === true) return granted;
        const has = abilitiesOf(source, arg, parameters);
        return granted & ((has & PRIMITIVE) | ((has & store) === 0 ? 0 : key));
      }, info.abilities);
    }
    default:
      return PRIMITIVE;
  }
}

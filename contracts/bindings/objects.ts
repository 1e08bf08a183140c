import { codec, splitType } from './layouts.ts';
import type { Codec, StructOf } from './layouts.ts';

/**
 * Fields of every struct that is no event, in the order of the Move source: objects, the values of the registry's tables
 * (TokenSlot, RequestSlot) and the return values NautilusInfo and KubectlResponse.
 */
export const OBJECT_FIELDS = {
  staking: {
    StakingPool: {
      id: 'UID',
      balance: 'Balance<SUI>',
      slashed: 'Balance<SUI>',
      total_staked: 'u64',
      total_slashed: 'u64',
      by_address: 'Table',
      by_node: 'Table',
    },
    StakeRecord: {
      id: 'UID',
      staker: 'address',
      amount: 'u64',
      staked_at: 'u64',
      locked_until: 'u64',
      status: 'u8',
      node_id: 'String',
      stake_type: 'u8',
    },
    SlashCap: { id: 'UID' },
  },
  k8s_gateway: {
    AdminCap: { id: 'UID' },
    GatewayCap: { id: 'UID', registry: 'ID', gateway: 'address' },
    MasterCap: { id: 'UID', endpoint: 'ID', master: 'address' },
    Registry: {
      id: 'UID',
      token_ttl: 'u64',
      endpoints: 'vector<ID>',
      tokens: 'Table',
      requests: 'Table',
      revoked_gateways: 'VecSet<ID>',
    },
    TokenSlot: { token: 'ID', expires_at: 'u64' },
    RequestSlot: { token: 'ID', nautilus_endpoint: 'ID', answered: 'bool' },
    NautilusEndpoint: {
      id: 'UID',
      url: 'String',
      status: 'u8',
      public_key: 'vector<u8>',
      key_version: 'u64',
      expected_pcrs: 'vector<vector<u8>>',
      last_heartbeat: 'u64',
    },
    SealToken: {
      id: 'UID',
      owner: 'address',
      stake_record: 'ID',
      node_id: 'String',
      stake_amount: 'u64',
      stake_type: 'u8',
      permissions: 'vector<String>',
      issued_at: 'u64',
      expires_at: 'u64',
      revoked: 'bool',
      nautilus_endpoint: 'ID',
    },
    NautilusInfo: {
      url: 'String',
      status: 'u8',
      public_key: 'vector<u8>',
      key_version: 'u64',
      expected_pcrs: 'vector<vector<u8>>',
    },
  },
  k8s_interface: {
    Cluster: {
      id: 'UID',
      name: 'String',
      nautilus_endpoint: 'ID',
      owner: 'address',
      status: 'u8',
      authorized_users: 'VecSet<address>',
      created_at: 'u64',
    },
    UserPermission: { id: 'UID', cluster: 'ID', user: 'address', permissions: 'vector<String>' },
    KubectlResponse: { success: 'bool', endpoint: 'ID', error_message: 'String' },
  },
} as const;

type AllFields = (typeof OBJECT_FIELDS)['staking'] &
  (typeof OBJECT_FIELDS)['k8s_gateway'] &
  (typeof OBJECT_FIELDS)['k8s_interface'];

/** Name of a struct; no two modules share one. */
export type ObjectName = keyof AllFields;

/** Value of each struct. */
export type ContractObjects = { readonly [Name in ObjectName]: StructOf<AllFields[Name]> };

/** The codec of each struct. */
export const OBJECTS = Object.fromEntries(
  Object.values(OBJECT_FIELDS)
    .flatMap((structs) => Object.entries(structs))
    .map(([name, fields]) => [name, codec(name, fields)]),
) as unknown as { readonly [Name in ObjectName]: Codec<ContractObjects[Name]> };

const moduleOf = (name: ObjectName): string | undefined =>
  Object.entries(OBJECT_FIELDS).find(([, structs]) => Object.hasOwn(structs, name))?.[0];

/**
 * Decodes an object's BCS contents when its full type is `name` of the package; undefined for an object of another type or
 * package. Throws LayoutError for bytes of another layout.
 */
export function parseObject<Name extends ObjectName>(
  name: Name,
  packageId: string,
  type: string,
  bytes: Uint8Array,
): ContractObjects[Name] | undefined {
  const parts = splitType(type);
  if (parts === undefined || parts.name !== name || parts.module !== moduleOf(name)) return undefined;
  if (BigInt(parts.package) !== BigInt(packageId)) return undefined;
  return OBJECTS[name].parse(bytes);
}

import { codec, splitType } from './layouts.ts';
import type { Codec, StructOf } from './layouts.ts';

export { OBJECT_FIELDS, OBJECTS, parseObject } from './objects.ts';
export type { ContractObjects, ObjectName } from './objects.ts';

/** Fields of every event, in the order of the Move source. */
export const EVENT_FIELDS = {
  staking: {
    StakeEvent: {
      record: 'ID',
      staker: 'address',
      amount: 'u64',
      stake_type: 'u8',
      node_id: 'String',
      locked_until: 'u64',
    },
    UnstakeEvent: { record: 'ID', staker: 'address', amount: 'u64' },
    SlashEvent: {
      record: 'ID',
      staker: 'address',
      node_id: 'String',
      amount: 'u64',
      remaining: 'u64',
      reason: 'String',
    },
  },
  k8s_gateway: {
    SealTokenIssued: {
      token: 'ID',
      owner: 'address',
      stake_record: 'ID',
      node_id: 'String',
      permissions: 'vector<String>',
      expires_at: 'u64',
      nautilus_endpoint: 'ID',
    },
    SealTokenRevoked: { token: 'ID', owner: 'address', stake_record: 'ID' },
    SealTokenShortened: { token: 'ID', owner: 'address', expires_at: 'u64' },
    GatewayRegistered: { gateway_cap: 'ID', gateway: 'address' },
    GatewayRetired: { gateway_cap: 'ID' },
    EndpointRegistered: { endpoint: 'ID', url: 'String', master: 'address' },
    EndpointStatusChanged: { endpoint: 'ID', status: 'u8' },
    EnclaveKeyRegistered: { endpoint: 'ID', public_key: 'vector<u8>', key_version: 'u64' },
    EnclavePcrsChanged: { endpoint: 'ID', expected_pcrs: 'vector<vector<u8>>' },
    K8sAPIRequest: {
      request_id: 'String',
      token: 'ID',
      method: 'String',
      path: 'String',
      namespace: 'String',
      resource_type: 'String',
      payload_digest: 'vector<u8>',
      requester: 'address',
      nautilus_endpoint: 'ID',
      timestamp_ms: 'u64',
    },
    K8sAPIResult: {
      request_id: 'String',
      nautilus_endpoint: 'ID',
      status_code: 'u16',
      body_digest: 'vector<u8>',
      key_version: 'u64',
      timestamp_ms: 'u64',
    },
  },
  k8s_interface: {
    ClusterCreated: { cluster: 'ID', owner: 'address', nautilus_endpoint: 'ID', name: 'String' },
    UserAuthorized: { cluster: 'ID', user: 'address', permissions: 'vector<String>' },
    UserRevoked: { cluster: 'ID', user: 'address' },
    AuditEvent: {
      cluster: 'ID',
      user: 'address',
      command: 'String',
      resource: 'String',
      allowed: 'bool',
      reason: 'String',
    },
  },
} as const;

type AllFields = (typeof EVENT_FIELDS)['staking'] &
  (typeof EVENT_FIELDS)['k8s_gateway'] &
  (typeof EVENT_FIELDS)['k8s_interface'];

/** Name of an event; no two modules share one. */
export type EventName = keyof AllFields;

/** Data of each event. */
export type ContractEvents = { readonly [Name in EventName]: StructOf<AllFields[Name]> };

/** One event: narrow it by `name`. */
export type ContractEvent = {
  [Module in keyof typeof EVENT_FIELDS]: {
    [Name in keyof (typeof EVENT_FIELDS)[Module] & EventName]: {
      readonly package: string;
      readonly module: Module;
      readonly name: Name;
      readonly data: ContractEvents[Name];
    };
  }[keyof (typeof EVENT_FIELDS)[Module] & EventName];
}[keyof typeof EVENT_FIELDS];

const byModule = Object.entries(EVENT_FIELDS).map(
  ([module, events]) =>
    [
      module,
      Object.fromEntries(Object.entries(events).map(([name, fields]) => [name, codec(name, fields)])),
    ] as const,
);

/** The codec of each event. */
export const EVENTS = Object.assign({}, ...byModule.map(([, codecs]) => codecs)) as {
  readonly [Name in EventName]: Codec<ContractEvents[Name]>;
};

/**
 * Decodes an event from its full type and its BCS bytes. Undefined for events of other modules; with `packageId`, also for
 * those of other packages (without it, the caller must have looked). Throws LayoutError for bytes of another layout.
 */
export function parseEvent(type: string, bytes: Uint8Array, packageId?: string): ContractEvent | undefined {
  const parts = splitType(type);
  if (parts === undefined) return undefined;
  if (packageId !== undefined && BigInt(packageId) !== BigInt(parts.package)) return undefined;
  const codecs = byModule.find(([module]) => module === parts.module)?.[1];
  if (codecs === undefined || !Object.hasOwn(codecs, parts.name)) return undefined;
  const data = codecs[parts.name]?.parse(bytes);
  // The table pairs each name with its module and fields, which the type checker cannot follow through the look-up.
  return { ...parts, data } as unknown as ContractEvent;
}

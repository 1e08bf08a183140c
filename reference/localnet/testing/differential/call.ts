import type { Address } from '../../vm/index.ts';

/** Numbers of the calls, as `driver.move` has them. */
export const OP = {
  stakeUser: 0,
  stakeNode: 1,
  stakeAdmin: 2,
  withdraw: 3,
  slash: 4,
  release: 5,
  sweep: 6,
  recordOf: 7,
  userToken: 10,
  workerToken: 11,
  adminToken: 12,
  shorten: 13,
  revoke: 14,
  revokeAsAdmin: 15,
  setTtl: 16,
  registerEndpoint: 17,
  registerGateway: 18,
  retireGateway: 19,
  setStatus: 20,
  setPcrs: 21,
  execute: 30,
  info: 31,
  isAnswered: 32,
  registerKey: 33,
  heartbeat: 34,
  respond: 35,
  createCluster: 40,
  setClusterStatus: 41,
  authorize: 42,
  revokeUser: 43,
  kubectl: 44,
  clock: 50,
  epoch: 51,
  coins: 52,
} as const;

export type OpName = keyof typeof OP;

/** One call. `n` holds amounts, times, the numbers of objects, and addresses below 2^64; `t` holds texts and bytes. */
export interface Call {
  readonly op: OpName;
  readonly sender: Address;
  readonly n: readonly bigint[];
  readonly t: readonly Uint8Array[];
}

export type ObjectKind =
  | 'StakingPool'
  | 'Registry'
  | 'StakeRecord'
  | 'SealToken'
  | 'NautilusEndpoint'
  | 'Cluster'
  | 'UserPermission'
  | 'GatewayCap'
  | 'MasterCap';

/** An object of the contracts; both machines number them in the order in which they are made. */
export interface Known {
  readonly number: number;
  readonly kind: ObjectKind;
  readonly id: Address;
  /** Who staked, owns the token or cluster, or holds the capability. */
  readonly owner: Address;
  /** For a token the number of its record, for a capability that of its endpoint; else 0. */
  readonly of: number;
}

export function addressOf(n: bigint): Address {
  return `0x${n.toString(16).padStart(64, '0')}`;
}

/** The call as a person reads it. */
export function describeCall({ op, sender, n, t }: Call): string {
  const texts = t.map((text) => JSON.stringify(Buffer.from(text).toString('latin1').slice(0, 40)));
  return `${op}(${[...n.map(String), ...texts].join(', ')}) by 0x${BigInt(sender).toString(16)}`;
}

import { CLUSTER_STATUS, ENDPOINT_STATUS, STAKE_STATUS, STAKE_TYPE } from '../../contracts/bindings/index.ts';
import type { ContractObjects } from '../../contracts/bindings/index.ts';
import { ChainError } from './errors.ts';
import type { Cluster, NautilusEndpoint, SealToken, StakeRecord } from './types.ts';

/** Turns a decoded SealToken into the form that services use. */
export function sealTokenOf(object: ContractObjects['SealToken']): SealToken {
  return {
    id: object.id,
    owner: object.owner,
    stakeRecord: object.stake_record,
    nodeId: object.node_id,
    stakeAmount: object.stake_amount,
    stakeType: named(STAKE_TYPE, object.stake_type, 'stake type'),
    permissions: object.permissions,
    issuedAt: Number(object.issued_at),
    expiresAt: Number(object.expires_at),
    revoked: object.revoked,
    nautilusEndpoint: object.nautilus_endpoint,
  };
}

export function stakeRecordOf(object: ContractObjects['StakeRecord']): StakeRecord {
  return {
    id: object.id,
    staker: object.staker,
    amount: object.amount,
    stakedAt: object.staked_at,
    lockedUntil: object.locked_until,
    status: named(STAKE_STATUS, object.status, 'stake status'),
    nodeId: object.node_id,
    stakeType: named(STAKE_TYPE, object.stake_type, 'stake type'),
  };
}

export function endpointOf(object: ContractObjects['NautilusEndpoint']): NautilusEndpoint {
  return {
    id: object.id,
    url: object.url,
    status: named(ENDPOINT_STATUS, object.status, 'endpoint status'),
    publicKey: object.public_key,
    keyVersion: object.key_version,
    expectedPcrs: object.expected_pcrs,
    lastHeartbeat: Number(object.last_heartbeat),
  };
}

export function clusterOf(object: ContractObjects['Cluster']): Cluster {
  return {
    id: object.id,
    name: object.name,
    nautilusEndpoint: object.nautilus_endpoint,
    owner: object.owner,
    status: named(CLUSTER_STATUS, object.status, 'cluster status'),
    authorizedUsers: object.authorized_users,
    createdAt: Number(object.created_at),
  };
}

/** The name of a number on chain. Throws ChainError for one that this version does not know. */
function named<Name extends string>(
  table: Readonly<Record<Name, number>>,
  value: number,
  what: string,
): Name {
  for (const [name, number] of Object.entries(table) as [Name, number][]) if (number === value) return name;
  throw new ChainError('wrong_type', `${what} ${value} is unknown`);
}

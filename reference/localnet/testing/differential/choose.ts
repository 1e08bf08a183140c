import * as fc from 'fast-check';
import { OP } from './call.ts';
import type { Call, Known, ObjectKind, OpName } from './call.ts';
import { addressOf } from './call.ts';
import {
  ADMIN_ADDRESS,
  USERS,
  MASTERS,
  GATEWAYS,
  SUI,
  AMOUNTS,
  NODES,
  REASONS,
  TTLS,
  URLS,
  METHODS,
  PATHS,
  RESOURCES,
  CLUSTERS,
  PERMISSIONS,
  COMMANDS,
  STATUS_CODES,
} from './values.ts';

/** A call before it is known what is there to be used: what to do, and five numbers to choose by. */
export type Raw = readonly [op: number, a: number, b: number, c: number, d: number];

/** What a choice can be made from. */
export interface Situation {
  readonly known: readonly Known[];
  /** Chain time, in seconds. */
  readonly seconds: bigint;
  /** Ids of the requests that are on the chain. */
  readonly requests: readonly string[];
}

const WEIGHTS: Readonly<Record<OpName, number>> = {
  stakeUser: 5,
  stakeNode: 5,
  stakeAdmin: 3,
  withdraw: 4,
  slash: 2,
  release: 3,
  sweep: 1,
  recordOf: 2,
  userToken: 6,
  workerToken: 6,
  adminToken: 4,
  shorten: 2,
  revoke: 2,
  revokeAsAdmin: 1,
  setTtl: 1,
  registerEndpoint: 1,
  registerGateway: 1,
  retireGateway: 1,
  setStatus: 1,
  setPcrs: 1,
  execute: 14,
  info: 5,
  isAnswered: 1,
  registerKey: 1,
  heartbeat: 1,
  respond: 6,
  createCluster: 2,
  setClusterStatus: 2,
  authorize: 5,
  revokeUser: 2,
  kubectl: 6,
  clock: 3,
  epoch: 3,
  coins: 1,
};
const NAMES = Object.keys(OP) as OpName[];
const OPS = NAMES.flatMap((name) => Array.from({ length: WEIGHTS[name] }, () => name));

const byte = fc.nat({ max: 255 });

/** Programs of some calls; they shrink to fewer and simpler ones. */
export const rawProgram: fc.Arbitrary<Raw[]> = fc.array(
  fc.tuple(fc.nat({ max: OPS.length - 1 }), byte, byte, byte, byte),
  { minLength: 1, maxLength: 60, size: 'max' },
);

/** Makes a call of it; undefined when there is nothing yet that it could be about. */
export function choose([op, a, b, c, d]: Raw, situation: Situation): Call | undefined {
  const name = OPS[op] as OpName;
  const of = (kind: ObjectKind): Known[] => situation.known.filter((known) => known.kind === kind);
  const one = (kind: ObjectKind, by: number): Known | undefined => pick(of(kind), by);
  // Mostly those who may; one time in eight someone else.
  const may = (who: string): string => (d % 8 === 0 ? user(a) : who);
  const call = (
    sender: string,
    n: readonly (bigint | number)[],
    ...t: readonly (string | Uint8Array)[]
  ): Call => ({
    op: name,
    sender,
    n: n.map(BigInt),
    t: t.map((text) => (typeof text === 'string' ? Buffer.from(text) : text)),
  });

  switch (name) {
    case 'stakeUser':
    case 'stakeAdmin':
      return call(user(a), [pick(AMOUNTS, b) as bigint]);
    case 'stakeNode':
      return call(user(a), [pick(AMOUNTS, b) as bigint], pick(NODES, c) as string);
    case 'withdraw':
    case 'userToken':
    case 'workerToken':
    case 'adminToken': {
      const kinds = { userToken: 1, workerToken: 2, adminToken: 3, withdraw: 0 };
      const fitting = of('StakeRecord').filter((known) => kinds[name] === 0 || known.of === kinds[name]);
      const record = pick(c % 8 === 0 ? of('StakeRecord') : fitting, b);
      return record && call(may(record.owner), [record.number]);
    }
    case 'slash': {
      const record = one('StakeRecord', b);
      return record && call(ADMIN_ADDRESS, [record.number], pick(REASONS, c) as string);
    }
    case 'release': {
      const record = one('StakeRecord', b);
      return record && call(ADMIN_ADDRESS, [record.number]);
    }
    case 'sweep':
      return call(ADMIN_ADDRESS, []);
    case 'recordOf':
      return call(user(a), [pick(USERS, b) as bigint]);
    case 'shorten': {
      const token = one('SealToken', b);
      const moments = [
        situation.seconds + 10n,
        situation.seconds,
        situation.seconds - 1n,
        situation.seconds + 100_000n,
      ];
      return token && call(may(token.owner), [token.number, pick(moments, c) as bigint]);
    }
    case 'revoke': {
      const token = one('SealToken', b);
      return token && call(may(token.owner), [token.number]);
    }
    case 'revokeAsAdmin': {
      const token = one('SealToken', b);
      return token && call(ADMIN_ADDRESS, [token.number]);
    }
    case 'setTtl':
      return call(ADMIN_ADDRESS, [pick(TTLS, a) as bigint]);
    case 'registerEndpoint':
      return call(ADMIN_ADDRESS, [pick(MASTERS, a) as bigint], pick(URLS, b) as string, ...pcrs(c));
    case 'registerGateway':
      return call(ADMIN_ADDRESS, [pick(GATEWAYS, a) as bigint]);
    case 'retireGateway': {
      const cap = one('GatewayCap', a);
      return cap && call(ADMIN_ADDRESS, [cap.number]);
    }
    case 'setStatus': {
      const endpoint = one('NautilusEndpoint', a);
      return endpoint && call(ADMIN_ADDRESS, [endpoint.number, pick([1, 1, 2, 1, 3, 1, 0, 4], b) as number]);
    }
    case 'setPcrs': {
      const endpoint = one('NautilusEndpoint', a);
      return endpoint && call(ADMIN_ADDRESS, [endpoint.number], ...pcrs(c));
    }
    case 'execute': {
      const cap = one('GatewayCap', a);
      const token = one('SealToken', b);
      const record = d % 8 === 0 ? one('StakeRecord', c) : token && situation.known[token.of];
      if (!cap || !token || !record) return undefined;
      const fresh =
        (c * 7 + d) % 40 === 0 ? 'short' : Buffer.from([a, b, c, d]).toString('hex').padStart(32, '0');
      const request = d % 12 === 1 ? (pick(situation.requests, c) ?? fresh) : fresh;
      const [method, path, resource] = d % 6 === 5 ? [a, c, b] : [d % 6 === 4 ? 1 : 0, c % 3, a % 2];
      return call(
        cap.owner,
        [cap.number, token.number, record.number],
        request,
        pick(METHODS, method) as string,
        pick(PATHS, path) as string,
        'default',
        pick(RESOURCES, resource) as string,
        new Uint8Array(d % 31 === 0 ? 31 : 32).fill(c),
      );
    }
    case 'info': {
      const token = one('SealToken', b);
      const record = d % 8 === 1 ? one('StakeRecord', c) : token && situation.known[token.of];
      const endpoint = one('NautilusEndpoint', c);
      return (
        token && record && endpoint && call(may(token.owner), [token.number, record.number, endpoint.number])
      );
    }
    case 'isAnswered':
      return call(user(a), [], pick(situation.requests, b) ?? 'none');
    case 'registerKey':
    case 'heartbeat': {
      const found = masterOf(situation.known, one('MasterCap', a), b, c);
      if (found === undefined) return undefined;
      const key = new Uint8Array(d % 8 === 0 ? 31 : 32).fill(d);
      return call(
        found.cap.owner,
        [found.cap.number, found.endpoint.number],
        ...(name === 'heartbeat' ? [] : [key]),
      );
    }
    case 'respond': {
      const found = masterOf(situation.known, one('MasterCap', a), b, c);
      if (found === undefined || (situation.requests.length === 0 && d % 4 !== 0)) return undefined;
      const code = d % 4 === 0 ? (pick(STATUS_CODES, d >> 2) as bigint) : 200n;
      const digest = new Uint8Array(d % 16 === 3 ? 33 : 32).fill(d);
      const request = pick(situation.requests, c) ?? 'none';
      return call(found.cap.owner, [found.cap.number, found.endpoint.number, code], request, digest);
    }
    case 'createCluster': {
      const endpoint = one('NautilusEndpoint', b);
      return endpoint && call(user(a), [endpoint.number], pick(CLUSTERS, c) as string);
    }
    case 'setClusterStatus': {
      const cluster = one('Cluster', b);
      return (
        cluster && call(may(cluster.owner), [cluster.number, pick([1, 2, 1, 1, 2, 1, 0, 3], c) as number])
      );
    }
    case 'authorize': {
      const cluster = one('Cluster', b);
      return (
        cluster &&
        call(
          may(cluster.owner),
          [pick(USERS, c) as bigint, cluster.number],
          ...(pick(PERMISSIONS, d) as string[]),
        )
      );
    }
    case 'revokeUser': {
      const cluster = one('Cluster', b);
      return cluster && call(may(cluster.owner), [pick(USERS, c) as bigint, cluster.number]);
    }
    case 'kubectl': {
      const permission = one('UserPermission', a);
      const cluster = d % 8 === 0 ? one('Cluster', b) : permission && situation.known[permission.of];
      if (!permission || !cluster) return undefined;
      const args = d % 11 === 0 ? [] : [pick(RESOURCES, c) as string, 'name'];
      return call(
        permission.owner,
        [cluster.number, permission.number],
        pick(COMMANDS, b) as string,
        ...args,
      );
    }
    case 'clock':
      return call(addressOf(0n), [
        pick([1n, 999n, 1000n, 5000n, 60_000n, 600_000n, 3_600_000n, 86_400_000n], a) as bigint,
      ]);
    case 'epoch':
      return call(addressOf(0n), [pick([1n, 10n, 50n, 100n, 9n], a) as bigint]);
    case 'coins': {
      const amounts = [a + 100, b + 100, c, d].map((n) => BigInt(n) * SUI);
      return call(user(a), amounts);
    }
  }
}

function masterOf(
  known: readonly Known[],
  cap: Known | undefined,
  b: number,
  c: number,
): { cap: Known; endpoint: Known } | undefined {
  const endpoints = known.filter(({ kind }) => kind === 'NautilusEndpoint');
  const endpoint = cap && (c % 8 === 0 ? pick(endpoints, b) : known[cap.of]);
  return cap && endpoint && { cap, endpoint };
}

function pcrs(c: number): Uint8Array[] {
  return [0, 1, 2].map((i) => new Uint8Array(c % 8 === i + 1 ? 47 : 48).fill(c + i));
}

function pick<T>(list: readonly T[], by: number): T | undefined {
  return list.length === 0 ? undefined : list[by % list.length];
}

function user(by: number): string {
  return addressOf(pick(USERS, by) as bigint);
}

import { mintSession } from '../../conformance/drivers/credential.ts';
import { HarnessError } from '../../conformance/errors.ts';
import { COLLECTIONS, PEER_NAMES } from '../../conformance/peer/crd.ts';
import type { Peer } from '../../conformance/peer/peer.ts';
import type { Session } from '../../conformance/runner/context.ts';
import type { World } from '../../conformance/target/world.ts';
import type { Actor } from '../../conformance/world/actors.ts';
import { agentFor, type Server } from './load.ts';

/** One implementation under load: where is read, where is written, and what its processes hold. */
export interface Side {
  name: 'reference' | 'peer';
  reads: Server;
  writes: Server;
  /** Path of the collection of objects shaped like ConfigMaps. */
  collection: string;
  apiVersion: string;
  kind: string;
  /** Bytes of resident memory, by process. */
  memory: () => Promise<Record<string, number | undefined>>;
}

export const NAMESPACE = 'bench';
const LIFETIME = { lifetime: 290 };

/** The master's API, read as a gateway reads it; written through the gateway and the chain, for there is no other way. */
export function referenceSide(world: World, session: Session, admin: Actor): Side {
  const { gateway, master, chain } = world.info;
  const { identity } = session;
  if (!gateway || !master || !identity) throw new HarnessError('the target lacks a gateway or a master');
  const process = (part: 'gateway' | 'master') => world.servers.get(part)?.part.process?.residentBytes();
  return {
    name: 'reference',
    reads: {
      url: master.url,
      agent: agentFor({ ca: master.ca }),
      headers: async () => {
        const options = { token: identity.cap, audience: chain.ids.cluster, ...LIFETIME };
        const credential = await mintSession(identity.signer, options);
        return {
          authorization: `Bearer ${credential}`,
          'x-remote-user': `0x${'a'.repeat(64)}`,
          'x-remote-group': 'daas:admins',
        };
      },
    },
    writes: {
      url: gateway.url,
      agent: agentFor({ ca: gateway.ca }),
      headers: async () => ({ authorization: `Bearer ${await session.actors.session(admin, LIFETIME)}` }),
    },
    collection: `/api/v1/namespaces/${NAMESPACE}/configmaps`,
    apiVersion: 'v1',
    kind: 'ConfigMap',
    memory: async () => ({ master: await process('master'), gateway: await process('gateway') }),
  };
}

/** Kubernetes' own API machinery, read and written directly. */
export function peerSide(peer: Peer): Side {
  const server: Server = {
    url: peer.http.baseUrl,
    agent: agentFor({ ca: peer.certificates.ca, ...peer.certificates.client }),
    headers: () => Promise.resolve({}),
  };
  return {
    name: 'peer',
    reads: server,
    writes: server,
    collection: COLLECTIONS.replace('{namespace}', NAMESPACE),
    apiVersion: PEER_NAMES.apiVersion,
    kind: PEER_NAMES.kind,
    memory: async () => ({
      apiserver: await peer.apiserver.residentBytes(),
      etcd: await peer.etcd.residentBytes(),
    }),
  };
}

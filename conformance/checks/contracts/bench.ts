import { randomBytes } from 'node:crypto';
import type { Signer } from '@mysten/sui/cryptography';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import type { CheckContext } from '../../runner/context.ts';
import { CheckFailure, Untestable } from '../../runner/outcome.ts';
import type { Actor } from '../../world/actors.ts';
import { done, onlyCreated, type Done } from './outcomes.ts';
import { gatewayWallet, type GatewayWallet } from './stage.ts';

export const ACTIVE = 1;
export const MAINTENANCE = 2;
export const OFFLINE = 3;

/** An endpoint of the suite’s own, with the wallet that is its master. */
export interface OwnEndpoint {
  id: string;
  url: string;
  pcrs: Uint8Array[];
  master: Signer;
  masterCap: string;
  /** The transaction that registered it. */
  registered: Done;
}

/** An endpoint of the suite’s own to which tokens are assigned, and a gateway: both ends of a request are the suite’s. */
export interface Bench {
  endpoint: OwnEndpoint;
  gateway: GatewayWallet;
  user: Actor;
  node: Actor;
  admin: Actor;
}

export const threePcrs = (length = 48): Uint8Array[] => [0, 1, 2].map(() => randomBytes(length));

/** The operator’s AdminCap; the check is untestable without one. */
export async function adminCap(t: CheckContext): Promise<string> {
  await t.needsCap('admin');
  return (await t.control.operator({})).admin ?? '';
}

/**
 * Registers an endpoint beside the target’s, for as long as the check runs. In the same transaction the target’s is made
 * active again, so that new tokens still go to it; `only` takes it out of service instead, and the endpoint stays. For
 * exclusive checks: a gateway asks for its master’s attestation anew whenever the endpoint’s status is set.
 */
export async function ownEndpoint(t: CheckContext, options: { only?: boolean } = {}): Promise<OwnEndpoint> {
  const cap = await adminCap(t);
  const master = await t.actors.wallet();
  const url = `https://${t.name('endpoint')}.example:8443`;
  const pcrs = threePcrs();
  const attempt = await t.chain.operate((tx) => {
    t.chain.calls.registerEndpoint(tx, cap, url, pcrs, master.toSuiAddress());
    const status = options.only ? MAINTENANCE : ACTIVE;
    t.chain.calls.setEndpointStatus(tx, cap, t.world.chain.ids.endpoint, status);
  });
  const registered = done('registering an endpoint', attempt);
  const id = onlyCreated(registered, 'k8s_gateway::NautilusEndpoint').id;
  const masterCap = onlyCreated(registered, 'k8s_gateway::MasterCap').id;
  // Out of service in the end, so that no token can ever go to it by mistake.
  if (!options.only) t.defer(() => setStatuses(t, { [id]: OFFLINE, [t.world.chain.ids.endpoint]: ACTIVE }));
  return { id, url, pcrs, master, masterCap, registered };
}

/** Sets statuses in one transaction; the target’s own endpoint, when it is active, is made so last. */
export async function setStatuses(
  t: CheckContext,
  statuses: Readonly<Record<string, number>>,
): Promise<void> {
  const cap = await adminCap(t);
  const attempt = await t.chain.operate((tx) => {
    for (const [endpoint, status] of Object.entries(statuses))
      t.chain.calls.setEndpointStatus(tx, cap, endpoint, status);
  });
  done('setting the status of endpoints', attempt);
}

/** By the run, of which there is one after the other where mutants are judged. Not by the session: each file has its own. */
const benches = new Map<string, Promise<Bench>>();

/** The run’s bench, made at the first call. Only for exclusive checks: while it is made, new tokens go to it. */
export function bench(t: CheckContext): Promise<Bench> {
  const key = t.world.control.token;
  const existing = benches.get(key);
  if (existing) return existing;
  const made = makeBench(t);
  benches.set(key, made);
  made.catch(() => benches.delete(key));
  return made;
}

async function makeBench(t: CheckContext): Promise<Bench> {
  const main = t.world.chain.ids.endpoint;
  const gateway = await gatewayWallet(t);
  const endpoint = await ownEndpoint(t, { only: true });
  try {
    const [user, node, admin] = await Promise.all([
      t.actors.fresh('user'),
      t.actors.fresh('node'),
      t.actors.fresh('admin'),
    ]);
    const { nautilus_endpoint } = await t.chain.object('SealToken', user.token);
    if (nautilus_endpoint === main)
      throw new CheckFailure('a new token names an endpoint that is in maintenance', { got: main });
    if (nautilus_endpoint !== endpoint.id)
      throw new Untestable('the chain has other active endpoints, so tokens go elsewhere');
    return { endpoint, gateway, user, node, admin };
  } finally {
    await setStatuses(t, { [main]: ACTIVE });
  }
}

/** An address that nothing was ever sent to. */
export const nobody = (): string => new Ed25519Keypair().toSuiAddress();

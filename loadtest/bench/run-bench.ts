import { existsSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { Peer, PEER_BINARY } from '../../conformance/peer/peer.ts';
import { loadBundled } from '../../conformance/target/bundled.ts';
import { load } from '../api/load.ts';
import { NAMESPACE, peerSide, referenceSide, type Side } from '../api/sides.ts';
import { Stage } from '../stage.ts';
import { kubeconfigSide } from './kubeconfig-side.ts';
import { benchKubernetes, type KubernetesBench } from './kubernetes.ts';
import {
  benchChain,
  benchCredentials,
  benchScheduling,
  benchSuite,
  type CredentialBench,
  type SuiteCost,
} from './parts.ts';
import type { Spread } from './rounds.ts';

export interface BenchReport {
  machine: { cores: number; model: string; node: string; load_before: number[] };
  started_at: string;
  rounds: number;
  /** What the Kubernetes API is compared with, or why it is not. */
  peer: string;
  kubernetes?: KubernetesBench;
  credentials: CredentialBench;
  scheduling: { p50_ms: number | null; note: string };
  chain: Spread;
  suite: SuiteCost;
}

export interface BenchOptions {
  kubeconfig: string | undefined;
  rounds: number;
  signal: AbortSignal;
  step: (text: string) => void;
}

const MILLISECONDS = 1000;
const OBJECTS = 100;
const SUITE_PART = 'CR-FMT-*';

/** The reference against its peers, in one run on one machine. Throws UsageError for a kubeconfig that does not do. */
export async function runBench({ kubeconfig, rounds, signal, step }: BenchOptions): Promise<BenchReport> {
  const machine = {
    cores: availableParallelism(),
    model: cpus()[0]?.model ?? 'unknown',
    node: process.version,
    load_before: loadavg(),
  };
  const started_at = new Date().toISOString();
  await using stack = new AsyncDisposableStack();
  const { peer, name } = await startPeer(kubeconfig, stack, step);
  const target = await loadBundled();
  const stage = stack.use(await Stage.start({ target, seed: 1, env: {}, signal, step }));
  let kubernetes: KubernetesBench | undefined;
  if (peer) {
    step('Kubernetes API: reads and writes');
    const admin = await stage.session.actors.fresh('admin');
    const reference = referenceSide(stage.world, stage.session, admin);
    stack.defer(() => reference.reads.agent.destroy());
    stack.defer(() => reference.writes.agent.destroy());
    await makeNamespace(reference);
    kubernetes = await benchKubernetes(reference, peer, {
      rounds,
      milliseconds: MILLISECONDS,
      objects: OBJECTS,
    });
  }
  step('credential checks');
  const credentials = await benchCredentials(stage, rounds);
  step('transactions');
  const chain = await benchChain(stage, rounds);
  step('scheduling');
  const scheduling = await benchScheduling(stage);
  step('the suite itself');
  const suite = await benchSuite(SUITE_PART, signal);
  return {
    machine,
    started_at,
    rounds,
    peer: name,
    ...(kubernetes && { kubernetes }),
    credentials,
    scheduling,
    chain,
    suite,
  };
}

async function startPeer(
  kubeconfig: string | undefined,
  stack: AsyncDisposableStack,
  step: (text: string) => void,
): Promise<{ peer?: Side; name: string }> {
  if (kubeconfig !== undefined)
    return { peer: stack.use(await kubeconfigSide(kubeconfig)), name: 'kube-apiserver of the kubeconfig' };
  if (!existsSync(PEER_BINARY))
    return { name: `no --kubeconfig was given and there is no ${PEER_BINARY} (.ci/peer makes it)` };
  step('starting the peer');
  const peer = peerSide(stack.use(await Peer.start()));
  stack.defer(() => peer.reads.agent.destroy());
  return { peer, name: 'apiextensions-apiserver on etcd' };
}

async function makeNamespace(side: Side): Promise<void> {
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', path: '/api/v1/namespaces', headers, body };
  await load(side.writes, () => request, { concurrency: 1, requests: 1, wanted: 201 });
}

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SuiClientTypes } from '@mysten/sui/client';
import type { ContractObjects } from '../../../contracts/bindings/index.ts';
import { HarnessError } from '../../errors.ts';
import type { CheckContext } from '../../runner/context.ts';
import { asObject, at } from '../../runner/expectations.ts';
import { CheckFailure } from '../../runner/outcome.ts';
import type { PartState } from '../../target/control-methods.ts';
import type { WorkerRequest, WorkerStarted } from '../../target/worker-pool.ts';
import { FakeMaster } from '../../world/fake-master.ts';
import type { FakeRequest } from '../../world/fake-messages.ts';
import { processesOf, type ProcessFacts } from './processes.ts';
import { inTurn, intervalOf, obey, within, withinLife } from './workers.ts';

/** What the worker stakes; not the usual amount, so that it must have read it. */
export const STAKE_MIST = 1_500_000_000n;
/** The pod that the scene binds to the node. */
export const POD = '/api/v1/namespaces/default/pods/guest';

/** Until a pod that was bound must run, and one that was deleted be gone. */
const POD_MS = 8_000;
/** A kubelet renews its lease every 10 s. */
const LEASE_MS = 13_000;

/** How a part was stopped. */
export type Stopped = PartState & { killed: boolean; ms: number; signalledAt: number };

/** What there is to see of one worker whose master is honest; see `playLife`. */
export interface Life {
  fake: FakeMaster;
  worker: WorkerStarted;
  /** What was staked in its pool when the master was first asked for something. */
  stakedAtFirst: string | undefined;
  /** The end of its first start, which was stopped while it waited for the attestation. */
  interrupted: Stopped;
  /** From its second start on. */
  requests: FakeRequest[];
  /** What it staked for and got, as the chain has it, and the transactions that made them. */
  token: ContractObjects['SealToken'];
  stakeTx: Paid;
  tokenTx: Paid;
  /** What is staked in its pool at the end. */
  stakedAtLast: string;
  /** When its pod was bound, ran, was deleted and was gone; undefined when that never came. */
  pod: PodStory;
  /** Its processes while it ran; undefined where the system does not show them. */
  processes: ProcessFacts[] | undefined;
  /** Its end, while a heartbeat was left without an answer. */
  stopped: Stopped;
  /** What was left a moment after that. */
  left: { processes: ProcessFacts[] | undefined; connections: number; temporary: string[] };
  /** Folder of its key file. */
  keyDir: string;
  /** All that it logged, at the level `trace`. */
  words: string;
}

export interface PodStory {
  boundAt: number;
  runningAt?: number;
  /** Its status when it ran. */
  status?: Record<string, unknown>;
  deletedAt: number;
  goneAt?: number;
}

/** A transaction with what was paid for it. */
export type Paid = SuiClientTypes.Transaction<{ transaction: true; effects: true }>;

/**
 * The life of a worker with a new wallet and an honest master: it stakes, is stopped while the master attests, starts
 * again from a key file and with its configuration in the working directory, runs a pod, and is stopped once more while
 * a heartbeat is under way. Checks judge what is seen; the scene itself only fails when it cannot be played.
 */
export const lifeOf = (t: CheckContext): Promise<Life> =>
  t.shared(`the life of a worker ${t.attempt}`, playLife);

async function playLife(t: CheckContext): Promise<Life> {
  t.needs('a worker that the suite can start', t.world.worker);
  const fake = await FakeMaster.start(t);
  const { ids } = fake.cluster;
  const stakedInPool = async (): Promise<string> =>
    String((await t.chain.object('StakingPool', ids.pool)).total_staked);
  let staked: Promise<string> | undefined;
  fake.on('attestation', () => {
    staked ??= stakedInPool();
    return 'hang';
  });
  const first = await started(t, fake, {}, () => fake.of('attestation')[0]);
  const interrupted = await t.control.stop({ part: first.id });
  fake.on('attestation', (_request, honest) => honest());

  const from = fake.requests.length;
  const since = (): FakeRequest[] => fake.requests.slice(from);
  const { secretKey, nodeId } = first;
  const { keyDir, keystore } = await keyFile(t, secretKey);
  const again = { secretKey, nodeId, configIn: 'cwd', logLevel: 'trace' } as const;
  const config = { sui_private_key: { keystore } };
  const worker = await started(t, fake, { ...again, config }, () => fake.of('heartbeat')[0]);
  const registration = since().find(({ route }) => route === 'register-worker');
  if (!registration) {
    const { text } = await t.control.logs({ part: worker.id });
    throw new CheckFailure('a worker whose start was interrupted does not register when it starts again', {
      got: text.slice(-600),
    });
  }
  const pod = await playPod(t, fake, worker);
  await within(fake, () => fake.of('heartbeat')[8], 8 * intervalOf(t));
  await within(fake, () => renewalsOf(since())[1], LEASE_MS);
  const processes = await processesOf(worker);
  const end = await stoppedInABeat(t, fake, worker);
  const requests = since();
  const { text: words } = await t.control.logs({ part: worker.id });
  const id = String(registration.json['seal_token']);
  const token = await t.chain.object('SealToken', id);
  const bought = { token, stakeTx: await madeBy(t, token.stake_record), tokenTx: await madeBy(t, id) };
  const stakes = { stakedAtFirst: await staked, stakedAtLast: await stakedInPool() };
  return { fake, worker, interrupted, requests, pod, processes, keyDir, words, ...bought, ...stakes, ...end };
}

/** Starts the worker, and waits until this is to be seen of it or it has ended. */
function started(
  t: CheckContext,
  fake: FakeMaster,
  request: WorkerRequest,
  seen: () => FakeRequest | undefined,
): Promise<WorkerStarted> {
  return inTurn(async () => {
    const stake = { stakeMist: String(STAKE_MIST), values: fake.values };
    const worker = await t.control.startWorker({ ...stake, ...request });
    t.defer(() => t.control.kill({ part: worker.id }));
    await withinLife(t, worker, fake, seen);
    return worker;
  });
}

/** A key in a file of its own. */
async function keyFile(t: CheckContext, secretKey: string): Promise<{ keyDir: string; keystore: string }> {
  const keyDir = await mkdtemp(join(tmpdir(), 'daas-keystore-'));
  t.defer(() => rm(keyDir, { recursive: true, force: true }));
  const keystore = join(keyDir, 'key');
  await writeFile(keystore, secretKey, { mode: 0o600 });
  return { keyDir, keystore };
}

/** Stops the worker while a heartbeat of it gets no answer, and looks at what it leaves. */
async function stoppedInABeat(
  t: CheckContext,
  fake: FakeMaster,
  worker: WorkerStarted,
): Promise<Pick<Life, 'stopped' | 'left'>> {
  obey(t, fake, { on: 'heartbeat', times: 'always', do: { hang: true } });
  const beats = fake.of('heartbeat').length;
  await within(fake, () => fake.of('heartbeat')[beats], 3 * intervalOf(t));
  const stopped = await t.control.stop({ part: worker.id });
  // What comes late would come now.
  await within(fake, () => fake.of('heartbeat')[beats + 1], 2 * intervalOf(t));
  const left = {
    processes: await processesOf(worker),
    connections: fake.openConnections,
    temporary: await readdir(worker.tmp),
  };
  return { stopped, left };
}

/** Binds a pod to the node, and deletes it when it runs and a heartbeat could tell of it. */
async function playPod(t: CheckContext, fake: FakeMaster, worker: WorkerStarted): Promise<PodStory> {
  const { kubernetes } = fake;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'guest', namespace: 'default', uid: 'guest-1', deletionGracePeriodSeconds: 0 },
    spec: { nodeName: worker.nodeId, containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.10' }] },
    status: { phase: 'Pending' },
  };
  const boundAt = Date.now();
  kubernetes.put(POD, pod);
  const running = await within(
    fake,
    () => {
      const status = kubernetes.objects.get(POD)?.['status'];
      return at(status, 'phase') === 'Running' ? asObject(status) : undefined;
    },
    POD_MS,
  );
  const runningAt = Date.now();
  await within(fake, () => fake.of('heartbeat').filter((one) => one.at > runningAt)[1], 3 * intervalOf(t));
  const deletedAt = Date.now();
  const present = kubernetes.objects.get(POD) ?? pod;
  const deletionTimestamp = new Date(deletedAt).toISOString();
  kubernetes.put(POD, { ...present, metadata: { ...present.metadata, deletionTimestamp } });
  const gone = await within(fake, () => (kubernetes.objects.has(POD) ? undefined : true), POD_MS);
  const goneAt = Date.now();
  await within(fake, () => fake.of('heartbeat').filter((one) => one.at > goneAt)[1], 3 * intervalOf(t));
  return {
    boundAt,
    deletedAt,
    ...(running && { runningAt, status: running }),
    ...(gone && { goneAt }),
  };
}

/** The times that the node's Lease was given, each once. */
export const renewalsOf = (requests: readonly FakeRequest[]): string[] => {
  const writes = requests.filter(({ method, target }) => method !== 'GET' && target.includes('/leases'));
  return [...new Set(writes.map(({ json }) => String(at(json, 'spec', 'renewTime'))))];
};

/** The transaction that made an object which nothing has changed since. */
async function madeBy(t: CheckContext, id: string): Promise<Paid> {
  const { client } = t.chain;
  const { object } = await client.core.getObject({ objectId: id, include: { previousTransaction: true } });
  const read = await client.core.getTransaction({
    digest: object.previousTransaction ?? '',
    include: { transaction: true, effects: true },
  });
  const found = read.Transaction ?? read.FailedTransaction;
  if (!found) throw new HarnessError(`there is no transaction behind ${id}`);
  return found;
}

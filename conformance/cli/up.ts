import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { HarnessError, UsageError } from '../errors.ts';
import { Session } from '../runner/context.ts';
import { loadBundled } from '../target/bundled.ts';
import { loadTarget } from '../target/load.ts';
import { World } from '../target/world.ts';
import { poll } from '../drivers/wait.ts';
import type { Actor } from '../world/actors.ts';
import { kubeconfig } from '../drivers/kubeconfig.ts';
import { createProgress } from './progress.ts';
import { natural } from './arguments.ts';
import { untilInterrupted } from './interrupt.ts';

interface UpOptions {
  target?: string;
  workers: string;
  dir: string;
  oneShot?: boolean;
}

const READY_MS = 30_000;

export function upCommand(): Command {
  return new Command('up')
    .description('start the reference (or a target) with workers, write a kubeconfig, stop on Ctrl-C')
    .option('-t, --target <file>', 'another implementation’s target file')
    .option('--workers <n>', 'how many workers to start', '1')
    .option('--dir <dir>', 'where kubeconfig and wallets are written', '.daas')
    .option('--one-shot', 'credentials that pass once: kubectl asks for one for each request')
    .addHelpText('after', '\nExamples:\n  $ daas up\n  $ daas up --workers 3 --dir /tmp/daas\n')
    .action(up);
}

async function up(options: UpOptions): Promise<void> {
  const workers = natural('--workers', options.workers, 0, 50);
  const progress = createProgress();
  const interrupted = untilInterrupted();
  const target = options.target ? await loadTarget(options.target) : await loadBundled();
  await using world = await World.start({
    target,
    seed: 1,
    strict: false,
    progress: (line) => progress.step(line),
    signal: interrupted.signal,
  });
  const { gateway } = world.info;
  if (!gateway)
    throw new UsageError('the target file names no gateway, so there is nothing for kubectl to talk to');
  await using session = new Session(world.info);
  progress.step('staking an administrator and a user');
  const [admin, user] = await Promise.all([session.actors.fresh('admin'), session.actors.fresh('user')]);
  progress.step(`starting ${workers} worker${workers === 1 ? '' : 's'}`);
  const started = await Promise.all(Array.from({ length: workers }, () => world.workers?.start({})));
  const nodeIds = started.flatMap((worker) => (worker ? [worker.nodeId] : []));
  await waitForNodes(session, admin, nodeIds, interrupted.signal);

  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const cluster = world.info.chain.ids.cluster;
  const users = await Promise.all([
    writeWallet(dir, 'admin', admin, cluster),
    writeWallet(dir, 'user', user, cluster),
  ]);
  const file = join(dir, 'kubeconfig');
  const text = kubeconfig({ server: gateway.url, ca: gateway.ca, users, oneShot: options.oneShot ?? false });
  await writeFile(file, text, { mode: 0o600 });
  progress.end();
  process.stdout.write(
    `${[
      `gateway   ${gateway.url}`,
      ...(world.info.master ? [`master    ${world.info.master.url}`] : []),
      `chain     ${world.info.chain.url}`,
      `nodes     ${nodeIds.join(' ') || 'none'}`,
      '',
      'In another terminal:',
      '',
      `  export KUBECONFIG=${file}`,
      '  kubectl get nodes',
      '  kubectl run hello --image=nginx && kubectl get pods -w',
      '  kubectl --context k3s-daas-user get pods      # a user with less stake: reads pods and services only',
      '',
      'Ctrl-C stops everything.',
    ].join('\n')}\n`,
  );
  await interrupted.promise;
  progress.line('stopping');
  await Promise.all([file, ...users.map((one) => one.walletFile)].map((path) => rm(path, { force: true })));
}

async function writeWallet(dir: string, name: string, actor: Actor, cluster: string) {
  if (!('getSecretKey' in actor.signer) || typeof actor.signer.getSecretKey !== 'function') {
    throw new HarnessError('the wallet has no exportable key');
  }
  const walletFile = join(dir, `${name}.json`);
  const secret = String(actor.signer.getSecretKey());
  await writeFile(walletFile, JSON.stringify({ secret_key: secret, token: actor.token, cluster }), {
    mode: 0o600,
  });
  await chmod(walletFile, 0o600);
  return { name, walletFile };
}

async function waitForNodes(
  session: Session,
  admin: Actor,
  nodeIds: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (nodeIds.length === 0 || !session.gateway) return;
  const credential = () => session.actors.session(admin);
  const ready = await poll(
    async () => {
      const answer = await session.gateway!.send('GET', '/api/v1/nodes', {
        headers: { authorization: `Bearer ${await credential()}` },
      });
      return nodeIds.every((id) => answer.text.includes(id)) ? true : undefined;
    },
    { timeoutMs: READY_MS, intervalMs: 200, signal },
  );
  if (!ready && !signal.aborted)
    throw new HarnessError(`the workers did not join within ${READY_MS / 1000} s`);
}

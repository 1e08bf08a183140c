import { randomBytes, randomInt } from 'node:crypto';
import { TcpProxy } from '../../conformance/drivers/tcp-proxy.ts';
import { poll } from '../../conformance/drivers/wait.ts';
import { HarnessError, UsageError } from '../../conformance/errors.ts';
import { docker, type ContainerConfig } from '../../conformance/target/docker-run.ts';
import type { LoadedTarget } from '../../conformance/target/load.ts';
import type { PartConfig, PartName, ServerConfig, WorkerConfig } from '../../conformance/target/types.ts';
import type { WorkerStarted } from '../../conformance/target/worker-pool.ts';
import type { World } from '../../conformance/target/world.ts';
import { isBundled, writtenOut } from './bundled-parts.ts';
import { capabilitiesOf } from './capabilities.ts';
import type { Provided, Provider } from './provider.ts';

const TAG = process.env['TAG'] ?? 'latest';
const PARTS = ['gateway', 'master', 'worker'] as const;
const TRIES = 8;

/** Each part in a container that Docker's client starts. */
export const containers: Provider = {
  name: 'containers',
  start: ({ target }) => inContainersOfTheirOwn(target, (config) => Promise.resolve(config)),
};

/** How a container is started: told the usual way, answers the way it is to be. */
export type Started = (
  container: ContainerConfig,
  part: PartName,
  network: Network,
) => Promise<ContainerConfig>;

/**
 * Each part of the reference in a container of its own, on a network made for the scenario; partitions are a worker's
 * container taken off that network. The chain stays with the suite and is reached through the network's gateway.
 */
export async function inContainersOfTheirOwn(target: LoadedTarget, how: Started): Promise<Provided> {
  for (const part of PARTS) await needsImage(imageOf(part));
  const network = await makeNetwork();
  const proxies: TcpProxy[] = [];
  const file = await inContainers(target, network, how).catch(async (error: unknown) => {
    await removeNetwork(network.name);
    throw error;
  });
  const capabilities = capabilitiesOf(target);
  // Docker's client passes signals on to the container it attends.
  for (const one of ['partition', 'signals'] as const) capabilities.add(one);
  return {
    target: file,
    capabilities,
    lacking: {
      realPods: 'its nodes are simulated',
      rbac: 'permissions come from the stake alone',
    },
    worldOptions: {
      reach: async (_, to, url) => {
        if (to !== 'chain') return url;
        const proxy = await TcpProxy.start({ host: network.gateway, target: url });
        proxies.push(proxy);
        return proxy.url;
      },
    },
    faults: (world) => ({
      cut: async (worker) => {
        await docker('network', 'disconnect', '--force', network.name, containerOf(world, worker));
      },
      heal: async (worker) => {
        const name = containerOf(world, worker);
        if (await isOn(network.name, name)) return;
        await docker('network', 'connect', network.name, name);
      },
    }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
      await removeNetwork(network.name);
    },
  };
}

export interface Network {
  name: string;
  /** Address of this machine on it. */
  gateway: string;
  /** The first three bytes of its addresses. */
  prefix: string;
}

const imageOf = (part: string): string => `k3s-daas-${part}:${TAG}`;

async function needsImage(image: string): Promise<void> {
  await docker('image', 'inspect', image).catch((cause: unknown) => {
    throw new HarnessError(`there is no image ${image}`, {
      cause,
      hint: 'build the images with docker/build.sh (CLOSED=1 where no registry can be reached)',
    });
  });
}

/** A network with addresses that nobody uses here. */
async function makeNetwork(): Promise<Network> {
  const name = `daas-${randomBytes(4).toString('hex')}`;
  let trouble: unknown;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const prefix = `10.${randomInt(64, 250)}.${randomInt(1, 250)}`;
    const gateway = `${prefix}.1`;
    try {
      await docker('network', 'create', '--subnet', `${prefix}.0/24`, '--gateway', gateway, name);
      return { name, gateway, prefix };
    } catch (error) {
      trouble = error;
    }
  }
  throw new HarnessError('Docker gives no network', { cause: trouble, hint: 'try `docker network prune`' });
}

/** Containers leave a network a moment after they have ended. */
async function removeNetwork(name: string): Promise<void> {
  let trouble: unknown;
  const gone = await poll(
    () =>
      docker('network', 'rm', name).then(
        () => true,
        (error: unknown) => void (trouble = error),
      ),
    { timeoutMs: 10_000, intervalMs: 250 },
  );
  if (!gone) throw new HarnessError(`the network ${name} cannot be removed`, { cause: trouble });
}

/** The bundled parts as the target file has them, each in its image. */
async function inContainers(target: LoadedTarget, network: Network, how: Started): Promise<LoadedTarget> {
  const { file } = await writtenOut(target);
  const own = await Promise.all(PARTS.map((part) => isBundled(target, part)));
  if (own.includes(false) || file.chain.provider !== 'embedded') {
    throw new UsageError('containers run the parts of the reference, on the embedded chain', {
      hint: 'leave --target out; a part of yours runs in a container by `start.container` in its target file',
    });
  }
  const addresses = { gateway: `${network.prefix}.210`, master: `${network.prefix}.211` };
  const [gateway, master, worker] = await Promise.all([
    moved(file.gateway as ServerConfig, 'gateway', network, addresses.gateway, how),
    moved(file.master as ServerConfig, 'master', network, addresses.master, how),
    moved(file.worker as WorkerConfig, 'worker', network, undefined, how),
  ]);
  return { ...target, file: { ...file, gateway, master, worker } };
}

/** A part that listens on all addresses of its container and is reached at the one given. */
async function moved<Part extends PartConfig>(
  part: Part,
  name: PartName,
  network: Network,
  address: string | undefined,
  how: Started,
): Promise<Part> {
  const command = part.start?.command ?? [];
  // What comes before the arguments of the program is the image's entry point.
  const args = command.slice(command.indexOf(`{{bundled.${name}}}`) + 1);
  const usual: ContainerConfig = {
    image: imageOf(name),
    network: network.name,
    ...(address !== undefined && { address }),
    ...(process.getuid && process.getgid && { user: `${process.getuid()}:${process.getgid()}` }),
    ...(args.length > 0 && { args }),
  };
  const container = await how(usual, name, network);
  const { command: _command, ...start } = part.start ?? {};
  const text = JSON.stringify({ ...part, start: { ...start, container } });
  const listening = text.replaceAll(String.raw`\"host\": \"127.0.0.1\"`, String.raw`\"host\": \"0.0.0.0\"`);
  return JSON.parse(address === undefined ? listening : listening.replaceAll('127.0.0.1', address)) as Part;
}

function containerOf(world: World, worker: WorkerStarted): string {
  const part = world.workers?.get(worker.id);
  if (!part) throw new HarnessError(`there is no worker ${worker.id}`);
  return part.containerName;
}

async function isOn(network: string, container: string): Promise<boolean> {
  const names = await docker(
    'inspect',
    '--format',
    '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}',
    container,
  );
  return names.split(' ').includes(network);
}

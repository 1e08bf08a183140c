import { randomUUID } from 'node:crypto';
import type { K3sContainer } from '@testcontainers/k3s';
import { HarnessError, describeError } from '../../../conformance/errors.ts';
import { docker } from '../../../conformance/target/docker-run.ts';
import type { Provider } from '../provider.ts';
import { inFrontOf, type RunningCluster } from './in-front-of.ts';

/** `privileged` is what k3s expects; `restricted` is for machines that cannot give every capability away. */
const PROFILES = ['privileged', 'restricted'] as const;
/** `full` has an agent that runs containers; `control-plane` has none, and the workers are all its nodes. */
const MODES = ['full', 'control-plane'] as const;
type Profile = (typeof PROFILES)[number];
type Mode = (typeof MODES)[number];

const READY_MS = 120_000;

/** A k3s in a container (K3S_IMAGE), by testcontainers. */
export const k3s: Provider = {
  name: 'k3s',
  start: async (context) => {
    const image = process.env['K3S_IMAGE'];
    if (!image)
      throw new HarnessError('K3S_IMAGE does not name the image of k3s', {
        hint: 'K3S_IMAGE=rancher/k3s:v1.34.1-k3s1 npx daas scenario run --provider k3s',
      });
    const profile = oneOf('K3S_PROFILE', PROFILES, 'privileged');
    const mode = oneOf('K3S_MODE', MODES, 'full');
    context.progress(`starting ${image} (${profile}, ${mode})`);
    return inFrontOf(await startContainer(image, profile, mode), context);
  },
};

function oneOf<T extends string>(name: string, allowed: readonly T[], otherwise: T): T {
  const value = process.env[name] ?? otherwise;
  const found = allowed.find((one) => one === value);
  if (found) return found;
  throw new HarnessError(`${name} is ${value}`, { hint: `it is one of ${allowed.join(', ')}` });
}

async function startContainer(image: string, profile: Profile, mode: Mode): Promise<RunningCluster> {
  // Its cleaning container comes from a registry, which may not be there; the container is stopped below.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';
  const label = `dev.k3s-daas.scenario=${randomUUID()}`;
  const container = await containerOf(image, profile, mode);
  container.withLabels(Object.fromEntries([label.split('=') as [string, string]]));
  const started = await container.start().catch(async (cause: unknown) => {
    // One that could not be started is left behind.
    const left = await docker('ps', '--all', '--quiet', '--filter', `label=${label}`).catch(() => '');
    for (const id of left.split('\n').filter(Boolean)) await docker('rm', '--force', id);
    throw new HarnessError(`${image} did not start as a k3s: ${describeError(cause)}`, {
      cause,
      hint: 'K3S_PROFILE=restricted where the machine refuses privileged containers; K3S_MODE=control-plane needs no capabilities',
    });
  });
  return {
    name: `${image} (${profile}, ${mode})`,
    kubeconfig: started.getKubeConfig(),
    readyMs: READY_MS,
    withoutPods:
      mode === 'full'
        ? 'its own node is not Ready'
        : 'k3s runs with --disable-agent, so its nodes are the simulated workers',
    stop: async () => void (await started.stop({ timeout: 10_000, removeVolumes: true })),
  };
}

/** The container as testcontainers' k3s module makes it, with what this profile and mode do otherwise. */
async function containerOf(image: string, profile: Profile, mode: Mode): Promise<K3sContainer> {
  const [{ K3sContainer: Base }, { Wait, getContainerRuntimeClient }] = await Promise.all([
    import('@testcontainers/k3s'),
    import('testcontainers'),
  ]).catch((cause: unknown) => {
    throw new HarnessError('testcontainers is not installed', {
      cause,
      hint: 'npm install --no-save @testcontainers/k3s@12.1.0 testcontainers@12.2.0',
    });
  });
  class Container extends Base {
    constructor() {
      super(image);
      // A control plane alone is an ordinary program.
      if (mode === 'control-plane') Object.assign(this.hostConfig, { Privileged: false });
      else if (profile === 'restricted') Object.assign(this.hostConfig, RESTRICTED);
    }
  }
  const container = new Container();
  // Its certificate is to name the address that it is reached at from here.
  const { host } = (await getContainerRuntimeClient()).info.containerRuntime;
  const command = ['server', '--disable=traefik', `--tls-san=${host}`];
  if (mode === 'full') return container.withCommand(command);
  return (
    container
      .withCommand([...command, '--disable-agent'])
      // The module waits for what an agent's network says; here it is enough that there is a kubeconfig to ask with.
      .withWaitStrategy(Wait.forSuccessfulCommand('test -s /etc/rancher/k3s/k3s.yaml'))
  );
}

/** All that a container runtime in a container needs, for machines that cannot give CAP_SYS_RESOURCE away. */
const RESTRICTED = {
  Privileged: false,
  CapAdd: ['ALL'],
  CapDrop: ['SYS_RESOURCE'],
  SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
  MaskedPaths: [],
  ReadonlyPaths: [],
  DeviceCgroupRules: ['a *:* rwm'],
};

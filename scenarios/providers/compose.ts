import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HarnessError, describeError } from '../../conformance/errors.ts';
import { PACKAGE_ROOT } from '../../conformance/paths.ts';
import type { ContainerConfig } from '../../conformance/target/docker-run.ts';
import type { PartName } from '../../conformance/target/types.ts';
import { inContainersOfTheirOwn, type Network } from './containers.ts';
import type { Provider } from './provider.ts';

const execute = promisify(execFile);
const FILE = join(PACKAGE_ROOT, 'docker/compose.yaml');
/** Version 2 is a plugin of Docker's client, version 1 a program of its own. */
const CLIENTS = [['docker', 'compose'], ['docker-compose']] as const;

/** Each part as a service of docker/compose.yaml, started and replaced by compose; the rest is as with `containers`. */
export const compose: Provider = {
  name: 'compose',
  start: async ({ target, progress }) => {
    const client = await clientOf();
    progress(
      `with ${client.join(' ')} ${(await execute(client[0]!, [...client.slice(1), 'version', '--short'])).stdout.trim()}`,
    );
    await using stack = new AsyncDisposableStack();
    const dir = await mkdtemp(join(tmpdir(), 'daas-compose-'));
    stack.defer(() => rm(dir, { recursive: true, force: true }));
    const command = [...client, '-p', `daas${randomBytes(4).toString('hex')}`, '-f', FILE];
    const addresses: Partial<Record<PartName, string>> = {};
    const override = join(dir, 'override.yaml');
    const withOverride = [...command, '-f', override];
    let on: Network | undefined;
    const provided = await inContainersOfTheirOwn(target, (usual, part, network) => {
      on = network;
      if (usual.address !== undefined) addresses[part] = usual.address;
      const container: ContainerConfig = { ...usual, compose: { command: withOverride, service: part } };
      return Promise.resolve(container);
    });
    stack.use(provided);
    await writeFile(override, JSON.stringify(overrideOf(on!.name, addresses)));
    // The volumes of the services; deferred last, since the network outlives what is on it.
    stack.defer(async () => {
      await execute(client[0]!, [...withOverride.slice(1), 'down', '--volumes', '--remove-orphans']).catch(
        (cause: unknown) => {
          throw new HarnessError(`compose cannot take its project down: ${describeError(cause)}`, { cause });
        },
      );
    });
    const ending = stack.move();
    return { ...provided, [Symbol.asyncDispose]: () => ending.disposeAsync() };
  },
};

/** The client that COMPOSE names, else whichever there is. */
async function clientOf(): Promise<readonly string[]> {
  const told = process.env['COMPOSE'];
  for (const client of told ? [told.split(' ')] : CLIENTS) {
    const [program = '', ...args] = client;
    const works = await execute(program, [...args, 'version']).then(
      () => true,
      () => false,
    );
    if (works) return client;
  }
  throw new HarnessError(`there is no ${told ?? 'compose'}`, {
    hint: 'Debian has it as docker-compose; COMPOSE="docker compose" or COMPOSE=docker-compose chooses',
  });
}

/** What the services have besides docker/compose.yaml: the scenario's network, and their addresses on it. */
function overrideOf(network: string, addresses: Partial<Record<PartName, string>>): object {
  const service = (part: PartName): object => ({
    init: true,
    networks: { default: addresses[part] === undefined ? {} : { ipv4_address: addresses[part] } },
  });
  return {
    services: { gateway: service('gateway'), master: service('master'), worker: service('worker') },
    networks: { default: { name: network, external: true } },
  };
}

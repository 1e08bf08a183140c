import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { HarnessError, describeError } from '../errors.ts';

/** A part that runs in a container of its own. */
export interface ContainerConfig {
  image: string;
  args?: string[];
  /** A network of Docker's; the host's own unless told. */
  network?: string;
  /** Its address there; whichever is free unless told. */
  address?: string;
  /** `uid:gid`; as the image says unless told. */
  user?: string;
  /** Started as a service by compose; image, network and address are then the service's. */
  compose?: {
    /** The client with its files and project, up to the subcommand. */
    command: readonly string[];
    service: string;
  };
}

/**
 * The command line that runs a part in a container. The run's folder is mounted at its own path, so that every placeholder
 * means the same inside; the container ends with the command and is gone then.
 */
export function dockerRun(
  container: ContainerConfig,
  options: { name: string; folder: string; env: readonly string[] },
): string[] {
  const { network = 'host', address, user, compose } = container;
  if (compose) return composeRun(compose, container, options);
  return [
    'docker',
    'run',
    '--rm',
    '--init',
    '--name',
    options.name,
    '--network',
    network,
    ...(address === undefined ? [] : ['--ip', address]),
    ...(user === undefined ? [] : ['--user', user]),
    '--volume',
    `${options.folder}:${options.folder}`,
    ...options.env.flatMap((key) => ['--env', key]),
    container.image,
    ...(container.args ?? []),
  ];
}

function composeRun(
  { command, service }: NonNullable<ContainerConfig['compose']>,
  { user, args = [] }: ContainerConfig,
  options: { name: string; folder: string; env: readonly string[] },
): string[] {
  return [
    ...command,
    'run',
    '--rm',
    '--no-deps',
    '-T',
    '--name',
    options.name,
    ...(user === undefined ? [] : ['--user', user]),
    '--volume',
    `${options.folder}:${options.folder}`,
    ...options.env.flatMap((key) => ['-e', key]),
    service,
    ...args,
  ];
}

/** Runs one command of Docker's client and gives what it printed. Throws HarnessError. */
export async function docker(...args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)('docker', args, { timeout: 60_000 })).stdout.trim();
  } catch (cause) {
    throw new HarnessError(`docker ${args.slice(0, 3).join(' ')} failed: ${describeError(cause)}`, {
      cause,
      hint: 'see that `docker info` answers',
    });
  }
}

import { HarnessError, describeError } from '../../errors.ts';
import { waitForFunds } from './funded.ts';
import type { ChainProvider } from './provider.ts';

export interface ContainerOptions {
  /** Default: Sui's tools for its test network. */
  image?: string;
  /** Until the first coins, after the image is there. Default 180. */
  timeoutSeconds?: number;
  /** Starts a container; testcontainers by default. */
  starter?: ContainerStarter;
}

/** What a container is to be. */
export interface ContainerRequest {
  image: string;
  command: string[];
  /** Ports inside; they get others outside. */
  ports: number[];
  env: Record<string, string>;
  startupMs: number;
}

export interface StartedContainer {
  host: string;
  /** The port outside of one inside. */
  port(inside: number): number;
  stop(): Promise<void>;
}

export type ContainerStarter = (request: ContainerRequest) => Promise<StartedContainer>;

export const DEFAULT_IMAGE = 'mysten/sui-tools:testnet';
const RPC_PORT = 9000;
const FAUCET_PORT = 9123;

/** A Sui network in a container, new each time and gone afterwards. */
export function containerChain(options: ContainerOptions = {}): ChainProvider {
  const { image = DEFAULT_IMAGE, timeoutSeconds = 180, starter = startWithTestcontainers } = options;
  return {
    async start({ progress, signal }) {
      progress(`starting a Sui network in a container of ${image}`);
      const timeoutMs = timeoutSeconds * 1000;
      const container = await starter({
        image,
        command: ['sui', 'start', '--force-regenesis', `--with-faucet=0.0.0.0:${FAUCET_PORT}`],
        ports: [RPC_PORT, FAUCET_PORT],
        env: { RUST_LOG: 'off,sui_node=info' },
        startupMs: timeoutMs,
      }).catch((cause: unknown) => {
        if (cause instanceof HarnessError) throw cause;
        throw new HarnessError(`no container of ${image}: ${describeError(cause)}`, {
          cause,
          hint: 'see that `docker info` answers and that the image can be pulled, or use `chain: { provider: embedded }`',
        });
      });
      await using stack = new AsyncDisposableStack();
      stack.defer(() => container.stop());
      const at = (inside: number): string => `http://${container.host}:${container.port(inside)}`;
      const [url, faucet] = [at(RPC_PORT), at(FAUCET_PORT)];
      await waitForFunds({ name: `the container of ${image}`, url, faucet, timeoutMs, signal });
      const running = stack.move();
      return { url, faucet, [Symbol.asyncDispose]: () => running.disposeAsync() };
    },
  };
}

/** The part of testcontainers that is used. It is loaded when a target asks for a container, and may be missing until then. */
interface Testcontainers {
  GenericContainer: new (image: string) => GenericContainer;
}
interface GenericContainer {
  withCommand(command: string[]): this;
  withExposedPorts(...ports: number[]): this;
  withEnvironment(env: Record<string, string>): this;
  withStartupTimeout(ms: number): this;
  start(): Promise<{ getHost(): string; getMappedPort(port: number): number; stop(): Promise<unknown> }>;
}

async function startWithTestcontainers(request: ContainerRequest): Promise<StartedContainer> {
  const name = 'testcontainers';
  const { GenericContainer } = await (import(name) as Promise<Testcontainers>).catch((cause: unknown) => {
    throw new HarnessError('the package testcontainers is not installed', {
      cause,
      hint: 'run `npm install --no-save testcontainers`, or use `chain: { provider: embedded }`',
    });
  });
  const started = await new GenericContainer(request.image)
    .withCommand(request.command)
    .withExposedPorts(...request.ports)
    .withEnvironment(request.env)
    .withStartupTimeout(request.startupMs)
    .start();
  return {
    host: started.getHost(),
    port: (inside) => started.getMappedPort(inside),
    stop: async () => {
      await started.stop();
    },
  };
}

import type { Readable } from 'node:stream';
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
  /** Resolves to its last words when it ends by itself. */
  ended: Promise<string>;
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
          hint: 'see that `docker info` answers and that the image can be pulled, or use `chain: { provider: embedded }`; without a registry of images set TESTCONTAINERS_RYUK_DISABLED=true',
        });
      });
      await using stack = new AsyncDisposableStack();
      stack.defer(() => container.stop());
      const at = (inside: number): string => `http://${container.host}:${container.port(inside)}`;
      const [url, faucet] = [at(RPC_PORT), at(FAUCET_PORT)];
      await waitForFunds({
        name: `the container of ${image}`,
        url,
        faucet,
        timeoutMs,
        signal,
        ended: container.ended,
      });
      const running = stack.move();
      return { url, faucet, [Symbol.asyncDispose]: () => running.disposeAsync() };
    },
  };
}

const TAIL = 2000;

/** It is loaded when a target asks for a container: nothing else needs Docker. */
async function startWithTestcontainers(request: ContainerRequest): Promise<StartedContainer> {
  const { GenericContainer, Wait } = await import('testcontainers').catch((cause: unknown) => {
    throw new HarnessError('the package testcontainers is not installed', {
      cause,
      hint: 'run `npm install testcontainers`, or use `chain: { provider: embedded }`',
    });
  });
  const started = await new GenericContainer(request.image)
    .withCommand(request.command)
    .withExposedPorts(...request.ports)
    .withEnvironment(request.env)
    // Funds are waited for, not ports: a port that listens says little, and to look from inside takes a shell in the image.
    .withWaitStrategy(Wait.forAll([]))
    .withStartupTimeout(request.startupMs)
    .start();
  return {
    host: started.getHost(),
    port: (inside) => started.getMappedPort(inside),
    ended: lastWords(await started.logs()),
    stop: async () => {
      await started.stop();
    },
  };
}

/** The log is open for as long as the container runs. */
function lastWords(log: Readable): Promise<string> {
  let words = '';
  log.on('data', (chunk: Buffer | string) => (words = (words + chunk.toString()).slice(-TAIL)));
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const event of ['end', 'close', 'error']) log.once(event, () => resolve(words.trim()));
  return promise;
}

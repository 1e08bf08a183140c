import { parseArgs } from 'node:util';
import { activeMutant } from '../mutants/index.ts';
import { shrinkWhenIdle } from '../protocol/idle-memory.ts';
import { ConfigError } from '../protocol/config-file.ts';
import { loadGatewayConfig } from './config.ts';
import { startGateway } from './start.ts';

/** Longest wait for chain and master before the gateway says that it listens all the same. */
const READY_MS = 10_000;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined) throw new ConfigError('usage: main.ts --config FILE');
  const config = loadGatewayConfig(values.config);
  const gateway = await startGateway(config, await activeMutant(process.env));
  let stopping: Promise<void> | undefined;
  const stop = (): void => {
    stopping ??= gateway.close().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const patience = new Promise<void>((resolve) => setTimeout(resolve, READY_MS).unref());
  await Promise.race([gateway.ready.catch(() => {}), patience]);
  process.stdout.write(`${JSON.stringify({ ready: true, url: gateway.url, pid: process.pid })}\n`);
  shrinkWhenIdle();
}

try {
  await main();
} catch (error) {
  // Only the message: a stack tells nothing to whoever wrote the configuration.
  process.stderr.write(`gateway: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
}

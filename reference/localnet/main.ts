import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheDir } from '../../contracts/cache-dir.ts';

// Before anything large is loaded, which is why the network is imported below.
enableCompileCache(join(cacheDir(), 'node'));
const { startLocalnet } = await import('./localnet.ts');

const USAGE = 'usage: main.ts [--port N] [--host ADDRESS] [--data-dir DIR] [--parent]';

/** Runs a localnet until SIGTERM or SIGINT or, with `--parent`, until standard input closes. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      'data-dir': { type: 'string' },
      parent: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new TypeError(`--port ${values.port}: not a port`);

  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (values.parent) process.stdin.once('end', stop).once('close', stop).resume();

  await using localnet = await startLocalnet({
    ...(values['data-dir'] !== undefined && { dataDir: values['data-dir'] }),
    onError: (where, error) => process.stderr.write(`${where}: ${describe(error)}\n`),
  });
  const url = await localnet.listen(port, values.host);
  process.stdout.write(`${JSON.stringify({ url, chain_id: localnet.chainId, pid: process.pid })}\n`);
  await stopped;
  process.stdin.pause();
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${describe(error)}\n${USAGE}\n`);
  process.exitCode = error instanceof TypeError ? 2 : 1;
}

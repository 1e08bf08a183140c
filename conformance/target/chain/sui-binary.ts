import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { HarnessError } from '../../errors.ts';
import { freePorts } from '../free-port.ts';
import { waitForFunds } from './funded.ts';
import type { ChainProvider } from './provider.ts';

export interface SuiBinaryOptions {
  /** Name on PATH, or an absolute path. Default `sui`. */
  binary?: string;
  /** Until the first coins. Default 120. */
  timeoutSeconds?: number;
  env?: Readonly<Record<string, string | undefined>>;
}

const TAIL = 2000;
const STOP_MS = 10_000;

/** A network of Sui's own command line program, new each time and gone afterwards. */
export function suiBinaryChain(options: SuiBinaryOptions = {}): ChainProvider {
  const { binary = 'sui', timeoutSeconds = 120, env = process.env } = options;
  return {
    async start({ progress, signal }) {
      const program = await findProgram(binary, env);
      const [port, faucetPort] = (await freePorts(2)) as [number, number];
      progress(`starting a Sui network with ${program}`);
      await using stack = new AsyncDisposableStack();
      // Its configuration must not touch that of the user.
      const home = await mkdtemp(join(tmpdir(), 'daas-sui-'));
      stack.defer(() => rm(home, { recursive: true, force: true }));
      const args = [
        'start',
        '--force-regenesis',
        `--with-faucet=127.0.0.1:${faucetPort}`,
        `--fullnode-rpc-port=${port}`,
      ];
      const child = spawn(program, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { RUST_LOG: 'off,sui_node=info', ...env, SUI_CONFIG_DIR: home },
      });
      const ended = lastWords(child);
      stack.defer(() => stop(child));
      const url = `http://127.0.0.1:${port}`;
      const faucet = `http://127.0.0.1:${faucetPort}`;
      await waitForFunds({
        name: `\`${binary} start\``,
        url,
        faucet,
        timeoutMs: timeoutSeconds * 1000,
        signal,
        ended,
      });
      const running = stack.move();
      return { url, faucet, [Symbol.asyncDispose]: () => running.disposeAsync() };
    },
  };
}

/** Full path of an executable. Throws HarnessError when there is none. */
async function findProgram(name: string, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const folders = isAbsolute(name) ? [''] : (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  for (const folder of folders) {
    const path = folder === '' ? name : join(folder, name);
    const isFile = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isFile && runs) return path;
  }
  throw new HarnessError(`there is no program ${name}${isAbsolute(name) ? '' : ' on PATH'}`, {
    hint: 'install the Sui command line program, name its path as `chain.binary`, or use `chain: { provider: embedded }`',
  });
}

/** What it said last, once it has ended or could not be started. */
function lastWords(child: ChildProcess): Promise<string> {
  let words = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (words = (words + chunk.toString('utf8')).slice(-TAIL)));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, by) => resolve(`${by ?? `exit code ${code}`} ${words.trim()}`));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'close');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(timer);
}

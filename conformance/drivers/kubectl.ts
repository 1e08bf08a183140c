import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describeError } from '../errors.ts';
import { HarnessError } from '../errors.ts';

/** The binaries that KUBECTLS lists, colon or comma between them. */
export const KUBECTLS: readonly string[] = (process.env['KUBECTLS'] ?? '').split(/[:,]/).filter(Boolean);

/** The kubectl that checks drive: the one KUBECTL names, or the first of KUBECTLS. */
export const KUBECTL: string | undefined = process.env['KUBECTL'] ?? KUBECTLS[0];

let versions: Promise<ReadonlyMap<string, string>> | undefined;

/** The binaries of KUBECTLS by their version, such as `1.33`; what does not run as kubectl is left out. */
export function kubectlsByVersion(): Promise<ReadonlyMap<string, string>> {
  versions ??= Promise.all(
    KUBECTLS.map(async (path): Promise<[string, string] | undefined> => {
      const version = await versionOf(path);
      return version === undefined ? undefined : [version, path];
    }),
  ).then((found) => new Map(found.filter((one) => one !== undefined)));
  return versions;
}

async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(path, ['version', '--client'], { timeout: 10_000 });
    return /v(\d+\.\d+)\./.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

export interface KubectlResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a stock kubectl with one kubeconfig; its cache stays in the folder given. */
export class Kubectl {
  readonly #kubeconfig: string;
  readonly #cacheDir: string;
  readonly #binary: string;

  constructor(options: { kubeconfig: string; cacheDir: string; binary?: string | undefined }) {
    this.#kubeconfig = options.kubeconfig;
    this.#cacheDir = options.cacheDir;
    this.#binary = options.binary ?? KUBECTL ?? 'kubectl';
  }

  /** Runs one command to its end; killed, with what it printed so far, when the time is over. */
  async run(
    args: readonly string[],
    options: { stdin?: string; timeoutMs?: number } = {},
  ): Promise<KubectlResult> {
    const child = this.#spawn(args);
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 20_000);
    child.stdin?.end(options.stdin ?? '');
    const [stdout, stderr, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.once('close', resolve)),
    ]);
    clearTimeout(timer);
    return { code, stdout, stderr };
  }

  /** Starts a command that goes on, such as `get -w`, and yields its lines until disposed. */
  follow(args: readonly string[]): { lines: AsyncIterable<string>; stop: () => void } {
    const child = this.#spawn(args);
    child.stdin?.end();
    child.stderr?.resume();
    if (!child.stdout) throw new HarnessError('kubectl has no output');
    return { lines: createInterface({ input: child.stdout }), stop: () => void child.kill('SIGTERM') };
  }

  #spawn(args: readonly string[]): ChildProcess {
    const own = ['--kubeconfig', this.#kubeconfig, '--cache-dir', this.#cacheDir];
    const child = spawn(this.#binary, [...own, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.once('error', (error) => child.stderr?.emit('data', Buffer.from(describeError(error))));
    return child;
  }
}

async function text(stream: NodeJS.ReadableStream | null): Promise<string> {
  let all = '';
  for await (const chunk of stream ?? []) all += String(chunk);
  return all;
}

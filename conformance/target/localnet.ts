import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { HarnessError, describeError } from '../errors.ts';
import { modulePath } from '../paths.ts';

const START_MS = 60_000;

/** The embedded Sui node, as a process of its own that ends with this one. */
export class LocalnetProcess implements AsyncDisposable {
  readonly url: string;
  /** Somebody moved its clock or epoch, or cut it off: it is no longer like a new one. */
  touched = false;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  static async start(): Promise<LocalnetProcess> {
    const args = [modulePath('reference/localnet/main.ts'), '--port', '0', '--parent'];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4000)));
    const lines = createInterface({ input: child.stdout });
    const late = AbortSignal.timeout(START_MS);
    try {
      const [line] = (await Promise.race([
        once(lines, 'line', { signal: late }),
        once(child, 'exit').then(() => Promise.reject(new Error(`it ended at once: ${words}`))),
      ])) as [string];
      const { url } = JSON.parse(line) as { url: string };
      return new LocalnetProcess(url, child);
    } catch (cause) {
      child.kill('SIGKILL');
      throw new HarnessError(`the embedded Sui localnet did not start: ${describeError(cause)}`, { cause });
    } finally {
      lines.close();
    }
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
  }
}

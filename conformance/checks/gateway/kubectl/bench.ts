import type { Kubectl, KubectlResult } from '../../../drivers/kubectl.ts';
import type { CheckContext } from '../../../runner/context.ts';
import { ok } from '../../../runner/expectations.ts';
import { CheckFailure } from '../../../runner/outcome.ts';
import type { KubectlOptions } from '../../../world/kubectl-for.ts';
import { runningWorker } from '../../../world/workers.ts';

/** One line of the table: what a person would type, and what must come of it. */
export interface Row {
  /** The requirement it observes with the usual kubectl; GW-KCT-004 repeats it with each version. */
  requirement: string;
  /** Last part of the check's id, permanent. */
  name: string;
  title: string;
  mutants?: readonly string[];
  run: (k: Bench) => Promise<void>;
}

const WORKER_MS = 20_000;

/** Rows at work at a time: each is a process of its own, and more of them than cores only make answers late. */
const PLACES = 3;
let free = PLACES;
const waiting: (() => void)[] = [];

async function takePlace(): Promise<void> {
  if (free > 0) free -= 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
}

function leavePlace(): void {
  const next = waiting.shift();
  if (next) next();
  else free += 1;
}

/** One kubectl of one version, acting for the suite's administrator. */
export class Bench {
  readonly t: CheckContext;
  readonly #kubectl: Kubectl;
  readonly #binary: string | undefined;

  private constructor(t: CheckContext, kubectl: Kubectl, binary: string | undefined) {
    this.t = t;
    this.#kubectl = kubectl;
    this.#binary = binary;
  }

  /** `binary` in place of the usual kubectl. */
  static async open(t: CheckContext, binary?: string): Promise<Bench> {
    await takePlace();
    t.defer(leavePlace);
    const admin = await t.actors.shared('admin');
    const token = await t.actors.session(admin);
    const kubectl = await t.kubectl(admin, { token, ...(binary !== undefined && { binary }) });
    return new Bench(t, kubectl, binary);
  }

  /** The same binary for somebody else, or with the credential plugin. */
  other(kind: 'admin' | 'user', options: KubectlOptions = {}): Promise<Kubectl> {
    const { t } = this;
    return t.actors
      .shared(kind)
      .then((actor) =>
        t.kubectl(actor, { ...options, ...(this.#binary !== undefined && { binary: this.#binary }) }),
      );
  }

  /** Runs a command that must succeed; what it printed. */
  async ok(args: readonly string[], stdin?: string): Promise<string> {
    const result = await this.#run(args, stdin);
    if (result.code !== 0) throw unexpected(args, 0, result);
    return result.stdout;
  }

  /** Runs a command that must end with 1 and say why. */
  async fails(args: readonly string[], why: RegExp, stdin?: string): Promise<KubectlResult> {
    const result = await this.#run(args, stdin);
    if (result.code !== 1 || !why.test(result.stderr))
      throw unexpected(args, { code: 1, stderr: why }, result);
    return result;
  }

  /** Runs a command that must succeed and print something that matches. */
  async prints(args: readonly string[], pattern: RegExp, stdin?: string): Promise<void> {
    const stdout = await this.ok(args, stdin);
    ok(`kubectl ${args.join(' ')} prints ${String(pattern)}`, pattern.test(stdout), { got: stdout });
  }

  /** Runs a command that must succeed and print exactly this. */
  async says(args: readonly string[], wanted: string, stdin?: string): Promise<void> {
    const stdout = await this.ok(args, stdin);
    ok(`kubectl ${args.join(' ')} prints what it should`, stdout.trim() === wanted, { wanted, got: stdout });
  }

  /** Runs a command and leaves the judgement to the caller. */
  run(args: readonly string[], stdin?: string): Promise<KubectlResult> {
    return this.#run(args, stdin);
  }

  /** Starts a command that goes on; its lines as they come, and it ends with the check. */
  follow(args: readonly string[]): { lines: string[] } {
    const { lines, stop } = this.#kubectl.follow(args);
    const seen: string[] = [];
    const reading = (async () => {
      for await (const line of lines) seen.push(line.trim());
    })();
    // Cleanups run last first: the process is stopped, then its output is at its end.
    this.t.defer(() => reading);
    this.t.defer(stop);
    return { lines: seen };
  }

  /** Name of a Ready node that other rows use too. */
  async node(): Promise<string> {
    const t: CheckContext = this.t;
    t.needs('a worker that the suite can start', t.world.worker);
    // It lives as long as the target.
    const { nodeId } = await t.shared('a node for kubectl', (own) => own.control.startWorker({}));
    await this.ok(c`wait --for=create node/${nodeId} --timeout=20s`);
    await this.ok(c`wait --for=condition=Ready node/${nodeId} --timeout=20s`);
    return nodeId;
  }

  /** Name of a Ready node of this check's own. */
  async ownNode(): Promise<string> {
    const worker = await runningWorker(this.t, await this.t.actors.shared('admin'), WORKER_MS);
    return worker.nodeId;
  }

  async #run(args: readonly string[], stdin?: string): Promise<KubectlResult> {
    return this.#kubectl.run(args, { timeoutMs: 30_000, ...(stdin !== undefined && { stdin }) });
  }
}

/** The words of a command; a value put in stays one word, whatever it contains. */
export function c(parts: TemplateStringsArray, ...values: string[]): string[] {
  const words = [''];
  for (const [index, part] of parts.entries()) {
    const [first = '', ...more] = part.split(/\s+/);
    words.push((words.pop() ?? '') + first, ...more);
    words.push((words.pop() ?? '') + (values[index] ?? ''));
  }
  return words.filter((word) => word !== '');
}

function unexpected(args: readonly string[], wanted: unknown, got: KubectlResult): CheckFailure {
  return new CheckFailure(
    `kubectl ${args.join(' ')} ended with ${got.code}: ${got.stderr.trim().slice(0, 300)}`,
    {
      sent: args,
      wanted,
      got,
    },
  );
}

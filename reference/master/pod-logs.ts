import type { LogOptions, LogSource } from '../kubernetes/index.ts';

export interface PodLogsOptions {
  /** Unix milliseconds. */
  now: () => number;
  /** Lines kept of one container. */
  maxLines?: number;
  /** Containers whose lines are kept; beyond that the ones silent for longest are forgotten. */
  maxContainers?: number;
}

interface Line {
  atMs: number;
  text: string;
}

interface Stream {
  lines: Line[];
  /** Lines that were dropped at the front. */
  dropped: number;
  readers: Set<() => void>;
}

interface Container {
  namespace: string;
  name: string;
  container: string;
}

/** The newest lines of each container, as the agents send them; in memory only, since they may be secret. */
export class PodLogs implements LogSource {
  readonly #streams = new Map<string, Stream>();
  readonly #options: Required<PodLogsOptions>;

  constructor(options: PodLogsOptions) {
    this.#options = { maxLines: 1_000, maxContainers: 10_000, ...options };
  }

  /** Takes in text of whole lines. */
  append(of: Container, text: string): void {
    const key = keyOf(of);
    const stream = this.#streams.get(key) ?? { lines: [], dropped: 0, readers: new Set() };
    // Set anew, so that the map's order is that of the last writes.
    this.#streams.delete(key);
    this.#streams.set(key, stream);
    const atMs = this.#options.now();
    for (const line of text.replace(/\n$/, '').split('\n'))
      stream.lines.push({ atMs, text: line.slice(0, 16_384) });
    const excess = stream.lines.length - this.#options.maxLines;
    if (excess > 0) {
      stream.lines.splice(0, excess);
      stream.dropped += excess;
    }
    for (const wake of stream.readers) wake();
    this.#makeRoom();
  }

  /** Whether there is a line of any container of this pod. */
  has({ namespace, name }: { namespace: string; name: string }): boolean {
    return [...this.#streams.keys()].some((key) => key.startsWith(`${namespace}/${name}/`));
  }

  async *read(of: Container, options: LogOptions, signal: AbortSignal): AsyncGenerator<string> {
    const { follow, previous, timestamps, tailLines, sinceSeconds } = options;
    const stream = this.#streams.get(keyOf(of));
    if (previous || stream === undefined) return;
    const since = sinceSeconds === undefined ? 0 : this.#options.now() - sinceSeconds * 1000;
    const show = ({ atMs, text }: Line): string =>
      timestamps ? `${new Date(atMs).toISOString()} ${text}` : text;
    const end = stream.dropped + stream.lines.length;
    let next = tailLines === undefined ? 0 : Math.max(0, end - tailLines);
    for (;;) {
      for (; next < stream.dropped + stream.lines.length; next += 1) {
        const line = stream.lines[next - stream.dropped];
        if (line !== undefined && line.atMs >= since) yield show(line);
      }
      if (!follow || signal.aborted) return;
      await nextLine(stream, signal);
    }
  }

  #makeRoom(): void {
    for (const [key, { readers }] of this.#streams) {
      if (this.#streams.size <= this.#options.maxContainers) return;
      if (readers.size === 0) this.#streams.delete(key);
    }
  }
}

function keyOf({ namespace, name, container }: Container): string {
  return `${namespace}/${name}/${container}`;
}

async function nextLine(stream: Stream, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = (): void => resolve();
  stream.readers.add(wake);
  signal.addEventListener('abort', wake, { once: true });
  await promise;
  stream.readers.delete(wake);
  signal.removeEventListener('abort', wake);
}

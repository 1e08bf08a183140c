import { poll } from '../../conformance/drivers/wait.ts';
import { figuresOf, type Figures, type Server } from './load.ts';

export interface FanOut {
  watchers: number;
  /** Watches that were open when the first change was made. */
  open: number;
  /** From the moment the change is asked for. */
  from_write: Figures;
  /** From the moment the first watcher has it: what fanning out adds. */
  after_first: Figures;
}

const OPEN_MS = 60_000;
const ARRIVE_MS = 20_000;

/**
 * Opens so many watches of one collection, a connection each, makes changes one after another and takes the time until
 * each watcher has each of them. `change` makes one and gives a text that its event contains.
 */
export async function fanOut(
  server: Server,
  path: string,
  options: { watchers: number; changes: number; change: (index: number) => Promise<string> },
): Promise<FanOut> {
  const ending = new AbortController();
  const arrivals = new Map<string, number[]>();
  const headers = await server.headers();
  // From here on: a watch without a version would first be told of everything there is.
  const since = await versionOf(server, path, headers);
  let open = 0;
  const watching = Array.from({ length: options.watchers }, async () => {
    const answer = await server.agent.request({
      origin: server.url,
      path: `${path}?watch=true&timeoutSeconds=240&resourceVersion=${since}`,
      method: 'GET',
      // Asked for each watch: they may be those of many users.
      headers: await server.headers(),
      signal: ending.signal,
    });
    if (answer.statusCode !== 200) return;
    open += 1;
    const told = new Set<string>();
    let rest = '';
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      const now = performance.now();
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const [marker, times] of arrivals) {
        // The first notice counts: what is made may be changed by others soon after.
        if (told.has(marker) || !lines.some((line) => line.includes(marker))) continue;
        told.add(marker);
        times.push(now);
      }
    }
  });
  const ended = Promise.allSettled(watching);
  await poll(() => (open === options.watchers ? true : undefined), { timeoutMs: OPEN_MS, intervalMs: 100 });
  const opened = open;
  const [written, first]: [number[], number[]] = [[], []];
  let [lost, busyMs, spreadMs] = [0, 0, 0];
  for (let index = 0; index < options.changes; index += 1) {
    const times: number[] = [];
    const marker = `fan-out-${index}-`;
    arrivals.set(marker, times);
    const before = performance.now();
    await options.change(index);
    await poll(() => (times.length >= opened ? true : undefined), {
      timeoutMs: ARRIVE_MS,
      intervalMs: 10,
    });
    arrivals.delete(marker);
    lost += opened - times.length;
    if (times.length === 0) continue;
    const [earliest, latest] = [Math.min(...times), Math.max(...times)];
    busyMs += latest - before;
    spreadMs += latest - earliest;
    written.push(...times.map((time) => time - before));
    first.push(...times.map((time) => time - earliest));
  }
  ending.abort();
  await ended;
  return {
    watchers: options.watchers,
    open: opened,
    from_write: figuresOf(written, lost, busyMs),
    after_first: figuresOf(first, lost, spreadMs),
  };
}

async function versionOf(server: Server, path: string, headers: Record<string, string>): Promise<string> {
  const answer = await server.agent.request({
    origin: server.url,
    path: `${path}?limit=1`,
    method: 'GET',
    headers,
  });
  const list = (await answer.body.json()) as { metadata?: { resourceVersion?: string } };
  return list.metadata?.resourceVersion ?? '';
}

import type { World } from '../../conformance/target/world.ts';
import type { Lines } from './lines.ts';
import { FAULT_KINDS, type FaultKind, type Site } from './plan.ts';

/** Where faults can strike this target, and what cannot be done to it. */
export interface Sites {
  sites: Site[];
  /** Why a kind, or a part of one, is left out; one line each. */
  notAvailable: string[];
}

/** Lines whose every connection may break off; for the others a cut is the harder fault. */
const BREAKABLE = ['clients–gateway', 'gateway–master'];

/** Finds them. `workers`: ids of the workers that run. */
export function sitesOf(
  world: Pick<World, 'servers' | 'workers' | 'localnet'>,
  workers: readonly string[],
  lines: Lines,
  wanted: readonly FaultKind[] = FAULT_KINDS,
): Sites {
  const notAvailable: string[] = [];
  const servers = [...world.servers].flatMap(([name, { part }]) => {
    if (part.isProcess) return [name];
    notAvailable.push(`kill, restart, pause of the ${name}: the suite did not start it as a process`);
    return [];
  });
  const own = workers.filter((id) => world.workers?.get(id).isProcess);
  if (own.length < workers.length) {
    notAvailable.push('kill, pause of workers: the suite did not start them as processes');
  }
  const all: Site[] = [
    ...[...servers, ...own].map((on) => ({ kind: 'kill' as const, on })),
    ...(servers.length > 1 ? [{ kind: 'kill' as const, on: servers.join('+') }] : []),
    ...servers.map((on) => ({ kind: 'restart' as const, on })),
    ...[...servers, ...own.slice(0, 1)].map((on) => ({ kind: 'pause' as const, on })),
    ...lines.names.map((on) => ({ kind: 'cut' as const, on })),
    ...lines.names.filter((on) => BREAKABLE.includes(on)).map((on) => ({ kind: 'break' as const, on })),
  ];
  if (world.localnet) {
    all.push(
      { kind: 'outage', on: 'unavailable' },
      { kind: 'outage', on: 'hang' },
      { kind: 'clock', on: 'chain' },
    );
  } else {
    notAvailable.push('outage, clock: the chain is not the embedded one');
  }
  for (const name of ['gateway–master', 'gateway–chain', 'master–chain', 'worker–master', 'worker–chain']) {
    if (!lines.names.includes(name)) notAvailable.push(`cut of ${name}: it does not run through the suite`);
  }
  notAvailable.push(
    'slow disk: needs a block device of its own (device mapper), which this suite does not make',
    'clock of a part: all parts share the clock of this machine; the chain has one of its own',
  );
  return { sites: all.filter(({ kind }) => wanted.includes(kind)), notAvailable };
}

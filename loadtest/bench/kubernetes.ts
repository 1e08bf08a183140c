import { HarnessError } from '../../conformance/errors.ts';
import { randomLabel } from '../../conformance/world/actors.ts';
import { load, type Figures } from '../api/load.ts';
import type { Side } from '../api/sides.ts';
import { compare, interleave, type Comparison } from './rounds.ts';

export interface KubernetesBench {
  objects: number;
  get_p50_ms: Comparison;
  gets_per_second: Comparison;
  list_p50_ms: Comparison;
  create_p50_ms: Comparison;
  creates_per_second: Comparison;
}

export interface BenchSize {
  rounds: number;
  milliseconds: number;
  objects: number;
}

const JSON_BODY = { 'content-type': 'application/json' };

/** Reads and writes of objects shaped like ConfigMaps, both sides in turns. */
export async function benchKubernetes(
  reference: Side,
  peer: Side,
  { rounds, milliseconds, objects }: BenchSize,
): Promise<KubernetesBench> {
  const run = randomLabel();
  await Promise.all([fill(reference, run, objects), fill(peer, run, objects)]);
  const both = async (measure: (side: Side) => Promise<Figures>) => {
    const { reference: ours, peer: theirs } = await interleave(
      rounds,
      () => measure(reference),
      () => measure(peer),
    );
    const failed = [...ours, ...theirs].reduce((sum, figures) => sum + figures.failed, 0);
    if (failed > 0)
      throw new HarnessError(`${failed} requests of the bench failed: its figures would be wrong`);
    return {
      p50: compare(
        ours.map(({ p50_ms }) => p50_ms),
        theirs.map(({ p50_ms }) => p50_ms),
      ),
      rate: compare(
        ours.map(({ per_second }) => per_second),
        theirs.map(({ per_second }) => per_second),
      ),
    };
  };
  const gets = await both((side) =>
    load(side.reads, (index) => ({ method: 'GET', path: `${side.collection}/${run}-${index % objects}` }), {
      concurrency: 8,
      milliseconds,
      wanted: 200,
    }),
  );
  const lists = await both((side) =>
    load(side.reads, () => ({ method: 'GET', path: side.collection }), {
      concurrency: 2,
      milliseconds,
      wanted: 200,
    }),
  );
  let made = 0;
  const creates = await both((side) =>
    load(side.writes, () => creation(side, `${run}-w${(made += 1)}`), {
      concurrency: 4,
      requests: 60,
      wanted: 201,
    }),
  );
  return {
    objects,
    get_p50_ms: gets.p50,
    gets_per_second: gets.rate,
    list_p50_ms: lists.p50,
    create_p50_ms: creates.p50,
    creates_per_second: creates.rate,
  };
}

function creation(side: Side, name: string) {
  const { apiVersion, kind, collection: path } = side;
  const body = JSON.stringify({ apiVersion, kind, metadata: { name }, data: { padding: 'x'.repeat(500) } });
  return { method: 'POST', path, headers: JSON_BODY, body };
}

async function fill(side: Side, run: string, objects: number): Promise<void> {
  const made = await load(side.writes, (index) => creation(side, `${run}-${index}`), {
    concurrency: 4,
    requests: objects,
    wanted: 201,
  });
  if (made.failed > 0)
    throw new HarnessError(`${made.failed} of ${objects} objects were not made at the ${side.name}`);
}

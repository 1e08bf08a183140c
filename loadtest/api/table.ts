import type { BenchResult, SideResult } from './bench.ts';
import type { Figures } from './load.ts';

const ROWS: readonly (readonly [string, (side: SideResult) => Figures])[] = [
  ['get', (side) => side.get],
  ['list', (side) => side.list],
  ['create', (side) => side.create],
  ['watch, from the write', (side) => side.fan_out.from_write],
  ['watch, after the first', (side) => side.fan_out.after_first],
];

const HEAD = [
  '',
  'p50 ms',
  'p99 ms',
  'a second',
  'failed',
  'p50 ms',
  'p99 ms',
  'a second',
  'failed',
  'p50',
  'p99',
];

/** The result for people: the reference, the peer, and the reference's times as multiples of the peer's. */
export function table(result: BenchResult): string {
  const rows = ROWS.map(([name, of]) => {
    const [ours, theirs] = [of(result.reference), of(result.peer)];
    return [
      name,
      ...cells(ours),
      ...cells(theirs),
      ratio(ours.p50_ms, theirs.p50_ms),
      ratio(ours.p99_ms, theirs.p99_ms),
    ];
  });
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  const { machine, objects, bytes_each: bytes, reference, peer } = result;
  return `${[
    `columns: reference, peer (Kubernetes' API machinery on etcd), reference as a multiple of the peer`,
    line(HEAD),
    ...rows.map(line),
    `list of ${reference.pods.count} pods, reference alone: p50 ${reference.pods.list.p50_ms} ms, p99 ${reference.pods.list.p99_ms} ms, ${reference.pods.list.per_second} a second`,
    `memory of the reference: ${memory(reference)}`,
    `memory of the peer: ${memory(peer)}`,
    `watches open: ${reference.fan_out.open} and ${peer.fan_out.open} of ${reference.fan_out.watchers}`,
    `${objects} objects of ${bytes} bytes; reads at the master's API over TLS; creates through gateway and chain (the only way in), at the peer directly`,
    `${machine.cores} cores (${machine.model}), Node ${machine.node}; servers and load generator share them, load average before: ${machine.load_before.map((value) => value.toFixed(1)).join(' ')}`,
  ].join('\n')}\n`;
}

function cells({ p50_ms, p99_ms, per_second, failed }: Figures): string[] {
  return [p50_ms.toFixed(2), p99_ms.toFixed(2), String(per_second), String(failed)];
}

const ratio = (ours: number, theirs: number): string => `${(ours / theirs).toFixed(2)} x`;

function memory({ memory: { idle, full, watched } }: SideResult): string {
  return Object.keys(idle)
    .map((name) => {
      const [one, two, three] = [idle, full, watched].map((at) => megabytes(at[name]));
      return `${name} ${one} MB idle, ${two} with the objects, ${three} with the watchers`;
    })
    .join('; ');
}

const megabytes = (bytes: number | undefined): string =>
  bytes === undefined ? '?' : String(Math.round(bytes / 1e6));

import type { BenchReport } from './run-bench.ts';
import type { Comparison, Spread } from './rounds.ts';

const range = ({ median, lowest, highest }: Spread): string => `${median} (${lowest} to ${highest})`;

/** The bench for people: medians of the rounds, with the lowest and the highest behind them. */
export function benchMarkdown(bench: BenchReport): string {
  const { kubernetes, credentials, scheduling, chain, suite, machine } = bench;
  const row = (name: string, { reference, peer, ratio }: Comparison, of: string): string =>
    `| ${name} | ${range(reference)} | ${of} | ${range(peer)} | ${range(ratio)} |`;
  const lines = [
    `${machine.cores} cores of ${machine.model}, Node ${machine.node}, load average before ${machine.load_before.map((value) => value.toFixed(1)).join(' ')}; servers and generator share the cores. ${bench.rounds} rounds, both sides in turns; median, and from the lowest to the highest.`,
    '',
    '| what | reference | peer | its value | reference : peer |',
    '|---|---:|---|---:|---:|',
  ];
  if (kubernetes) {
    lines.push(
      row('get, p50 ms', kubernetes.get_p50_ms, bench.peer),
      row('gets a second', kubernetes.gets_per_second, bench.peer),
      row(`list of ${kubernetes.objects}, p50 ms`, kubernetes.list_p50_ms, bench.peer),
      row('create, p50 ms (reference: through gateway and chain)', kubernetes.create_p50_ms, bench.peer),
      row('creates a second (likewise)', kubernetes.creates_per_second, bench.peer),
    );
  }
  lines.push(
    row(
      'credential checks a second of one core',
      credentials.per_core_second,
      'bare Ed25519 verify of node:crypto',
    ),
    '',
    `- A whole heartbeat costs the master ${range(credentials.heartbeat_cpu_ms)} ms of processor time, TLS and HTTP included.`,
    `- Scheduling, creation to binding: ${scheduling.p50_ms} ms at the median (${scheduling.note}). No peer: a kube-scheduler needs a whole cluster.`,
    `- Chain: ${range(chain)} transactions a second, built, signed, executed and waited for by one client.`,
    `- The suite itself: ${suite.requirements} requirements (${suite.selection}) in ${suite.seconds} s, ${suite.seconds_per_requirement} s each, ${suite.cpu_seconds} s of processor time and ${suite.peak_mb} MB at most, start of the target included, its processes not.`,
  );
  if (!kubernetes) lines.push(`- Kubernetes API against a peer: left out, ${bench.peer}.`);
  return `${lines.join('\n')}\n`;
}

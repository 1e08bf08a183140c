import { Command } from 'commander';
import { benchMarkdown } from '../../loadtest/bench/markdown.ts';
import { runBench } from '../../loadtest/bench/run-bench.ts';
import { natural } from './arguments.ts';
import { untilInterrupted } from './interrupt.ts';
import { createProgress } from './progress.ts';

interface BenchCliOptions {
  kubeconfig?: string;
  rounds: string;
  json?: boolean;
}

export function benchCommand(): Command {
  return new Command('bench')
    .description('measure the bundled reference against its peers, in turns: ratios with their spread')
    .option(
      '--kubeconfig <file>',
      'a cluster whose API server is the peer; a namespace `bench` is made in it',
    )
    .option('--rounds <n>', 'how often each side is measured', '5')
    .option('--json', 'print JSON, not Markdown')
    .addHelpText('after', HELP)
    .action(bench);
}

async function bench(options: BenchCliOptions): Promise<void> {
  const rounds = natural('--rounds', options.rounds, 1, 50);
  const progress = createProgress();
  const interrupted = untilInterrupted();
  try {
    const result = await runBench({
      kubeconfig: options.kubeconfig,
      rounds,
      signal: interrupted.signal,
      step: (text) => progress.step(text),
    });
    progress.end();
    process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : benchMarkdown(result));
  } finally {
    interrupted.release();
  }
}

const HELP = `
Without --kubeconfig the peer is Kubernetes' own API machinery on etcd, where .ci/peer has installed it.

Examples:
  $ daas bench
  $ .ci/peer && daas bench --rounds 7 --json > bench.json
  $ daas bench --kubeconfig ~/.kube/config
`;

import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { stringify } from 'yaml';
import { UsageError } from '../errors.ts';
import { parseTarget } from '../target/load.ts';

interface InitOptions {
  name?: string;
  gateway?: string;
  gatewayCommand?: string;
  master?: string;
  masterCommand?: string;
  workerCommand?: string;
  ca?: string;
  feature: string[];
  out?: string;
}

export function initCommand(): Command {
  return new Command('init')
    .description('write a target file, by asking or from flags')
    .option('--name <name>', 'name of the implementation')
    .option('--gateway <url>', 'the gateway’s https:// URL')
    .option('--gateway-command <command>', 'command that starts the gateway')
    .option('--master <url>', 'the enclave master’s https:// URL')
    .option('--master-command <command>', 'command that starts the master')
    .option('--worker-command <command>', 'command that starts one worker')
    .option('--ca <file>', 'PEM file of the authority that signs the servers’ certificates')
    .option('--feature <names...>', 'optional features that the implementation claims', [])
    .option('-o, --out <file>', 'where to write it; standard output otherwise')
    .addHelpText('after', HELP)
    .action(init);
}

async function init(options: InitOptions): Promise<void> {
  const answers = anyPart(options) ? options : await ask(options);
  const file = {
    schema_version: 1,
    name: answers.name ?? 'my-implementation',
    ...(answers.feature.length > 0 && { features: answers.feature }),
    chain: { provider: 'embedded' },
    master: server(answers.master, answers.masterCommand, answers.ca) ?? 'bundled',
    gateway: server(answers.gateway, answers.gatewayCommand, answers.ca) ?? 'bundled',
    worker: answers.workerCommand ? { start: { command: words(answers.workerCommand) } } : 'bundled',
  };
  const text = `# Check it with: daas run --target ${answers.out ?? 'target.yaml'}\n${stringify(file)}`;
  await parseTarget(text, 'the answers');
  if (answers.out) await writeFile(answers.out, text, { flag: 'wx' }).catch(refuseOverwrite(answers.out));
  else process.stdout.write(text);
}

function server(url: string | undefined, command: string | undefined, ca: string | undefined) {
  if (!url && !command) return undefined;
  if (!url)
    throw new UsageError('a start command without a URL', {
      hint: 'say where the part listens, for instance https://127.0.0.1:{{gateway.port}}',
    });
  return { url, ...(ca && { ca }), ...(command && { start: { command: words(command) } }) };
}

async function ask(options: InitOptions): Promise<InitOptions> {
  if (!process.stdin.isTTY) {
    throw new UsageError('nothing to write: no part was named and there is nobody to ask', {
      hint: 'give --gateway, --master or --worker-command',
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const question = async (text: string): Promise<string | undefined> =>
    (await terminal.question(`${text}: `)).trim() || undefined;
  try {
    process.stderr.write('Leave an answer empty to use the bundled reference for that part.\n');
    const name = options.name ?? (await question('Name of the implementation'));
    const gateway = await question('URL of the gateway (https://…)');
    const gatewayCommand =
      gateway && (await question('Command that starts the gateway, empty when it runs already'));
    const master = await question('URL of the enclave master (https://…)');
    const masterCommand =
      master && (await question('Command that starts the master, empty when it runs already'));
    const workerCommand = await question('Command that starts a worker');
    const ca = gateway || master ? await question('PEM file of their certificate authority') : undefined;
    return {
      ...options,
      ...(name && { name }),
      ...(gateway && { gateway }),
      ...(gatewayCommand && { gatewayCommand }),
      ...(master && { master }),
      ...(masterCommand && { masterCommand }),
      ...(workerCommand && { workerCommand }),
      ...(ca && { ca }),
    };
  } finally {
    terminal.close();
  }
}

function anyPart(options: InitOptions): boolean {
  return Boolean(
    options.gateway ??
    options.master ??
    options.workerCommand ??
    options.gatewayCommand ??
    options.masterCommand,
  );
}

/** Splits a command line at spaces, quotes keep words together. */
function words(command: string): string[] {
  return (command.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
}

function refuseOverwrite(path: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    const exists = error.code === 'EEXIST';
    throw new UsageError(exists ? `${path} exists already` : `cannot write ${path}`, {
      cause: exists ? undefined : error,
      hint: 'name another file with --out',
    });
  };
}

const HELP = `
Commands, files and paths may hold placeholders that the suite fills in:
  {{chain.url}} {{chain.package}} {{chain.pool}} {{chain.registry}} {{chain.cluster}} {{chain.endpoint}}
  {{chain.gateway_cap}} {{chain.master_cap}}   ids of the contracts’ objects
  {{wallet.gateway.secret_key}} {{wallet.gateway.address}}   funded key pairs; also master, worker
  {{gateway.port}} {{gateway.port2}} {{gateway.dir}} {{gateway.url}} {{gateway.ca}}   also master, standby; {{spare.port}}
  {{worker.dir}} {{worker.node_id}} {{worker.stake_mist}}   {{store.port}} {{store.port2}} {{store.dir}}
  {{timings.offline_after_seconds}} …   {{attestation.pcr0}} … {{attestation.root}}   {{node}} {{target.dir}} {{run.dir}}
  {{limits.sessions}} {{limits.nonces}} {{limits.store_entries}} {{limits.store_bytes}} {{limits.busy_share}}
  {{intervals.key_rotation_seconds}} {{intervals.event_ttl_seconds}} {{features.one_shot_kubectl}}   varied by checks
  {{clock.step_file}}   file with the seconds that the master’s clock is to be off (libfaketime reads it too), or empty
  {{clients.ca}}   CA whose certificates the master’s clients must present, or empty (feature MutualTLS);
  {{gateway.client_cert}} {{gateway.client_key}} {{worker.client_cert}} {{worker.client_key}}   what they present
  {{kubernetes.kubeconfig}}   cluster behind the master, for scenarios with --provider kubeconfig; else empty

Examples:
  $ daas init --name acme --gateway 'https://127.0.0.1:{{gateway.port}}' --ca '{{gateway.dir}}/ca.crt' \\
      --gateway-command './acme-gateway --config {{gateway.dir}}/gateway.toml' --out target.yaml
  $ daas init                 # asks
`;

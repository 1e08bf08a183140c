import { Command, CommanderError } from 'commander';
import { SuiteError, describeError } from '../errors.ts';
import { readJson } from '../paths.ts';
import { attestCommand } from './attest.ts';
import { benchCommand } from './bench.ts';
import { credentialCommand } from './credential.ts';
import { faultsCommand } from './faults.ts';
import { initCommand } from './init.ts';
import { listCommand } from './list.ts';
import { loadCommand } from './load.ts';
import { mutantsCommand } from './mutants/command.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { scenarioCommand } from './scenario.ts';
import { upCommand } from './up.ts';

const EXIT_USAGE = 2;
const EXIT_HARNESS = 3;

/** Runs the command line. Sets the exit code: 0 conformant, 1 not, 2 usage, 3 harness fault. */
export async function main(argv: readonly string[]): Promise<void> {
  const { version } = await readJson('package.json');
  const program = new Command('daas')
    .description('Decides whether an implementation of K3s-DaaS is right, safe and fast.')
    .version(String(version))
    .exitOverride()
    .showHelpAfterError('(run it with --help for examples)')
    .addHelpText('after', EXAMPLES);
  for (const command of [
    runCommand,
    listCommand,
    loadCommand,
    benchCommand,
    scenarioCommand,
    upCommand,
    faultsCommand,
    mutantsCommand,
    initCommand,
    credentialCommand,
    attestCommand,
    reportCommand,
  ]) {
    program.addCommand(command().exitOverride().showHelpAfterError('(run it with --help for examples)'));
  }
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = failure(error);
  }
}

function failure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  const hint =
    error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined;
  process.stderr.write(`error: ${describeError(error)}\n${hint ? `  next: ${hint}\n` : ''}`);
  if (error instanceof SuiteError) return error.exitCode;
  if (error instanceof Error && 'code' in error && error.code === 'SELECTION_EMPTY') return EXIT_USAGE;
  if (process.env['DAAS_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return EXIT_HARNESS;
}

const EXAMPLES = `
Examples:
  $ daas run                                  check the bundled reference on an embedded Sui localnet
  $ daas run --target target.yaml             check your own implementation
  $ daas run --only 'GW-AUTH-*' --seed 7      a part of it, with a seed
  $ daas init --gateway https://127.0.0.1:8443 --ca ca.crt > target.yaml
  $ daas up                                   start the reference and use kubectl on it
  $ daas mutants                              prove that the suite catches known defects
`;

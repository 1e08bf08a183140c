import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, type Check } from '../../runner/check.ts';
import { at, equal, ok } from '../../runner/expectations.ts';
import { onStage, soon, startCustomer, TIMEOUT_MS } from './workers.ts';

/** Stands in for k3s: notes its process, arguments, environment and token file, and then lives until it is ended. */
const STAND_IN = `#!/bin/sh
for word in "$@"; do
  [ "$before" = --token-file ] && cat "$word" > "$0.token"
  before="$word"
done
env > "$0.environment"
echo "$$ $*" > "$0.part" && mv "$0.part" "$0.called"
exec sleep 300
`;

/** The agent that runs `k3s agent`, with a program in place of k3s. */
export const k3sChecks: readonly Check[] = [
  check(
    'WK-AGENT-003',
    'k3s agent is started with the join data, and stopped with the worker',
    { timeoutMs: TIMEOUT_MS, mutants: ['agent-not-stopped'] },
    (t) =>
      onStage(t, async (stage) => {
        const dir = await mkdtemp(join(tmpdir(), 'daas-k3s-'));
        t.defer(() => rm(dir, { recursive: true, force: true }));
        const program = join(dir, 'k3s');
        await writeFile(program, STAND_IN, { mode: 0o755 });
        let data: unknown;
        stage.fake.on('register-worker', async (_request, honest) => {
          const answer = await honest();
          data = at(answer.body, 'join');
          return answer;
        });
        const worker = await startCustomer(t, stage, {
          config: { agent: 'k3s' },
          env: { PATH: `${dir}:${process.env['PATH'] ?? ''}` },
        });
        const called = await soon('a start of k3s', () =>
          readFile(`${program}.called`, 'utf8').catch(() => undefined),
        );
        const [pid = '', command, ...told] = called.trim().split(' ');
        t.defer(() => void endIfAlive(pid));
        const given = [
          told.join(' '),
          await readFile(`${program}.environment`, 'utf8'),
          await readFile(`${program}.token`, 'utf8').catch(() => ''),
        ].join('\n');
        ok('k3s told its process', /^[1-9]\d*$/.test(pid), { got: called });
        equal('what k3s is told to be', command, 'agent');
        ok('it is told the server', given.includes(String(at(data, 'server'))), { got: told });
        ok('it is given the token', given.includes(String(at(data, 'token'))), { got: told });
        const { exit } = await t.control.stop({ part: worker.id });
        equal('the exit of the worker', exit, { code: 0, signal: null });
        equal('whether k3s runs on', endIfAlive(pid), false);
      }),
  ),
];

/** Ends a process; false when there was none. */
function endIfAlive(pid: string): boolean {
  // To the system 0 is our own process group.
  if (!/^[1-9]\d*$/.test(pid)) return false;
  try {
    return process.kill(Number(pid), 'SIGKILL');
  } catch {
    return false;
  }
}

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { parse } from 'yaml';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, ok, refused } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import { ask, mustPass } from './asking.ts';
import { anotherGateway, serving } from './restarting.ts';

const ONE_SHOT = { 'features.one_shot_kubectl': 'true' };
const options = { timeoutMs: 45_000 };

/** What the plugin that the gateway's own kubeconfig names prints for this actor. */
async function runPlugin(
  t: CheckContext,
  part: string,
  actor: Actor,
): Promise<{ token: string; ends: Date }> {
  const { files } = await t.control.storage({ part });
  const file = files.find((path) => /kubeconfig/.test(basename(path)));
  ok('the gateway wrote a kubeconfig', file !== undefined, { got: files.map((path) => basename(path)) });
  const exec = at(parse(await readFile(file, 'utf8')), 'users', 0, 'user', 'exec');
  const [command, args] = [at(exec, 'command'), at(exec, 'args') ?? []];
  ok('it names an exec plugin', typeof command === 'string' && Array.isArray(args), { got: exec });
  const dir = await mkdtemp(join(tmpdir(), 'daas-plugin-'));
  t.defer(() => rm(dir, { recursive: true, force: true }));
  const keystore = join(dir, 'wallet.key');
  await writeFile(keystore, (actor.signer as Ed25519Keypair).getSecretKey(), { mode: 0o600 });
  const env = { ...process.env, DAAS_KEYSTORE: keystore, DAAS_TOKEN: actor.token };
  const { stdout } = await promisify(execFile)(command, args.map(String), { env });
  const printed: unknown = JSON.parse(stdout);
  equal('the kind', at(printed, 'kind'), 'ExecCredential');
  equal('the version', at(printed, 'apiVersion'), 'client.authentication.k8s.io/v1');
  const [token, ends] = [at(printed, 'status', 'token'), at(printed, 'status', 'expirationTimestamp')];
  ok('there is a token and an end', typeof token === 'string' && typeof ends === 'string', { got: printed });
  return { token, ends: new Date(ends) };
}

export default defineChecks([
  check(
    'CR-SES-009',
    'in one-shot mode a session passes once',
    { ...options, mutants: ['nonce-forgotten', 'one-shot-ignored'] },
    async (t) => {
      const { gateway } = await anotherGateway(t, ONE_SHOT);
      const user = await t.actors.shared('user');
      await serving(t, gateway, user);
      for (let times = 0; times < 3; times += 1) {
        const session = await t.actors.session(user);
        await mustPass(t, session, gateway);
        refused(await ask(t, session, gateway), { status: 401, reason: 'ReplayDetected' });
      }
    },
  ),

  check(
    'CR-SES-010/plugin',
    'the plugin prints a session that is renewed before its end',
    options,
    async (t) => {
      const user = await t.actors.shared('user');
      const { token, ends } = await runPlugin(t, 'gateway', user);
      const left = ends.getTime() - Date.now();
      ok('kubectl keeps it for a while, and not beyond 300 s', left > 0 && left <= 300_000, { got: left });
      for (let times = 0; times < 2; times += 1) await mustPass(t, token);
    },
  ),

  check(
    'CR-SES-010/one-shot',
    'in one-shot mode kubectl runs the plugin for each request',
    { ...options, mutants: ['one-shot-ignored'] },
    async (t) => {
      const { gateway, id } = await anotherGateway(t, ONE_SHOT);
      const user = await t.actors.shared('user');
      await serving(t, gateway, user);
      const [first, second] = [await runPlugin(t, id, user), await runPlugin(t, id, user)];
      ok('it has ended already', first.ends.getTime() < Date.now(), { got: first.ends });
      ok('each run gives another one', first.token !== second.token);
      for (const { token } of [first, second]) await mustPass(t, token, gateway);
    },
  ),
]);

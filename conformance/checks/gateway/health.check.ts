import { readFile } from 'node:fs/promises';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok, status } from '../../runner/expectations.ts';
import { Untestable } from '../../runner/outcome.ts';
import { plainTextAnswer } from './plain-http.ts';
import { kube } from './kube.ts';
import { startAgain } from '../../world/start-again.ts';

const PATHS = ['/healthz', '/readyz', '/livez'];

export default defineChecks([
  ...PATHS.map((path) =>
    check(
      `GW-HLT-001${path}`,
      `GET ${path} is 200 with the body ok, without a credential`,
      { mutants: ['health-tells-version'] },
      async (t) => {
        for (const headers of [{}, { authorization: 'Bearer nonsense' }, { accept: 'application/json' }]) {
          const answer = await t.gateway.http.send('GET', path, { headers });
          status(answer, 200);
          equal('the body', answer.text.replace(/\n$/, ''), 'ok');
          const named = Object.keys(answer.headers).filter((name) =>
            /^(server|x-powered-by|x-.*version)$/.test(name),
          );
          equal('headers that tell the software', named, []);
        }
        const more = await t.gateway.http.send('GET', `${path}?verbose`);
        ok('there is no verbose answer', more.text.length <= 3 || more.status >= 400, { got: more.text });
      },
    ),
  ),

  check(
    'GW-HLT-003',
    'plain HTTP gets no answer from the Kubernetes API',
    { mutants: ['plain-http-served'] },
    async (t) => {
      const { hostname, port } = new URL(t.world.gateway?.url ?? '');
      ok('the target’s URL is HTTPS', t.gateway.http.baseUrl.startsWith('https://'), {
        got: t.gateway.http.baseUrl,
      });
      const session = await t.actors.session(await t.actors.shared('user'));
      const answer = await plainTextAnswer(hostname, Number(port), [
        'GET /api/v1/pods HTTP/1.1',
        `Host: ${hostname}`,
        `Authorization: Bearer ${session}`,
        'Connection: close',
      ]);
      ok('there is no PodList in what came back', !/PodList|HTTP\/1\.1 2/.test(answer), {
        got: answer.slice(0, 500),
      });
    },
  ),

  check(
    'GW-HLT-004/kept',
    'a restart keeps CA and kubeconfig, which name the gateway and its CA',
    { exclusive: true, timeoutMs: 60_000, mutants: ['fresh-ca'] },
    async (t: CheckContext) => {
      const { gateway } = t.world;
      t.needs('a gateway that the suite can restart', gateway?.startable === true);
      const { files } = await t.control.storage({ part: 'gateway' });
      const kubeconfig = files.find((file) => /(^|\/)[^/]*kubeconfig[^/]*$/i.test(file));
      if (kubeconfig === undefined)
        throw new Untestable('no kubeconfig in the storage that the target file names');
      const before = await readFile(kubeconfig, 'utf8');
      const ca = gateway?.ca ?? '';
      ok('the kubeconfig names the gateway', before.includes(gateway?.url ?? ''), {
        wanted: gateway?.url,
      });
      const data = Buffer.from(
        /certificate-authority-data: (\S+)/.exec(before)?.[1] ?? '',
        'base64',
      ).toString();
      equal('the CA in the kubeconfig', data.trim(), ca.trim());
      const stopped = await t.control.stop({ part: 'gateway' });
      equal('how it ended', [stopped.exit?.code, stopped.killed], [0, false]);
      await startAgain(t, 'gateway');
      equal('the kubeconfig after the restart', await readFile(kubeconfig, 'utf8'), before);
      status(await t.gateway.http.send('GET', '/healthz'), 200);
    },
  ),

  check(
    'GW-HLT-005',
    'at SIGTERM a request under way is answered, watches end cleanly, and the exit code is 0 within 10 s',
    { exclusive: true, timeoutMs: 60_000, mutants: ['cut-at-stop'] },
    async (t: CheckContext) => {
      const { gateway } = t.world;
      t.needs('a gateway that the suite can restart', gateway?.startable === true);
      const admin = await kube(t);
      const watch = await admin.watch('configmaps');
      const write = admin.create('configmaps', admin.configMap(t.name('last')));
      await t.chain.event('K8sAPIRequest', { path: admin.path('configmaps'), token: admin.actor.token }, 300);
      t.defer(() => startAgain(t, 'gateway'));
      const stopped = await t.control.stop({ part: 'gateway' });
      const answer = await write;
      ok('the write was answered', answer.status === 201 || answer.status === 504, {
        wanted: 201,
        got: answer.status,
      });
      equal('how the watch ended', await watch.ended, 'clean');
      equal('how the gateway ended', [stopped.exit?.code, stopped.killed], [0, false]);
      ok('it took at most 10 s', stopped.ms <= 10_000, { wanted: 10_000, got: stopped.ms });
    },
  ),
]);

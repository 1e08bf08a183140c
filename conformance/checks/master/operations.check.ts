import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { asObject, equal, eventually, ok, refused, status } from '../../runner/expectations.ts';
import { playedGateway } from '../../world/played-gateway.ts';
import { metricsOf, SUBJECTS, totalOf } from './metrics.ts';
import { created } from './requests.ts';

export default defineChecks([
  check(
    'MS-OPS-001',
    'health tells status and timestamp and nothing else',
    { mutants: ['health-tells-more'] },
    async (t) => {
      const answer = await t.master.http.send('GET', '/health');
      status(answer, 200);
      const body = asObject(answer.json);
      equal('the keys', Object.keys(body).toSorted(), ['status', 'timestamp']);
      equal('the type of status', typeof body['status'], 'string');
      const off = Math.abs(Number(body['timestamp']) - Date.now() / 1000);
      ok('the timestamp is the present in seconds', off <= 30, { got: body });
    },
  ),

  check(
    'MS-OPS-002',
    'metrics are not open to anybody on the public port',
    { mutants: ['metrics-for-everybody'] },
    async (t) => {
      for (const target of ['/metrics', '/metrics/', '/metrics?format=text', '//metrics']) {
        const answer = await t.master.http.send('GET', target);
        ok(`${target} is refused`, [400, 401, 403, 404].includes(answer.status), {
          got: { status: answer.status, body: answer.text.slice(0, 200) },
        });
        ok('the refusal tells no figures', !/^# (?:TYPE|HELP)/m.test(answer.text), { got: answer.text });
      }
      const { metricsUrl, url } = t.world.master ?? {};
      if (metricsUrl === undefined || url === undefined) return;
      ok('metrics have a port of their own', new URL(metricsUrl).host !== new URL(url).host, {
        got: { metricsUrl, url },
      });
    },
  ),

  check(
    'MS-OPS-003',
    'metrics are Prometheus text with everything that is to be watched',
    { mutants: ['metrics-incomplete'] },
    async (t) => {
      const { types, samples } = await metricsOf(t);
      const names = [...types.keys(), ...samples.map(({ name }) => name)];
      const unnamed = Object.entries(SUBJECTS).filter(([, words]) => !names.some((name) => words.test(name)));
      equal(
        'what no metric names',
        unnamed.map(([subject]) => subject),
        [],
      );
    },
  ),

  check(
    'MS-OPS-004',
    'a request, a refused replay and a stored object are counted',
    { mutants: ['metrics-frozen'] },
    async (t) => {
      const node = await t.actors.fresh('node');
      const before = await metricsOf(t);
      const credential = await t.actors.oneShot(node, {
        method: 'POST',
        target: '/api/v1/register-worker',
        body: '{}',
      });
      const register = () => t.master.asWorker(node, 'POST', '/api/v1/register-worker', {}, { credential });
      status(await register(), 400);
      refused(await register(), { status: 401, reason: 'ReplayDetected' });
      const gateway = await playedGateway(t);
      const admin = await t.actors.shared('admin');
      // Many, as others that leave the store meanwhile are counted off.
      const made = Array.from({ length: 12 }, () => gateway.run(admin, created(t.name('counted'))));
      for (const { status: code } of await Promise.all(made)) equal('the status of a creation', code, 201);
      await eventually(
        'rising figures',
        async () => {
          const after = await metricsOf(t);
          const rose = (subject: RegExp, kind: 'counter' | 'gauge', by: number) =>
            totalOf(after, subject, kind) >= totalOf(before, subject, kind) + by;
          return rose(SUBJECTS.requests, 'counter', 14) &&
            rose(SUBJECTS['refused replays'], 'counter', 1) &&
            rose(SUBJECTS['store size'], 'gauge', 1)
            ? true
            : undefined;
        },
        { withinMs: 5_000, intervalMs: 200 },
      );
    },
  ),

  check(
    'MS-OPS-005',
    'no label holds a credential, a wallet or the name of a user’s object',
    { mutants: ['metrics-with-wallets'] },
    async (t) => {
      const admin = await t.actors.shared('admin');
      const node = await t.actors.fresh('node');
      const name = t.name('private');
      const gateway = await playedGateway(t);
      equal('the status of a creation', (await gateway.run(admin, created(name))).status, 201);
      status(await t.master.register(node), 200);
      status(await t.master.asReader('GET', `/api/v1/namespaces/default/configmaps/${name}`), 200);
      status(await t.master.http.send('GET', `/api/v1/${name}/0x${'c'.repeat(64)}`), [401, 403, 404]);
      const { samples } = await metricsOf(t);
      const held = new Set(samples.flatMap(({ labels }) => Object.values(labels)));
      const secret = [admin.address, node.address, admin.token, node.token, name, node.nodeId];
      const found = [...held].filter(
        (value) =>
          /seal1\.|0x[0-9a-f]{40,}|Bearer /i.test(value) || secret.some((word) => value.includes(word)),
      );
      equal('labels that name somebody', found, []);
    },
  ),

  check(
    'MS-OPS-007',
    'log lines about a request carry its request_id',
    { mutants: ['request-id-unlogged'] },
    async (t: CheckContext) => {
      t.needs('a master whose logs the suite reads', t.world.master?.startable === true);
      const gateway = await playedGateway(t);
      const admin = await t.actors.shared('admin');
      const { requestId } = await gateway.run(admin, created(t.name('logged')));
      await eventually(
        'a structured line with the request_id',
        async () => {
          const { text } = await t.control.logs({ part: 'master' });
          const lines = text.split('\n').filter((line) => line.includes(requestId));
          const structured = lines.map(fieldsOf).filter((fields) => fields['request_id'] === requestId);
          return structured.length > 0 ? true : undefined;
        },
        { withinMs: 3_000, intervalMs: 200 },
      );
    },
  ),
]);

function fieldsOf(line: string): Record<string, unknown> {
  try {
    return asObject(JSON.parse(line));
  } catch {
    return {};
  }
}

import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, eventually, ok, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { answerOf, newRequestId, playedGateway } from '../../world/played-gateway.ts';
import { created, isThere, eventFields } from './requests.ts';

const target = (id: string): string => `/api/v1/requests/${id}`;

export default defineChecks([
  check('MS-REQ-001', 'a gateway’s payload is accepted', { mutants: ['payload-answered-200'] }, async (t) => {
    const gateway = await playedGateway(t);
    const answer = await gateway.put(newRequestId(), created(t.name('put')));
    status(answer, 202);
  }),

  check(
    'MS-REQ-002',
    'a payload without its event on chain is not run',
    { mutants: ['pushed-event-believed'] },
    async (t) => {
      const gateway = await playedGateway(t);
      const admin = await t.actors.shared('admin');
      const [id, name] = [newRequestId(), t.name('unannounced')];
      const request = created(name);
      status(await gateway.put(id, request), 202);
      const push = {
        tx_digest: 'A'.repeat(43),
        event_seq: 0,
        type: `${t.world.chain.ids.package}::k8s_gateway::K8sAPIRequest`,
        data: eventFields(t, admin, id, request),
      };
      status(await t.master.http.send('POST', '/api/v1/sui-events', { body: { events: [push] } }), 202);
      status(await gateway.response(id, 1), 202);
      ok('the object is not there', !(await isThere(t, name)), { got: name });
      await gateway.announce(admin, id, request);
      equal('the status once it is announced', answerOf(id, await gateway.response(id, 10)).status, 201);
    },
  ),

  ...(['payload first', 'event first'] as const).map((order) =>
    check(
      `MS-REQ-003/${order.replace(' ', '-')}`,
      `a payload that is not the announced one is never run (${order})`,
      { mutants: ['payload-digest-unchecked'] },
      async (t) => {
        const gateway = await playedGateway(t);
        const admin = await t.actors.shared('admin');
        const [id, name] = [newRequestId(), t.name('swapped')];
        const announced = created(t.name('honest'));
        const announce = () => gateway.announce(admin, id, announced);
        if (order === 'payload first') {
          status(await gateway.put(id, created(name)), 202);
          await announce();
        } else {
          await announce();
          // The master learns of the event when it reads the chain: only then can it refuse the payload at once.
          status(await gateway.put(id, created(name)), [202, 409]);
        }
        const answer = await eventually(
          'an end of the request',
          async () => {
            const response = await gateway.response(id, 1);
            return response.status === 202 ? undefined : response;
          },
          { withinMs: t.world.timings.request_ttl_seconds * 1000 + 5_000, intervalMs: 100 },
        );
        status(answer, [409, 410, 404]);
        const reason = { 409: 'DigestMismatch', 410: 'RequestExpired' }[answer.status] ?? 'NotFound';
        refused(answer, { status: answer.status, reason });
        ok('the object is not there', !(await isThere(t, name)), { got: name });
      },
    ),
  ),

  ...(['payload first', 'event first', 'payload twice', 'pushed again'] as const).map((way) =>
    check(
      `MS-REQ-004/${way.replace(' ', '-')}`,
      `a request is run exactly once (${way})`,
      { mutants: way === 'pushed again' ? ['pushed-event-again'] : [] },
      async (t) => {
        const gateway = await playedGateway(t);
        const admin = await t.actors.shared('admin');
        const id = newRequestId();
        // A generated name: each run makes another object.
        const prefix = t.name('once');
        const request = created('', { generateName: `${prefix}-`, labels: { once: prefix } });
        const announce = async (): Promise<string> => (await gateway.announce(admin, id, request)).digest;
        let digest = '';
        if (way === 'event first') digest = await announce();
        status(await gateway.put(id, request), 202);
        if (way === 'payload twice') status(await gateway.put(id, request), 202);
        if (way !== 'event first') digest = await announce();
        const first = answerOf(id, await gateway.response(id, 10));
        equal('the status', first.status, 201);
        if (way === 'payload twice') status(await gateway.put(id, request), [202, 409, 410]);
        if (way === 'pushed again') {
          const push = { tx_digest: digest, event_seq: 0, data: eventFields(t, admin, id, request) };
          for (let times = 0; times < 2; times += 1) {
            status(await t.master.http.send('POST', '/api/v1/sui-events', { body: { events: [push] } }), 202);
          }
        }
        // One more request through the same pipe: whatever the repetition set off is done before it.
        equal(
          'the status of a later request',
          (await gateway.run(admin, created(t.name('after')))).status,
          201,
        );
        const list = await t.master.asReader(
          'GET',
          `/api/v1/namespaces/default/configmaps?labelSelector=once%3D${prefix}`,
        );
        equal('the number of objects it made', (at(list.json, 'items') as unknown[]).length, 1);
        const again = answerOf(id, await gateway.response(id));
        equal('the answer, asked for again', again.body.toString(), first.body.toString());
        const results = await t.chain.events('K8sAPIResult', { request_id: id });
        equal('the number of results on chain', results.length, 1);
      },
    ),
  ),

  ...(['event', 'payload'] as const).map((missing) =>
    check(
      `MS-REQ-005/no-${missing}`,
      `a request whose ${missing} does not come is dropped`,
      { mutants: ['requests-never-expire'], timeoutMs: 45_000 },
      async (t: CheckContext) => {
        const ttlMs = t.world.timings.request_ttl_seconds * 1000;
        t.needs('a time to live of requests of at most 15 s', ttlMs <= 15_000);
        const gateway = await playedGateway(t);
        const admin = await t.actors.shared('admin');
        const [id, name] = [newRequestId(), t.name('late')];
        const request = created(name);
        if (missing === 'event') status(await gateway.put(id, request), 202);
        else await gateway.announce(admin, id, request);
        const began = Date.now();
        if (missing === 'event') status(await gateway.response(id), 202);
        const answer = await eventually(
          'the end of the request',
          async () => {
            const response = await gateway.response(id);
            const late = Date.now() - began > ttlMs + 2_000;
            const over = response.status === 410 || (response.status === 404 && late);
            return over ? response : undefined;
          },
          { withinMs: ttlMs + 5_000, intervalMs: 200 },
        );
        refused(answer, {
          status: answer.status,
          reason: answer.status === 410 ? 'RequestExpired' : 'NotFound',
        });
        // The other half, coming too late, changes nothing any more.
        if (missing === 'payload') {
          const late = await gateway.put(id, request);
          if (late.status === 202) status(await gateway.response(id, 1), [202, 404, 410]);
          else status(late, [409, 410]);
        }
        ok('the object is not there', !(await isThere(t, name)), { got: name });
      },
    ),
  ),

  check(
    'MS-REQ-006',
    'only a registered gateway can hand over payloads',
    { mutants: ['gateway-unverified'] },
    async (t) => {
      const gateway = await playedGateway(t, { fresh: true });
      const admin = await t.actors.shared('admin');
      const name = t.name('unidentified');
      const wire = { body: {} };
      refused(await t.master.http.send('PUT', target(newRequestId()), wire), {
        status: 401,
        reason: 'MalformedCredential',
      });
      const body = JSON.stringify({});
      const id = newRequestId();
      const seal = await t.actors.oneShot(admin, { method: 'PUT', target: target(id), body });
      const headers = { 'x-gateway-credential': seal, 'content-type': 'application/json' };
      status(await t.master.http.send('PUT', target(id), { headers, body }), [401, 403]);
      status(await gateway.put(newRequestId(), created(t.name('good'))), 202);
      await t.control.retireGateway({ cap: gateway.cap });
      const refusal = await eventually(
        'a refusal of the retired gateway',
        async () => {
          const answer = await gateway.put(newRequestId(), created(name));
          return answer.status === 202 ? undefined : answer;
        },
        { withinMs: 5_000, intervalMs: 200 },
      );
      status(refusal, [401, 403]);
      const other = await playedGateway(t);
      status(await other.response(id), [404, 410]);
    },
  ),

  check(
    'MS-REQ-007',
    'a request is run with the permissions of its token',
    { mutants: ['run-as-gateway'] },
    async (t) => {
      const gateway = await playedGateway(t);
      const user = await t.actors.shared('user');
      const id = newRequestId();
      const name = t.name('beyond');
      const request = created(name);
      status(await gateway.put(id, request), 202);
      // The contract checks the resource it is told; a gateway that lies about it must not get further.
      await gateway.announce(user, id, request, { method: 'GET', resourceType: 'pods' });
      const answer = await eventually(
        'an end of the request',
        async () => {
          const response = await gateway.response(id, 1);
          return response.status === 202 ? undefined : response;
        },
        { withinMs: t.world.timings.request_ttl_seconds * 1000 + 5_000 },
      );
      if (answer.status === 200) equal('the status of the answer', answerOf(id, answer).status, 403);
      else status(answer, [403, 409, 410]);
      ok('the object is not there', !(await isThere(t, name)), { got: name });
    },
  ),

  check(
    'MS-REQ-008',
    'a request_id of another form is refused',
    { mutants: ['request-id-loose'] },
    async (t) => {
      const gateway = await playedGateway(t);
      await eachRow(
        [
          ['31 digits', 'a'.repeat(31)],
          ['33 digits', 'a'.repeat(33)],
          ['capitals', 'A'.repeat(32)],
          ['other letters', 'g'.repeat(32)],
          ['a UUID', '123e4567-e89b-12d3-a456-426614174000'],
          ['an encoded path', '..%2f..%2fsecrets'],
        ],
        async (id) =>
          refused(await gateway.put(id, created(t.name('odd'))), { status: 400, reason: 'BadRequest' }),
      );
    },
  ),

  check(
    'MS-REQ-009',
    'a second payload under the same id does not replace the first',
    { mutants: ['second-payload-accepted'] },
    async (t) => {
      const gateway = await playedGateway(t);
      const admin = await t.actors.shared('admin');
      const [id, first, second] = [newRequestId(), t.name('first'), t.name('second')];
      status(await gateway.put(id, created(first)), 202);
      refused(await gateway.put(id, created(second)), { status: 409 });
      await gateway.announce(admin, id, created(first));
      equal('the status', answerOf(id, await gateway.response(id, 10)).status, 201);
      equal('which of the two is there', [await isThere(t, first), await isThere(t, second)], [true, false]);
    },
  ),
]);

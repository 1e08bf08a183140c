import { createHash } from 'node:crypto';
import { responseMessage, signedBy } from '../../drivers/enclave-signature.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, eventually, ok, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { answerOf, newRequestId, playedGateway } from '../../world/played-gateway.ts';
import { created, isThere, eventFields, uidOf } from './requests.ts';

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
      const announced = await gateway.announce(admin, id, request);
      ok('the chain takes the command', announced.ok, { got: announced });
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
        const announce = async (): Promise<void> => {
          const outcome = await gateway.announce(admin, id, announced);
          ok('the chain takes the command', outcome.ok, { got: outcome });
        };
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
        const announce = async (): Promise<string> => {
          const outcome = await gateway.announce(admin, id, request);
          ok('the chain takes the command', outcome.ok, { got: outcome });
          return outcome.digest;
        };
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
        else {
          const outcome = await gateway.announce(admin, id, request);
          ok('the chain takes the command', outcome.ok, { got: outcome });
        }
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
      const announced = await gateway.announce(user, id, request, { method: 'GET', resourceType: 'pods' });
      ok('the chain takes what it is told', announced.ok, { got: announced });
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
      const announced = await gateway.announce(admin, id, created(first));
      ok('the chain takes the command', announced.ok, { got: announced });
      equal('the status', answerOf(id, await gateway.response(id, 10)).status, 201);
      equal('which of the two is there', [await isThere(t, first), await isThere(t, second)], [true, false]);
    },
  ),

  check(
    'MS-RSP-001',
    'the response has status code, content type and body',
    { mutants: ['response-without-type'] },
    async (t) => {
      const gateway = await playedGateway(t);
      const admin = await t.actors.shared('admin');
      const name = t.name('answered');
      const answer = await gateway.run(admin, created(name));
      equal('status code', answer.status, 201);
      ok('the content type is JSON', answer.contentType.startsWith('application/json'), {
        got: answer.contentType,
      });
      equal('the name in the body', at(answer.json, 'metadata', 'name'), name);
      equal('the uid in the body', at(answer.json, 'metadata', 'uid'), await uidOf(t, name));
      equal('its request id', answer.record['request_id'], answer.requestId);
      const twice = await gateway.run(admin, created(name));
      equal('status code of a failure', twice.status, 409);
      equal('reason of a failure', at(twice.json, 'reason'), 'AlreadyExists');
    },
  ),

  check(
    'MS-RSP-002',
    'the response is waited for, as long as asked',
    { mutants: ['response-not-awaited'] },
    async (t) => {
      const gateway = await playedGateway(t);
      const admin = await t.actors.shared('admin');
      const id = newRequestId();
      const request = created(t.name('waited'));
      status(await gateway.put(id, request), 202);
      const began = Date.now();
      status(await gateway.response(id, 1), 202);
      const waited = Date.now() - began;
      ok('it waited the second that was asked', waited >= 900 && waited < 4_000, {
        wanted: 1000,
        got: waited,
      });
      const waiting = gateway.response(id, 10);
      const announced = await gateway.announce(admin, id, request);
      ok('the chain takes the command', announced.ok, { got: announced });
      const onChain = Date.now();
      status(await waiting, 200);
      ok('the waiting GET ends with the response', Date.now() - onChain < 3_000, {
        got: Date.now() - onChain,
      });
    },
  ),

  check(
    'MS-RSP-003',
    'a response is for the gateway that put the request',
    { mutants: ['responses-for-all'] },
    async (t) => {
      const [owner, stranger] = [await playedGateway(t), await playedGateway(t, { fresh: true })];
      const admin = await t.actors.shared('admin');
      const answer = await owner.run(admin, created(t.name('private')));
      status(await stranger.response(answer.requestId), [401, 403, 404]);
      status(await t.master.http.send('GET', `/api/v1/responses/${answer.requestId}`), 401);
      status(await owner.response(answer.requestId), 200);
    },
  ),

  check(
    'MS-RSP-004',
    'status code and body digest are recorded on chain',
    { mutants: ['response-body-changed'] },
    async (t) => {
      const gateway = await playedGateway(t);
      const admin = await t.actors.shared('admin');
      const name = t.name('recorded');
      for (const wanted of [201, 409]) {
        const answer = await gateway.run(admin, created(name));
        equal('status code', answer.status, wanted);
        const result = await t.chain.event('K8sAPIResult', { request_id: answer.requestId });
        ok('there is a result on chain', result !== undefined, { wanted: answer.requestId });
        equal('the status on chain', Number(result.data.status_code), wanted);
        equal(
          'the digest on chain',
          Buffer.from(result.data.body_digest).toString('hex'),
          createHash('sha256').update(answer.body).digest('hex'),
        );
        equal('its endpoint', result.data.nautilus_endpoint, t.world.chain.ids.endpoint);
      }
    },
  ),

  check(
    'MS-RSP-005',
    'a response is signed with the enclave’s key',
    { mutants: ['response-signed-wrongly'] },
    async (t) => {
      const gateway = await playedGateway(t);
      const admin = await t.actors.shared('admin');
      const answer = await gateway.run(admin, created(t.name('signed')));
      const { key_version: keyVersion, timestamp_ms: timestampMs, signature } = answer.record;
      const endpoint = await t.chain.object('NautilusEndpoint', t.world.chain.ids.endpoint);
      equal('the key version', Number(keyVersion), Number(endpoint.key_version));
      const message = responseMessage({
        requestId: answer.requestId,
        status: answer.status,
        body: answer.body,
        keyVersion: Number(keyVersion),
        timestampMs: Number(timestampMs),
      });
      const made = signedBy(
        Uint8Array.from(endpoint.public_key),
        message,
        Buffer.from(String(signature), 'base64url'),
      );
      ok('the key on chain made the signature', made, { got: answer.record });
    },
  ),

  check(
    'MS-RSP-006',
    'the response to an unknown request is not found',
    { mutants: ['unknown-request-pending'] },
    async (t) => {
      const gateway = await playedGateway(t);
      refused(await gateway.response(newRequestId()), { status: 404, reason: 'NotFound' });
      refused(await gateway.response(newRequestId(), 1), { status: 404, reason: 'NotFound' });
    },
  ),
]);

import { createHash } from 'node:crypto';
import { responseMessage, signedBy } from '../../drivers/enclave-signature.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { at, equal, ok, refused, status } from '../../runner/expectations.ts';
import { newRequestId, playedGateway } from '../../world/played-gateway.ts';
import { created, uidOf } from './requests.ts';

export default defineChecks([
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
      await gateway.announce(admin, id, request);
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

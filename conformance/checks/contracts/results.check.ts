import { randomBytes } from 'node:crypto';
import type { Attempt } from '../../drivers/chain/attempt.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { bench, ownEndpoint, type OwnEndpoint } from './bench.ts';
import { aborted, done, notTheOwner } from './outcomes.ts';
import { command, executeAs, freshRequestId, timedEvent } from './stage.ts';

const UNAUTHORISED = 3;
const UNKNOWN_REQUEST = 6;
const ALREADY_ANSWERED = 7;
const INVALID_ARGUMENT = 9;

interface Result {
  requestId: string;
  status?: number;
  digest?: Uint8Array;
}

/** The master of `of` records a result; `at` is the endpoint it names, its own when not given. */
function record(t: CheckContext, of: OwnEndpoint, result: Result, at = of.id): Promise<Attempt> {
  const { requestId, status = 200, digest = randomBytes(32) } = result;
  return t.chain.attempt(of.master, (tx) =>
    t.chain.calls.recordResponse(tx, of.masterCap, requestId, status, digest, at),
  );
}

/** A request on the bench’s endpoint; its id. */
async function requested(t: CheckContext): Promise<string> {
  const { gateway, user } = await bench(t);
  const request = command(user);
  done('the request', await executeAs(t, gateway, request));
  return request.requestId;
}

async function results(t: CheckContext, requestId: string): Promise<number> {
  return (await t.chain.events('K8sAPIResult', { request_id: requestId })).length;
}

export default defineChecks([
  check(
    'CT-RES-001',
    'a result leaves one event with what was given',
    { exclusive: true, mutants: ['request-events-wrong'] },
    async (t) => {
      const { endpoint } = await bench(t);
      const key = randomBytes(32);
      const registered = await t.chain.attempt(endpoint.master, (tx) =>
        t.chain.calls.registerEnclaveKey(tx, endpoint.masterCap, key, endpoint.id),
      );
      done('registering a key', registered);
      const { key_version } = await t.chain.object('NautilusEndpoint', endpoint.id);
      await eachRow(
        [200, 404, 599].map((status) => [String(status), status] as const),
        async (status) => {
          const requestId = await requested(t);
          const digest = randomBytes(32);
          const event = await timedEvent(t, 'K8sAPIResult', () =>
            record(t, endpoint, { requestId, status, digest }),
          );
          equal(
            'the event',
            { ...event, body_digest: Buffer.from(event.body_digest).toString('hex') },
            {
              request_id: requestId,
              nautilus_endpoint: endpoint.id,
              status_code: status,
              body_digest: digest.toString('hex'),
              key_version,
              timestamp_ms: 0n,
            },
          );
        },
      );
    },
  ),

  check(
    'CT-RES-002',
    'only the master of the request’s endpoint records its result',
    { exclusive: true, mutants: ['result-by-any-master'] },
    async (t) => {
      const { endpoint } = await bench(t);
      const other = await ownEndpoint(t);
      const requestId = await requested(t);
      const stolen = await t.chain.attempt(other.master, (tx) =>
        t.chain.calls.recordResponse(tx, endpoint.masterCap, requestId, 200, randomBytes(32), endpoint.id),
      );
      notTheOwner('a result with the MasterCap of another wallet', stolen);
      const foreign = await record(t, other, { requestId });
      aborted('a result by the master of another endpoint', foreign, 'k8s_gateway', UNAUTHORISED);
      const mixed = await record(t, other, { requestId }, endpoint.id);
      aborted('a result with the MasterCap of another endpoint', mixed, 'k8s_gateway', UNAUTHORISED);
      equal('results of the request', await results(t, requestId), 0);
      done('the result by its master', await record(t, endpoint, { requestId }));
    },
  ),

  check(
    'CT-RES-003',
    'a result of an unknown request is refused',
    { exclusive: true, mutants: ['result-of-nothing'] },
    async (t) => {
      const { endpoint } = await bench(t);
      const known = await requested(t);
      await eachRow(
        [
          ['an id never used', freshRequestId()],
          ['an empty id', ''],
          ['a known id in upper case', `${known}`.toUpperCase().replace(/^[0-9]/, 'A')],
          ['a known id cut off', known.slice(1)],
        ],
        async (requestId) => {
          aborted('the result', await record(t, endpoint, { requestId }), 'k8s_gateway', UNKNOWN_REQUEST);
          equal('results of it', await results(t, requestId), 0);
        },
      );
      done('the result of the known one', await record(t, endpoint, { requestId: known }));
    },
  ),

  check(
    'CT-RES-004',
    'a request gets one result',
    { exclusive: true, mutants: ['result-twice'] },
    async (t) => {
      const { endpoint } = await bench(t);
      const requestId = await requested(t);
      const result = { requestId, status: 201, digest: randomBytes(32) };
      done('the first result', await record(t, endpoint, result));
      await eachRow(
        [
          ['the same again', result],
          ['another status', { ...result, status: 500 }],
          ['another body', { ...result, digest: randomBytes(32) }],
        ],
        async (again) =>
          aborted('the second result', await record(t, endpoint, again), 'k8s_gateway', ALREADY_ANSWERED),
      );
      const twice = await requested(t);
      const both = await t.chain.attempt(endpoint.master, (tx) => {
        for (const status of [200, 500])
          t.chain.calls.recordResponse(tx, endpoint.masterCap, twice, status, randomBytes(32), endpoint.id);
      });
      aborted('two results in one transaction', both, 'k8s_gateway', ALREADY_ANSWERED);
      equal('results of each', [await results(t, requestId), await results(t, twice)], [1, 0]);
    },
  ),

  check(
    'CT-RES-005',
    'a body digest that is not 32 bytes is refused',
    { exclusive: true, mutants: ['arguments-unchecked'] },
    async (t) => {
      const { endpoint } = await bench(t);
      const requestId = await requested(t);
      await eachRow(
        [0, 1, 31, 33, 64].map((length) => [`${length} bytes`, length] as const),
        async (length) => {
          const attempt = await record(t, endpoint, { requestId, digest: randomBytes(length) });
          aborted('the result', attempt, 'k8s_gateway', INVALID_ARGUMENT);
        },
      );
      equal('results of the request', await results(t, requestId), 0);
      done('the result with 32 bytes', await record(t, endpoint, { requestId }));
    },
  ),
]);

import { randomBytes } from 'node:crypto';
import { type ContractObjects } from '../../../contracts/bindings/index.ts';
import type { Attempt } from '../../drivers/chain/attempt.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok, unchanged } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import {
  ACTIVE,
  MAINTENANCE,
  OFFLINE,
  adminCap,
  nobody,
  ownEndpoint,
  threePcrs,
  type OwnEndpoint,
} from './bench.ts';
import { aborted, done, eventsOf, notTheOwner, onlyEvent } from './outcomes.ts';
import { chainSeconds, strangerIsStopped } from './stage.ts';

const UNAUTHORISED = 3;
const INVALID_ARGUMENT = 9;

const endpointOf = (t: CheckContext, id: string): Promise<ContractObjects['NautilusEndpoint']> =>
  t.chain.object('NautilusEndpoint', id);

const hex = (parts: readonly Uint8Array[]): string[] =>
  parts.map((part) => Buffer.from(part).toString('hex'));

function registerKey(t: CheckContext, of: OwnEndpoint, key: Uint8Array, at = of.id): Promise<Attempt> {
  return t.chain.attempt(of.master, (tx) => t.chain.calls.registerEnclaveKey(tx, of.masterCap, key, at));
}

/** Three PCRs, one of them of another length. */
const withOne = (index: number, length: number): Uint8Array[] => threePcrs().with(index, randomBytes(length));

export default defineChecks([
  check(
    'CT-END-001',
    'a wallet without the AdminCap registers and changes no endpoint',
    { exclusive: true, mutants: ['admin-cap-shared'] },
    async (t) => {
      const cap = await adminCap(t);
      const own = await ownEndpoint(t);
      const { calls } = t.chain;
      const master = nobody();
      await unchanged(
        'the endpoint',
        () => endpointOf(t, own.id),
        async () => {
          await strangerIsStopped(t, 'registering an endpoint', cap, (tx, object) =>
            calls.registerEndpoint(tx, object, 'https://stranger.example', threePcrs(), master),
          );
          await strangerIsStopped(t, 'setting its status', cap, (tx, object) =>
            calls.setEndpointStatus(tx, object, own.id, OFFLINE),
          );
          await strangerIsStopped(t, 'setting its PCRs', cap, (tx, object) =>
            calls.setExpectedPcrs(tx, object, own.id, threePcrs()),
          );
          const byMaster = await t.chain.attempt(own.master, (tx) =>
            calls.setExpectedPcrs(tx, cap, own.id, threePcrs()),
          );
          notTheOwner('setting its PCRs by its master', byMaster);
        },
      );
      equal('endpoints of the stranger', (await t.chain.events('EndpointRegistered', { master })).length, 0);
      const event = onlyEvent(own.registered, 'EndpointRegistered');
      equal('the event of the operator’s', event, {
        endpoint: own.id,
        url: own.url,
        master: own.master.toSuiAddress(),
      });
    },
  ),

  check(
    'CT-END-002',
    'an endpoint has the status 1, 2 or 3',
    { exclusive: true, mutants: ['arguments-unchecked'] },
    async (t) => {
      const cap = await adminCap(t);
      const own = await ownEndpoint(t);
      const main = t.world.chain.ids.endpoint;
      // The target’s endpoint is made active last, so that new tokens of other checks still go to it.
      const set = (status: number): Promise<Attempt> =>
        t.chain.operate((tx) => {
          t.chain.calls.setEndpointStatus(tx, cap, own.id, status);
          t.chain.calls.setEndpointStatus(tx, cap, main, ACTIVE);
        });
      await eachRow(
        [0, 4, 5, 128, 255].map((status) => [`status ${status}`, status] as const),
        async (status) => aborted('setting it', await set(status), 'k8s_gateway', INVALID_ARGUMENT),
      );
      for (const status of [MAINTENANCE, OFFLINE, ACTIVE]) {
        const changed = done(`setting status ${status}`, await set(status));
        equal('the status', (await endpointOf(t, own.id)).status, status);
        const events = eventsOf(changed, 'EndpointStatusChanged').filter(
          ({ endpoint }) => endpoint === own.id,
        );
        equal('the events', events, [{ endpoint: own.id, status }]);
      }
    },
  ),

  check(
    'CT-END-003',
    'expected PCRs are three of 48 bytes',
    { exclusive: true, mutants: ['pcrs-unchecked'] },
    async (t) => {
      const cap = await adminCap(t);
      const own = await ownEndpoint(t);
      const lengths = [0, 32, 47, 49, 64].flatMap((length) => [0, 1, 2].map((index) => ({ length, index })));
      await eachRow(
        lengths.map((row) => [`PCR${row.index} of ${row.length} bytes`, row] as const),
        async ({ index, length }) => {
          const pcrs = withOne(index, length);
          const set = await t.chain.operate((tx) => t.chain.calls.setExpectedPcrs(tx, cap, own.id, pcrs));
          aborted('setting them', set, 'k8s_gateway', INVALID_ARGUMENT);
        },
      );
      const register = await t.chain.operate((tx) => {
        t.chain.calls.registerEndpoint(tx, cap, 'https://short.example', withOne(1, 47), nobody());
        t.chain.calls.setEndpointStatus(tx, cap, t.world.chain.ids.endpoint, ACTIVE);
      });
      aborted('registering an endpoint with a short one', register, 'k8s_gateway', INVALID_ARGUMENT);
      equal('the PCRs of the endpoint', hex((await endpointOf(t, own.id)).expected_pcrs), hex(own.pcrs));
      const pcrs = threePcrs();
      const set = await t.chain.operate((tx) => t.chain.calls.setExpectedPcrs(tx, cap, own.id, pcrs));
      const event = onlyEvent(done('setting three of 48 bytes', set), 'EnclavePcrsChanged');
      equal('the event', [event.endpoint, hex(event.expected_pcrs)], [own.id, hex(pcrs)]);
      equal('the PCRs of the endpoint', hex((await endpointOf(t, own.id)).expected_pcrs), hex(pcrs));
    },
  ),

  check(
    'CT-END-004',
    'an endpoint’s master, and no other, replaces its key, one version at a time',
    { exclusive: true, mutants: ['enclave-key-by-any-master', 'arguments-unchecked'] },
    async (t) => {
      const [own, other] = await Promise.all([ownEndpoint(t), ownEndpoint(t)]);
      for (const version of [1n, 2n, 3n]) {
        const key = randomBytes(32);
        const attempt = done(`registering key ${version}`, await registerKey(t, own, key));
        const event = onlyEvent(attempt, 'EnclaveKeyRegistered');
        equal(
          'the event',
          [event.endpoint, Buffer.from(event.public_key).toString('hex'), event.key_version],
          [own.id, key.toString('hex'), version],
        );
        const { public_key, key_version } = await endpointOf(t, own.id);
        equal('the endpoint', [hex([public_key]), key_version], [hex([key]), version]);
      }
      await unchanged(
        'the endpoint',
        () => endpointOf(t, own.id),
        async () => {
          const foreign = await registerKey(t, other, randomBytes(32), own.id);
          aborted('a key by another endpoint’s master', foreign, 'k8s_gateway', UNAUTHORISED);
          await strangerIsStopped(t, 'a key', own.masterCap, (tx, cap) =>
            t.chain.calls.registerEnclaveKey(tx, cap, randomBytes(32), own.id),
          );
          await eachRow(
            [0, 31, 33, 64].map((length) => [`a key of ${length} bytes`, length] as const),
            async (length) => {
              const attempt = await registerKey(t, own, randomBytes(length));
              aborted('registering it', attempt, 'k8s_gateway', INVALID_ARGUMENT);
            },
          );
        },
      );
    },
  ),

  check(
    'CT-END-005',
    'a heartbeat of an endpoint is its master’s and says the chain’s time',
    { exclusive: true, mutants: ['enclave-key-by-any-master'] },
    async (t) => {
      const [own, other] = await Promise.all([ownEndpoint(t), ownEndpoint(t)]);
      const beat = (by: OwnEndpoint): Promise<Attempt> =>
        t.chain.attempt(by.master, (tx) => t.chain.calls.endpointHeartbeat(tx, by.masterCap, own.id));
      const last = async (): Promise<bigint> => (await endpointOf(t, own.id)).last_heartbeat;
      aborted('a heartbeat by another master', await beat(other), 'k8s_gateway', UNAUTHORISED);
      equal('last_heartbeat after it', await last(), 0n);
      const from = await chainSeconds(t);
      done('a heartbeat', await beat(own));
      const [at, until] = [await last(), await chainSeconds(t)];
      ok('last_heartbeat is the present second of the chain', from <= at && at <= until, {
        wanted: [from, until],
        got: at,
      });
    },
  ),
]);

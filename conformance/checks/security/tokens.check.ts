import { freshNonce, mintOneShot, sealPayload } from '../../drivers/credential.ts';
import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, eventually, ok, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { heartbeat, registration } from '../../world/master-api.ts';
import {
  ask,
  beat,
  freshRegistered,
  goodClaims,
  HEARTBEAT,
  mustPass,
  mustRefuse,
  partsOf,
  PODS,
  prepareHeartbeat,
  REGISTER,
  registeredWorker,
  unknownId,
} from '../credentials/asking.ts';
import { revoke } from '../credentials/bad-tokens.ts';
import { digestUnder, withBytes } from '../credentials/forging.ts';

/** What people and tests leave in code. */
const DEFAULTS = [
  'admin',
  'test',
  'test-token',
  'token',
  'seal_token',
  'seal-token',
  'seal',
  'seal1',
  'password',
  'secret',
  'default',
  'demo',
  'debug',
  'dev',
  'root',
  'changeme',
  'k3s',
  'k3s-daas',
  'daas',
  'nautilus',
  'sui',
  'user',
  'worker',
  'gateway',
  'bypass',
  'anonymous',
  'guest',
  'true',
  '1',
  '123456',
  'mock',
  'dummy',
  'example',
  'hackathon',
  'valid-token',
  'test_seal_token',
  'seal_test',
  'hardcoded',
] as const;

/** Every endpoint of the master that asks for a credential, with that credential in its place. */
function masterEndpoints(t: CheckContext, text: string): (readonly [string, () => Promise<HttpAnswer>])[] {
  const { http } = t.master;
  const id = freshNonce()
    .replaceAll(/[^0-9a-f]/g, '0')
    .padEnd(32, '0');
  const json = { 'content-type': 'application/json' };
  const bearer = {
    authorization: `Bearer ${text}`,
    'x-remote-user': unknownId(),
    'x-remote-group': 'daas:admins',
  };
  const gateway = { ...json, 'x-gateway-credential': text };
  return [
    [
      'register-worker',
      () => http.send('POST', REGISTER, { headers: { ...json, 'x-seal-token': text }, body: '{}' }),
    ],
    [
      'heartbeat',
      () => http.send('POST', HEARTBEAT, { headers: { ...json, 'x-seal-token': text }, body: '{}' }),
    ],
    ['requests', () => http.send('PUT', `/api/v1/requests/${id}`, { headers: gateway, body: '{}' })],
    ['responses', () => http.send('GET', `/api/v1/responses/${id}`, { headers: gateway })],
    ['the Kubernetes API', () => http.send('GET', PODS, { headers: bearer })],
  ];
}

export default defineChecks([
  check(
    'SEC-TOK-001/gateway',
    'the gateway lets no default token in',
    { mutants: ['hard-coded-token', 'any-string-passes'] },
    async (t) => {
      await eachRow(
        DEFAULTS.map((text) => [text, text] as const),
        async (text) => {
          await mustRefuse(t, text, 'MalformedCredential');
          refused(await t.gateway.with(text, 'GET', '/api'), { status: 401, reason: 'MalformedCredential' });
        },
      );
    },
  ),

  check(
    'SEC-TOK-001/master',
    'the master lets no default token in',
    { mutants: ['hard-coded-token', 'any-string-passes'] },
    async (t) => {
      await eachRow(
        DEFAULTS.flatMap((text) =>
          masterEndpoints(t, text).map(([name, send]) => [`${name}, ${text}`, send] as const),
        ),
        async (send) => refused(await send(), { status: 401 }),
      );
    },
  ),

  check(
    'SEC-TOK-002',
    'no worker acts with the token of another',
    { mutants: ['foreign-token-accepted', 'signer-not-compared'] },
    async (t) => {
      const [victim, thief] = await Promise.all([freshRegistered(t), freshRegistered(t)]);
      const body = JSON.stringify(heartbeat(victim));
      const bound = { method: 'POST', target: HEARTBEAT, body };
      const audience = t.world.chain.ids.cluster;
      const own = await mintOneShot(thief.signer, { token: victim.token, audience }, bound);
      refused(await beat(t, { credential: own, body }), { status: 401, reason: 'UnknownToken' });
      const posing = await mintOneShot(
        thief.signer,
        { token: victim.token, audience, claims: { sub: victim.address } },
        bound,
      );
      refused(await beat(t, { credential: posing, body }), { status: 401, reason: 'BadSignature' });
      const registering = JSON.stringify(registration(victim));
      const stolen = await mintOneShot(
        thief.signer,
        { token: victim.token, audience },
        { method: 'POST', target: REGISTER, body: registering },
      );
      refused(await beat(t, { credential: stolen, body: registering }, { target: REGISTER }), {
        status: 401,
        reason: 'UnknownToken',
      });
      const naming = await t.master.register(thief, {
        body: { node_id: thief.nodeId, seal_token: victim.token },
      });
      status(naming, [400, 401, 403]);
      for (const worker of [victim, thief]) status(await beat(t, await prepareHeartbeat(t, worker)), 200);
    },
  ),

  check(
    'SEC-TOK-003',
    'a signature for another intent is no credential',
    { mutants: ['format-only'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const credential = await t.actors.session(user);
      const { payload } = partsOf(credential);
      const message = Buffer.from(payload, 'ascii');
      const length = Buffer.of((message.length & 0x7f) | 0x80, message.length >> 7);
      const digests = [
        ['a transaction', digestUnder([0, 0, 0], message)],
        ['a transaction, as a vector', digestUnder([0, 0, 0], Buffer.concat([length, message]))],
        ['a proof of possession', digestUnder([5, 0, 0], Buffer.concat([length, message]))],
        ['another version', digestUnder([3, 1, 0], Buffer.concat([length, message]))],
        ['another application', digestUnder([3, 0, 1], Buffer.concat([length, message]))],
      ] as const;
      await eachRow(digests, async (digest) => {
        const raw = await user.signer.sign(digest as Uint8Array<ArrayBuffer>);
        await mustRefuse(
          t,
          withBytes(credential, (bytes) => bytes.set(raw, 1)),
          'BadSignature',
        );
      });
      const { signature } = await user.signer.signPersonalMessage(Buffer.from('another message'));
      const other = `seal1.${payload}.${Buffer.from(signature, 'base64').toString('base64url')}`;
      await mustRefuse(t, other, 'BadSignature');
      const raw = await user.signer.sign(
        digestUnder([3, 0, 0], Buffer.concat([length, message])) as Uint8Array<ArrayBuffer>,
      );
      await mustPass(
        t,
        withBytes(credential, (bytes) => bytes.set(raw, 1)),
      );
    },
  ),

  check(
    'SEC-TOK-004',
    'known and unknown wallets are answered alike',
    { mutants: ['wallet-oracle'] },
    async (t) => {
      const user = await t.actors.fresh('user');
      await mustPass(t, await t.actors.session(user));
      const stranger = await t.actors.wallet(1n);
      const words = async (claims: object): Promise<object> => {
        const answer = await ask(
          t,
          await sealPayload(stranger, JSON.stringify({ ...goodClaims(t, user), ...claims })),
        );
        refused(answer, { status: 401, reason: 'BadSignature' });
        const { date: _, 'audit-id': __, ...headers } = answer.headers;
        return { headers, body: answer.json };
      };
      const known = await words({});
      equal('the answer about an unknown wallet', await words({ sub: unknownId() }), known);
      equal('the answer about nothing known', await words({ sub: unknownId(), token: unknownId() }), known);
      equal('the answer about a known wallet without that token', await words({ token: unknownId() }), known);
    },
  ),

  check(
    'SEC-TOK-005',
    'a credential in the URL is never accepted',
    { mutants: ['credential-in-url'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const fresh = (): Promise<string> => t.actors.session(user);
      const queries = [
        'token',
        'access_token',
        'authorization',
        'bearer',
        'seal_token',
        'X-Seal-Token',
        'credential',
      ];
      await eachRow(
        queries.map((name) => [name, name] as const),
        async (name) => {
          const answer = await t.gateway.http.send('GET', `${PODS}?${name}=${await fresh()}`);
          refused(answer, { status: 401, reason: 'MalformedCredential' });
          const spelled = await t.gateway.http.send('GET', `${PODS}?${name}=Bearer%20${await fresh()}`);
          refused(spelled, { status: 401, reason: 'MalformedCredential' });
        },
      );
      const inPath = await t.gateway.http.send('GET', `/${await fresh()}${PODS}`);
      status(inPath, [400, 401]);
      const worker = await registeredWorker(t);
      const { body } = await prepareHeartbeat(t, worker);
      const target = `${HEARTBEAT}?x-seal-token=`;
      const credential = await t.actors.oneShot(worker, { method: 'POST', target: HEARTBEAT, body });
      refused(
        await beat(
          t,
          { credential, body },
          { target: target + credential, headers: { 'content-type': 'application/json' } },
        ),
        {
          status: 401,
          reason: 'MalformedCredential',
        },
      );
    },
  ),

  ...(['revocation', 'slashing'] as const).map((change) =>
    check(
      `SEC-TOK-006/${change}`,
      `a ${change} ends open watches within 5 s`,
      { mutants: ['watches-outlive-token'] },
      async (t) => {
        const [user, other] = await Promise.all([t.actors.fresh('user'), t.actors.shared('user')]);
        const target = `${PODS}?watch=true`;
        const [watch, bystander] = await Promise.all([
          t.gateway.stream(user, target),
          t.gateway.stream(other, target),
        ]);
        t.defer(() => watch.close());
        t.defer(() => bystander.close());
        equal('the statuses', [watch.status, bystander.status], [200, 200]);
        const ended = { mine: false, theirs: false };
        const read = async (stream: typeof watch, whose: keyof typeof ended): Promise<void> => {
          for await (const _ of stream.lines());
          ended[whose] = true;
        };
        void read(watch, 'mine').catch(() => void (ended.mine = true));
        void read(bystander, 'theirs').catch(() => undefined);
        if (change === 'revocation') await revoke(t, user);
        else {
          await t.needsCap('slash');
          await t.control.slash({ record: user.record, reason: 'conformance' });
        }
        await eventually('the end of the watch', () => (ended.mine ? true : undefined), { withinMs: 5_000 });
        ok('the watch of another goes on', !ended.theirs);
      },
    ),
  ),
]);

import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { base64url, freshNonce, sealPayload } from '../../drivers/credential.ts';
import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, isStatus, ok, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { pod } from '../../world/gateway-api.ts';
import {
  ask,
  goodClaims,
  mustPass,
  mustRefuse,
  partsOf,
  PODS,
  sealClaims,
  unixNow,
  unknownId,
} from './asking.ts';
import { expire, revoke } from './bad-tokens.ts';
import { everyFault } from './faults.ts';

/** Claims with one fault each that no chain is needed for. */
function fault(name: 'shape' | 'expired' | 'early' | 'audience' | 'unknown' | 'binding'): object {
  const now = unixNow();
  switch (name) {
    case 'shape':
      return { v: 2 };
    case 'expired':
      return { iat: now - 400, exp: now - 200 };
    case 'early':
      return { iat: now + 200, exp: now + 400 };
    case 'audience':
      return { aud: unknownId() };
    case 'unknown':
      return { token: unknownId() };
    case 'binding':
      return { htm: 'GET', htu: '/x', bod: base64url(new Uint8Array(32)) };
  }
}

/** What a refusal says, without what differs from request to request by itself. */
function wordsOf(answer: HttpAnswer): object {
  const { date: _, 'audit-id': __, ...headers } = answer.headers;
  return { status: answer.status, headers, body: answer.json ?? answer.text };
}

const REORDERED = { mutants: ['checks-reordered'] } as const;

export default defineChecks([
  check('CR-ORD-001/claims', 'of two faults in the claims the earlier one is named', REORDERED, async (t) => {
    const user = await t.actors.shared('user');
    const other = new Ed25519Keypair();
    const sealed = (changes: object, forged: boolean): Promise<string> =>
      sealPayload(forged ? other : user.signer, JSON.stringify({ ...goodClaims(t, user), ...changes }));
    await eachRow(
      [
        ['MalformedCredential', [fault('shape'), fault('expired')], false],
        ['MalformedCredential', [fault('shape'), fault('audience'), fault('unknown')], true],
        ['CredentialExpired', [fault('expired'), fault('audience')], false],
        ['CredentialExpired', [fault('expired'), fault('unknown'), fault('binding')], true],
        ['CredentialNotYetValid', [fault('early'), fault('audience')], true],
        ['AudienceMismatch', [fault('audience')], true],
        ['AudienceMismatch', [fault('audience'), fault('unknown'), fault('binding')], false],
        ['BadSignature', [fault('unknown')], true],
        ['BadSignature', [fault('binding')], true],
        ['UnknownToken', [fault('unknown'), fault('binding')], false],
      ].map(
        ([reason, faults, forged]) =>
          [
            `${String(reason)} first`,
            {
              reason: String(reason),
              changes: Object.assign({}, ...(faults as object[])) as object,
              forged: forged === true,
            },
          ] as const,
      ),
      async ({ reason, changes, forged }) =>
        void (await mustRefuse(t, await sealed(changes, forged), reason)),
    );
  }),

  check('CR-ORD-001/chain', 'of two faults on chain the earlier one is named', REORDERED, async (t) => {
    await t.needsCap('slash');
    const user = await t.actors.fresh('user');
    const nonce = freshNonce();
    await mustPass(t, await sealClaims(t, user, { nonce }));
    const replay = { nonce, exp: unixNow() + 200 };
    const bound = { ...replay, ...fault('binding') };
    const secrets = '/api/v1/namespaces/default/secrets';

    await mustRefuse(t, await sealClaims(t, user, bound), 'BindingMismatch');
    refused(await t.gateway.with(await sealClaims(t, user, replay), 'GET', secrets), {
      status: 401,
      reason: 'ReplayDetected',
    });
    await t.control.slash({ record: user.record, reason: 'conformance' });
    await settled(t, () => sealClaims(t, user, bound), 'StakeInactive');
    await expire(t, user);
    await settled(t, () => sealClaims(t, user, bound), 'TokenExpired');
    await revoke(t, user);
    await settled(t, () => sealClaims(t, user, bound), 'TokenRevoked');
    const stranger = await t.actors.shared('user');
    await mustRefuse(t, await sealClaims(t, stranger, { ...bound, token: user.token }), 'UnknownToken');
  }),

  check(
    'CR-ORD-001/kind',
    'a used credential of a worker is a replay before it is forbidden',
    REORDERED,
    async (t) => {
      const node = await t.actors.shared('node');
      const nonce = freshNonce();
      refused(await ask(t, await sealClaims(t, node, { nonce })), { status: 403, reason: 'Forbidden' });
      await mustRefuse(t, await sealClaims(t, node, { nonce, exp: unixNow() + 200 }), 'ReplayDetected');
    },
  ),

  check(
    'CR-ORD-002',
    'a refused credential is 401 with exactly one reason of the list',
    { mutants: ['expiry-unchecked', 'refusal-in-general'] },
    async (t) => {
      const user = await t.actors.fresh('user');
      await eachRow(
        (await everyFault(t, user)).map((faulty) => [faulty.reason, faulty] as const),
        async ({ credential, reason }) => {
          const answer = await ask(t, credential);
          refused(answer, { status: 401, reason });
          isStatus(answer, 'Unauthorized');
          const causes = at(answer.json, 'details', 'causes');
          ok('there is one cause', Array.isArray(causes) && causes.length === 1, { got: causes });
        },
      );
      const forbidden = await t.gateway.as(user, 'GET', '/api/v1/namespaces/default/secrets');
      refused(forbidden, { status: 403, reason: 'Forbidden' });
      isStatus(forbidden, 'Forbidden');
    },
  ),

  check(
    'CR-ORD-003',
    'a refusal tells nothing but the first failed check',
    { mutants: ['wallet-oracle'] },
    async (t) => {
      const user = await t.actors.fresh('user');
      const admin = await t.actors.shared('admin');
      const known = [user.address, user.token, user.record, t.world.chain.ids.cluster, admin.address];
      await eachRow(
        (await everyFault(t, user)).map((faulty) => [faulty.reason, faulty] as const),
        async ({ credential, nonce, actor }) => {
          const answer = await ask(t, credential);
          const words = JSON.stringify(wordsOf(answer));
          const { payload, signature } = partsOf(credential);
          for (const secret of [...known, actor.address, actor.token, nonce, payload, signature]) {
            ok(`the answer does not name ${secret.slice(0, 8)}…`, !words.includes(secret), { got: words });
          }
        },
      );
      const forgedBy = async (changes: object): Promise<object> => {
        const claims = JSON.stringify({ ...goodClaims(t, user), ...changes });
        return wordsOf(await ask(t, await sealPayload(new Ed25519Keypair(), claims)));
      };
      const [mine, unknownToken, unknownWallet] = [
        await forgedBy({}),
        await forgedBy({ token: unknownId() }),
        await forgedBy({ sub: unknownId() }),
      ];
      equal('the answers for a known and an unknown token', unknownToken, mine);
      equal('the answers for a known and an unknown wallet', unknownWallet, mine);
      const [none, foreign] = [
        wordsOf(await ask(t, await sealClaims(t, user, { token: unknownId() }))),
        wordsOf(await ask(t, await sealClaims(t, user, { token: admin.token }))),
      ];
      equal("the answers for no token and another's token", foreign, none);
    },
  ),

  check(
    'CR-ORD-004',
    'a refused credential changes nothing',
    { mutants: ['nonce-before-signature', 'expiry-unchecked'] },
    async (t) => {
      const admin = await t.actors.fresh('admin');
      const name = t.name('refused');
      const faults = await everyFault(t, admin);
      await eachRow(
        faults.map((faulty) => [faulty.reason, faulty] as const),
        async ({ credential, reason }) =>
          refused(await t.gateway.with(credential, 'POST', PODS, { body: pod(name) }), {
            status: 401,
            reason,
          }),
      );
      for (const { token } of [admin, ...faults.map(({ actor }) => actor)]) {
        equal('the requests on chain', await t.chain.events('K8sAPIRequest', { token }), []);
      }
      status(await t.gateway.as(admin, 'GET', `${PODS}/${name}`), 404);
      const unseen = [
        'MalformedCredential',
        'CredentialExpired',
        'CredentialNotYetValid',
        'AudienceMismatch',
      ];
      for (const { reason, nonce } of faults) {
        if ([...unseen, 'BadSignature', 'BindingMismatch'].includes(reason)) {
          await mustPass(t, await sealClaims(t, admin, { nonce }));
        }
      }
    },
  ),
]);

/** Waits until the chain's news has reached the gateway and it refuses for this reason. */
async function settled(t: CheckContext, mint: () => Promise<string>, reason: string): Promise<void> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const answer = await ask(t, await mint());
    if (Date.now() > deadline || at(answer.json, 'details', 'causes', 0, 'reason') === reason) {
      refused(answer, { status: 401, reason });
      return;
    }
  }
}

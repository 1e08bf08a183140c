import { Secp256k1Keypair } from '@mysten/sui/keypairs/secp256k1';
import { freshNonce } from '../../drivers/credential.ts';
import { pause } from '../../drivers/wait.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { ok, reasonsOf, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import {
  beat,
  freshRegistered,
  partsOf,
  prepareHeartbeat,
  registeredWorker,
  unixNow,
} from '../credentials/asking.ts';
import { withBytes, withHighS, withLargeS } from '../credentials/forging.ts';
import { otherTail } from '../credentials/spelling.ts';

/** The credential with one bit of its signature changed. */
function forge(credential: string, bit: number): string {
  return withBytes(credential, (bytes) => void (bytes[1 + (bit % 60)]! ^= 1 << (bit % 8)));
}

const REPLAY = { status: 401, reason: 'ReplayDetected' } as const;

export default defineChecks([
  check(
    'SEC-RPL-001',
    'a used nonce with new times or a new signature is a replay',
    { mutants: ['nonce-forgotten'] },
    async (t) => {
      const worker = await registeredWorker(t);
      const nonce = freshNonce();
      const now = unixNow();
      const claims = { nonce, iat: now, exp: now + 100 };
      status(await beat(t, await prepareHeartbeat(t, worker, { mint: { claims } })), 200);
      await eachRow(
        [
          ['a later end', { exp: now + 200 }],
          ['an earlier start', { iat: now - 10 }],
          ['another body', {}],
        ],
        async (times) => {
          const mint = { claims: { ...claims, ...times } };
          refused(
            await beat(t, await prepareHeartbeat(t, worker, { mint, body: { running_pods: 1 } })),
            REPLAY,
          );
        },
      );
    },
  ),

  check(
    'SEC-RPL-002',
    'a used credential in another spelling is refused',
    { mutants: ['nonce-forgotten'] },
    async (t) => {
      const [worker, second] = await Promise.all([
        registeredWorker(t),
        t.actors.fresh('node', { signer: new Secp256k1Keypair() }),
      ]);
      status(await t.master.register(second), 200);
      const used = await prepareHeartbeat(t, worker);
      const other = await prepareHeartbeat(t, second);
      for (const prepared of [used, other]) status(await beat(t, prepared), 200);
      const { payload, signature } = partsOf(used.credential);
      await eachRow(
        [
          ['as it was', used, used.credential],
          ['padding', used, `${used.credential}==`],
          ['tail bits', used, `seal1.${payload}.${otherTail(signature)}`],
          ['capitals', used, used.credential.replace('seal1', 'SEAL1')],
          ['blanks around it', used, `  ${used.credential}  `],
          ['S + L', used, withLargeS(used.credential)],
          ['a byte more', used, withBytes(used.credential, () => undefined).concat('AA')],
          ['n - s', other, withHighS(other.credential, 'secp256k1')],
          ['as it was, secp256k1', other, other.credential],
        ].map(
          ([name, prepared, credential]) =>
            [name, { ...(prepared as typeof used), credential }] as [string, typeof used],
        ),
        async (prepared) => refused(await beat(t, prepared), { status: 401 }),
      );
    },
  ),

  check(
    'SEC-RPL-004',
    'a used credential stays refused while others fill the store',
    { timeoutMs: 40_000, mutants: ['nonce-evicted', 'nonce-forgotten'] },
    async (t) => {
      const worker = await freshRegistered(t);
      const used = await prepareHeartbeat(t, worker);
      status(await beat(t, used), 200);
      for (let round = 0; round < 4; round += 1) {
        const flood = await Promise.all(Array.from({ length: 25 }, () => prepareHeartbeat(t, worker)));
        await Promise.all(flood.map((prepared) => beat(t, prepared)));
        refused(await beat(t, used), REPLAY);
      }
    },
  ),

  check(
    'SEC-RPL-005',
    'a flood of bad signatures stores no nonce',
    { mutants: ['nonce-before-signature'] },
    async (t) => {
      const worker = await registeredWorker(t);
      const good = await Promise.all(Array.from({ length: 40 }, () => prepareHeartbeat(t, worker)));
      const forged = good.flatMap((prepared) =>
        [1, 2, 3, 4, 5].map((bit) => ({ ...prepared, credential: forge(prepared.credential, bit * 11) })),
      );
      for (const answer of await Promise.all(forged.map((prepared) => beat(t, prepared)))) {
        refused(answer, { status: 401, reason: 'BadSignature' });
      }
      for (const answer of await Promise.all(good.map((prepared) => beat(t, prepared)))) status(answer, 200);
    },
  ),

  check(
    'SEC-RPL-006',
    'a used credential is refused up to the end of its times',
    { timeoutMs: 60_000, mutants: ['nonce-forgotten', 'nonce-until-exp'] },
    async (t) => {
      const worker = await registeredWorker(t);
      const skew = t.world.timings.clock_skew_seconds;
      const ending = async (exp: number): Promise<Awaited<ReturnType<typeof prepareHeartbeat>>> =>
        prepareHeartbeat(t, worker, { mint: { claims: { iat: exp - 200, exp } } });
      // Past its end, but within the skew: what forgets nonces at exp lets it in twice.
      let used = await ending(unixNow() - skew + 4);
      let first = await beat(t, used);
      for (let times = 0; times < 3 && first.status !== 200; times += 1) {
        // A machine under load may have let it end; a stricter server allows no skew at all.
        used = await ending(unixNow() + (times < 2 ? 4 - skew : 4));
        first = await beat(t, used);
      }
      status(first, 200);
      const until = Date.now() + (skew + 5) * 1000;
      let replays = 0;
      for (;;) {
        const answer = await beat(t, used);
        status(answer, 401);
        if (reasonsOf(answer.json).includes('CredentialExpired')) break;
        refused(answer, REPLAY);
        replays += 1;
        ok('the credential expires in the end', Date.now() < until);
        await pause(20, t.signal);
      }
      ok('it was tried before its end', replays > 0, { got: replays });
    },
  ),
]);

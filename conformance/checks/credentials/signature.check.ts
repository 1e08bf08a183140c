import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Secp256k1Keypair } from '@mysten/sui/keypairs/secp256k1';
import { Secp256r1Keypair } from '@mysten/sui/keypairs/secp256r1';
import fc from 'fast-check';
import { base64url, sealPayload } from '../../drivers/credential.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { ok, refused } from '../../runner/expectations.ts';
import { property } from '../../runner/property.ts';
import { eachRow } from '../../runner/rows.ts';
import { ask, goodClaims, mustPass, mustRefuse, partsOf, sealClaims, unixNow, unknownId } from './asking.ts';
import { digestUnder, WEAK_KEYS, weakSigner, withBytes, withHighS, withLargeS } from './forging.ts';

const BAD = 'BadSignature';
const BAD_OR_MALFORMED = [BAD, 'MalformedCredential'];
const UNSIGNED = ['format-only'] as const;

export default defineChecks([
  check(
    'CR-SIG-001/bits',
    'one flipped bit of the signature is refused',
    { mutants: UNSIGNED },
    async (t) => {
      const user = await t.actors.shared('user');
      const credential = await t.actors.session(user);
      const flip = async (bit: number): Promise<void> => {
        const forged = withBytes(credential, (bytes) => {
          bytes[bit >> 3]! ^= 1 << (bit & 7);
        });
        await mustRefuse(t, forged, BAD_OR_MALFORMED);
      };
      const tested = fc.asyncProperty(fc.nat({ max: 97 * 8 - 1 }), flip);
      await property('a flipped bit is refused', t.seed, 30, tested);
      await mustPass(t, credential);
    },
  ),

  check(
    'CR-SIG-001/payload',
    'a changed payload under a good signature is refused',
    { mutants: UNSIGNED },
    async (t) => {
      const user = await t.actors.shared('user');
      const good = goodClaims(t, user);
      const { signature } = partsOf(await sealPayload(user.signer, JSON.stringify(good)));
      await eachRow(
        [
          ['another nonce', { nonce: base64url(crypto.getRandomValues(new Uint8Array(16))) }],
          ['a later end', { exp: good.exp + 1 }],
          ['an earlier start', { iat: good.iat - 1 }],
          ['another token', { token: unknownId() }],
        ],
        async (change) => {
          const payload = base64url(JSON.stringify({ ...good, ...change }));
          await mustRefuse(t, `seal1.${payload}.${signature}`, BAD);
        },
      );
    },
  ),

  check(
    'CR-SIG-001/random',
    'no random mutation of a credential passes',
    { mutants: UNSIGNED },
    async (t) => {
      const user = await t.actors.shared('user');
      const credential = await t.actors.session(user);
      const character = fc.constantFrom(
        ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/~',
      );
      const place = fc.nat({ max: credential.length - 1 });
      const mutation = fc.oneof(
        fc.tuple(place, character).map(([at, to]) => credential.slice(0, at) + to + credential.slice(at + 1)),
        fc.tuple(place, character).map(([at, more]) => credential.slice(0, at) + more + credential.slice(at)),
        fc
          .tuple(place, fc.integer({ min: 1, max: 40 }))
          .map(([at, n]) => credential.slice(0, at) + credential.slice(at + n)),
        fc
          .tuple(place, place)
          .map(([a, b]) => credential + credential.slice(Math.min(a, b), Math.max(a, b) + 1)),
      );
      const changed = mutation.filter((text) => text !== credential && text !== '');
      const tested = fc.asyncProperty(changed, async (text) => refused(await ask(t, text), { status: 401 }));
      await property('a changed credential is refused', t.seed, 80, tested);
      await mustPass(t, credential);
    },
  ),

  check(
    'CR-SIG-002',
    "another wallet's signature is refused",
    { mutants: ['signer-not-compared'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const payload = JSON.stringify(goodClaims(t, user));
      await mustRefuse(t, await sealPayload(new Ed25519Keypair(), payload), BAD);
      await mustRefuse(t, await sealPayload(new Secp256k1Keypair(), payload), BAD);
      await mustPass(t, await sealPayload(user.signer, payload));
    },
  ),

  check(
    'CR-SIG-003/scheme',
    'unknown, changed and empty schemes are refused',
    { mutants: UNSIGNED },
    async (t) => {
      const user = await t.actors.shared('user');
      const credential = await t.actors.session(user);
      const { payload } = partsOf(credential);
      await eachRow(
        [
          ...[1, 2, 3, 4, 5, 6, 127, 255].map(
            (flag) => [`flag ${flag}`, withBytes(credential, (bytes) => void (bytes[0] = flag))] as const,
          ),
          ['empty', `seal1.${payload}.`],
          ['the flag alone', `seal1.${payload}.AA`],
          ['64 bytes', `seal1.${payload}.${base64url(new Uint8Array(64))}`],
          ['97 zeros', `seal1.${payload}.${base64url(new Uint8Array(97))}`],
          ['no key', `seal1.${payload}.${base64url(new Uint8Array(65))}`],
          ['a byte too many', `seal1.${payload}.${base64url(new Uint8Array(98))}`],
        ],
        async (forged) => void (await mustRefuse(t, forged, BAD_OR_MALFORMED)),
      );
      await mustPass(t, credential);
    },
  ),

  check(
    'CR-SIG-003/intent',
    'a signature without the personal-message intent is refused',
    { mutants: UNSIGNED },
    async (t) => {
      const user = await t.actors.shared('user');
      const credential = await t.actors.session(user);
      const { payload } = partsOf(credential);
      const message = Buffer.from(payload, 'ascii');
      const signed = async (data: Uint8Array): Promise<string> => {
        const raw = await user.signer.sign(data as Uint8Array<ArrayBuffer>);
        return withBytes(credential, (bytes) => bytes.set(raw, 1));
      };
      await eachRow(
        [
          ['the text itself', message],
          ['its hash without an intent', digestUnder([], message)],
          ['the intent without a length', digestUnder([3, 0, 0], message)],
        ],
        async (data) => void (await mustRefuse(t, await signed(data), BAD)),
      );
      await mustPass(t, credential);
    },
  ),

  check(
    'CR-SIG-004/ed25519',
    'small-order keys and S + L are refused',
    { mutants: ['weak-keys-accepted'] },
    async (t) => {
      const user = await t.actors.shared('user');
      await eachRow(WEAK_KEYS, async (key) => {
        const { address, signature } = weakSigner(key);
        const claims = { ...goodClaims(t, user), sub: address };
        await mustRefuse(t, `seal1.${base64url(JSON.stringify(claims))}.${signature}`, BAD);
      });
      const credential = await t.actors.session(user);
      await mustRefuse(t, withLargeS(credential), BAD);
      await mustPass(t, credential);
    },
  ),

  ...(
    [
      ['secp256k1', Secp256k1Keypair],
      ['secp256r1', Secp256r1Keypair],
    ] as const
  ).map(([curve, Keypair]) =>
    check(
      `CR-SIG-004/${curve}`,
      `a high s of ${curve} is refused`,
      { mutants: ['weak-keys-accepted'] },
      async (t) => {
        const user = await t.actors.fresh('user', { signer: new Keypair() });
        const credential = await t.actors.session(user);
        await mustRefuse(t, withHighS(credential, curve), BAD);
        await mustPass(t, credential);
      },
    ),
  ),

  check(
    'CR-SIG-005',
    'a bad signature is refused although the token is cached',
    { mutants: ['cache-by-wallet-before-signature'] },
    async (t) => {
      const user = await t.actors.fresh('user');
      const credential = await t.actors.session(user);
      await mustPass(t, credential);
      await mustRefuse(
        t,
        withBytes(credential, (bytes) => void (bytes[40]! ^= 1)),
        BAD,
      );
      await mustRefuse(t, await sealPayload(new Ed25519Keypair(), JSON.stringify(goodClaims(t, user))), BAD);
      await mustPass(t, credential);
    },
  ),

  check(
    'CR-SIG-006',
    'after one token of a wallet another id is still looked up',
    { mutants: ['cache-by-wallet'] },
    async (t) => {
      const [user, other] = await Promise.all([t.actors.fresh('user'), t.actors.shared('admin')]);
      await mustPass(t, await t.actors.session(user));
      for (const token of [unknownId(), other.token, user.record]) {
        await mustRefuse(t, await sealClaims(t, user, { token }), 'UnknownToken');
      }
      await mustPass(t, await t.actors.session(user));
    },
  ),

  check(
    'CR-TIM-001',
    'a credential that ended more than the skew ago is refused',
    { mutants: ['expiry-unchecked'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const skew = Math.min(30, t.world.timings.clock_skew_seconds);
      for (const ago of [skew + 2, skew + 60, 86_400]) {
        const exp = unixNow() - ago;
        await mustRefuse(t, await sealClaims(t, user, { iat: exp - 100, exp }), 'CredentialExpired');
      }
      const exp = unixNow() + 2;
      await mustPass(t, await sealClaims(t, user, { iat: exp - 290, exp }));
    },
  ),

  check(
    'CR-TIM-002',
    'a credential issued further in the future than the skew is refused',
    { mutants: ['future-unchecked'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const skew = Math.min(30, t.world.timings.clock_skew_seconds);
      for (const ahead of [skew + 5, skew + 200, 86_400]) {
        const iat = unixNow() + ahead;
        await mustRefuse(t, await sealClaims(t, user, { iat, exp: iat + 100 }), 'CredentialNotYetValid');
      }
      await mustPass(t, await sealClaims(t, user));
    },
  ),

  check(
    'CR-AUD-001',
    'a credential for another cluster is refused',
    { mutants: ['audience-unchecked'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const { cluster, registry, package: packageId } = t.world.chain.ids;
      ok('the cluster has an id of its own', ![registry, packageId].includes(cluster), { got: cluster });
      for (const aud of [unknownId(), registry, packageId, user.address]) {
        await mustRefuse(t, await sealClaims(t, user, { aud }), 'AudienceMismatch');
      }
      await mustPass(t, await sealClaims(t, user));
    },
  ),
]);

import { Secp256k1Keypair } from '@mysten/sui/keypairs/secp256k1';
import { Secp256r1Keypair } from '@mysten/sui/keypairs/secp256r1';
import { base64url } from '../../drivers/credential.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { ok, refused } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { ask, goodClaims, mustPass, mustRefuse, partsOf, sealClaims, sealText } from './asking.ts';
import { MALFORMED, otherTail, signSegment, unevenJson, withBothSpecials } from './spelling.ts';

const PARSED = ['parser-lenient'] as const;

export default defineChecks([
  check(
    'CR-FMT-001',
    'only seal1, payload and signature joined by dots pass',
    { mutants: PARSED },
    async (t) => {
      const user = await t.actors.shared('user');
      const { payload, signature } = partsOf(await sealClaims(t, user));
      await eachRow(
        [
          ['prefix seal2', `seal2.${payload}.${signature}`],
          ['prefix in capitals', `SEAL1.${payload}.${signature}`],
          ['no prefix', `${payload}.${signature}`],
          ['empty prefix', `.${payload}.${signature}`],
          ['no signature', `seal1.${payload}`],
          ['empty signature', `seal1.${payload}.`],
          ['empty payload', `seal1..${signature}`],
          ['a fourth part', `seal1.${payload}.${signature}.${signature}`],
          ['an empty fourth part', `seal1.${payload}.${signature}.`],
          ['a dot before it', `.seal1.${payload}.${signature}`],
          ['payload and signature swapped', `seal1.${signature}.${payload}`],
        ],
        async (credential) => void (await mustRefuse(t, credential, MALFORMED)),
      );
      await mustPass(t, `seal1.${payload}.${signature}`);
    },
  ),

  check('CR-FMT-002/payload', 'a signed payload in lax base64 is refused', { mutants: PARSED }, async (t) => {
    const user = await t.actors.shared('user');
    const json = unevenJson(t, user);
    const clean = base64url(json);
    await eachRow(
      [
        ['padding', Buffer.from(json).toString('base64').replaceAll('+', '-').replaceAll('/', '_')],
        ['tail bits', otherTail(clean)],
        ['a character too many', `${clean}A`],
      ],
      async (segment) => void (await mustRefuse(t, await signSegment(user, segment), MALFORMED)),
    );
    await mustPass(t, await signSegment(user, clean));
  }),

  check('CR-FMT-002/signature', 'a signature in lax base64 is refused', { mutants: PARSED }, async (t) => {
    const user = await t.actors.shared('user');
    const credential = await withBothSpecials(t, user);
    const { payload, signature } = partsOf(credential);
    await eachRow(
      [
        ['padding', `${signature}==`],
        ['one sign of padding', `${signature}=`],
        ['+ for -', signature.replaceAll('-', '+')],
        ['/ for _', signature.replaceAll('_', '/')],
        ['tail bits', otherTail(signature)],
        ['white space inside', `${signature.slice(0, 40)} ${signature.slice(40)}`],
        ['a tab inside', `${signature.slice(0, 40)}\t${signature.slice(40)}`],
      ],
      async (spelling) => void (await mustRefuse(t, `seal1.${payload}.${spelling}`, MALFORMED)),
    );
    await mustPass(t, credential);
  }),

  check('CR-FMT-007', 'a credential of more than 4 KiB is refused', { mutants: PARSED }, async (t) => {
    const user = await t.actors.shared('user');
    const json = JSON.stringify(goodClaims(t, user));
    await eachRow(
      [
        ['5 KiB', 3500],
        ['12 KiB', 9000],
        ['24 KiB', 18_000],
      ],
      async (spaces) => {
        const credential = await sealText(user, json.replace('{', `{${' '.repeat(spaces)}`));
        const answer = await ask(t, credential);
        ok('it is refused with 401 or 431', [401, 431].includes(answer.status), {
          wanted: [401, 431],
          got: answer.status,
        });
        if (answer.status === 401) refused(answer, { status: 401, reason: MALFORMED });
      },
    );
  }),

  check(
    'CR-FMT-008',
    'a string that is no credential is refused',
    { mutants: ['any-string-passes'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const jwt = ['{"alg":"none"}', `{"sub":"${user.address}"}`].map(base64url).join('.');
      await eachRow(
        [
          ['a word', 'letmein'],
          ['one letter', 'x'],
          ['a number', '1'],
          ['null', 'null'],
          ['a JWT without a signature', `${jwt}.`],
          ['a JWT', `${jwt}.${base64url(new Uint8Array(32))}`],
          ["the token's id", user.token],
          ["the wallet's address", user.address],
          ["the record's id", user.record],
          ['seal1', 'seal1'],
          ['only dots', '..'],
          ['a k3s token', `K10${'a'.repeat(64)}::server:${'b'.repeat(32)}`],
          ['a UUID', crypto.randomUUID()],
        ],
        async (credential) => void (await mustRefuse(t, credential, MALFORMED)),
      );
      await mustPass(t, await t.actors.session(user));
    },
  ),

  ...(
    [
      ['ed25519', undefined],
      ['secp256k1', () => new Secp256k1Keypair()],
      ['secp256r1', () => new Secp256r1Keypair()],
    ] as const
  ).map(([scheme, make]) =>
    check(
      `CR-FMT-009/${scheme}`,
      `a wallet of ${scheme} may sign`,
      { mutants: ['ed25519-only'].filter(() => make !== undefined) },
      async (t) => {
        const user = make ? await t.actors.fresh('user', { signer: make() }) : await t.actors.shared('user');
        await mustPass(t, await t.actors.session(user));
        const { payload, signature } = partsOf(await t.actors.session(user));
        const forged = Buffer.from(signature, 'base64url');
        forged[10]! ^= 1;
        await mustRefuse(t, `seal1.${payload}.${forged.toString('base64url')}`, 'BadSignature');
      },
    ),
  ),
]);

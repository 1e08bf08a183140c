import { base64url, freshNonce } from '../../drivers/credential.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { refused } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { ask, goodClaims, mustPass, mustRefuse, sealClaims, sealText, unixNow } from './asking.ts';
import { MALFORMED, otherTail, randomText, sealSpelled, signSegment } from './spelling.ts';

const PARSED = ['parser-lenient'] as const;

export default defineChecks([
  check(
    'CR-FMT-003/keys',
    'missing, unknown and duplicate keys are refused',
    { mutants: PARSED },
    async (t) => {
      const user = await t.actors.shared('user');
      const good = goodClaims(t, user);
      const without = (key: string): string =>
        JSON.stringify(Object.fromEntries(Object.entries(good).filter(([name]) => name !== key)));
      const bound = { htm: 'GET', htu: '/', bod: base64url(new Uint8Array(32)) };
      const text = JSON.stringify(good);
      await eachRow(
        [
          ...Object.keys(good).map((key) => [`without ${key}`, without(key)] as const),
          ['an unknown key', JSON.stringify({ ...good, scope: '*' })],
          ['an empty key', JSON.stringify({ ...good, '': 1 })],
          ['__proto__', `${text.slice(0, -1)},"__proto__":{}}`],
          ['htm alone', JSON.stringify({ ...good, htm: bound.htm })],
          ['htu alone', JSON.stringify({ ...good, htu: bound.htu })],
          ['bod alone', JSON.stringify({ ...good, bod: bound.bod })],
          ['htm and htu', JSON.stringify({ ...good, htm: bound.htm, htu: bound.htu })],
          ['sub twice', `${text.slice(0, -1)},"sub":${JSON.stringify(good.sub)}}`],
          ['exp twice', `{"exp":${good.exp},${text.slice(1)}`],
        ],
        async (payload) => void (await mustRefuse(t, await sealText(user, payload), MALFORMED)),
      );
      await mustPass(t, await sealText(user, text));
    },
  ),

  check('CR-FMT-003/types', 'wrong types and other versions are refused', { mutants: PARSED }, async (t) => {
    const user = await t.actors.shared('user');
    await eachRow(
      (
        [
          ['v', '2'],
          ['v', '0'],
          ['v', '"1"'],
          ['v', 'true'],
          ['v', '[1]'],
          ['token', 'null'],
          ['token', `["${user.token}"]`],
          ['token', '"0x1"'],
          ['sub', '7'],
          ['sub', `{"id":"${user.address}"}`],
          ['aud', 'true'],
          ['aud', `["${t.world.chain.ids.cluster}"]`],
          ['nonce', '1234567890'],
          ['exp', 'true'],
          ['iat', 'null'],
          ['iat', '[0]'],
        ] as const
      ).map(([claim, spelling]) => [`${claim} ${spelling}`, [claim, spelling]] as const),
      async ([claim, spelling]) =>
        void (await mustRefuse(t, await sealSpelled(t, user, claim, spelling), MALFORMED)),
    );
  }),

  check(
    'CR-FMT-003/json',
    'a payload that is not one JSON object is refused',
    { mutants: PARSED },
    async (t) => {
      const user = await t.actors.shared('user');
      const text = JSON.stringify(goodClaims(t, user));
      await eachRow(
        [
          ['no JSON', 'token=1'],
          ['null', 'null'],
          ['a string', JSON.stringify(text)],
          ['an array', `[${text}]`],
          ['two objects', `${text}${text}`],
          ['text after it', `${text}x`],
          ['cut off', text.slice(0, -1)],
          ['a comment', text.replace('{', '{/* */')],
          ['a comma too many', `${text.slice(0, -1)},}`],
          ['nested a thousand times', `${'['.repeat(1000)}${']'.repeat(1000)}`],
        ],
        async (payload) => void (await mustRefuse(t, await sealText(user, payload), MALFORMED)),
      );
      const bytes = Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"\xff":1}', 'latin1')]);
      await mustRefuse(t, await signSegment(user, bytes.toString('base64url')), MALFORMED);
    },
  ),

  check('CR-FMT-004', 'a nonce of other than 16 bytes is refused', { mutants: PARSED }, async (t) => {
    const user = await t.actors.shared('user');
    await eachRow(
      [
        ['empty', ''],
        ['15 bytes', randomText(15)],
        ['17 bytes', randomText(17)],
        ['1000 bytes', randomText(1000)],
        ['a control character', `${randomText(12)}\u0000aaaaa`],
        ['a line feed', `${freshNonce()}\n`],
        ['no base64url', '!'.repeat(22)],
        ['tail bits', otherTail(freshNonce())],
        ['hex', 'a'.repeat(32)],
      ],
      async (nonce) => void (await mustRefuse(t, await sealClaims(t, user, { nonce }), MALFORMED)),
    );
    await mustPass(t, await sealClaims(t, user, { nonce: randomText(16) }));
  }),

  check('CR-FMT-005', 'times are plain whole seconds or refused', { mutants: PARSED }, async (t) => {
    const user = await t.actors.shared('user');
    const now = unixNow();
    await eachRow(
      (
        [
          ['iat', `${now}.0`],
          ['iat', `${now}.5`],
          ['iat', `${now}e0`],
          ['iat', `${now / 100}e2`],
          ['iat', `"${now}"`],
          ['iat', `0x${now.toString(16)}`],
          ['iat', `+${now}`],
          ['iat', `0${now}`],
          ['iat', '-1'],
          ['iat', '-0'],
          ['iat', 'NaN'],
          ['exp', `${now + 120}.0`],
          ['exp', `"${now + 120}"`],
          ['exp', `${now + 120}E+0`],
          ['exp', '-1'],
          ['exp', '9007199254740993'],
          ['exp', '1e400'],
          ['exp', 'Infinity'],
        ] as const
      ).map(([claim, spelling]) => [`${claim} ${spelling}`, [claim, spelling]] as const),
      async ([claim, spelling]) =>
        void (await mustRefuse(t, await sealSpelled(t, user, claim, spelling), MALFORMED)),
    );
    await mustPass(t, await sealSpelled(t, user, 'iat', String(now)));
  }),

  check(
    'CR-FMT-006',
    'a life of more than 300 s or none is refused, 300 s pass',
    { mutants: PARSED },
    async (t) => {
      const user = await t.actors.shared('user');
      const now = unixNow();
      await eachRow(
        [
          ['301 s', { iat: now, exp: now + 301 }],
          ['a day', { iat: now, exp: now + 86_400 }],
          ['301 s, begun earlier', { iat: now - 200, exp: now + 101 }],
          ['none', { iat: now, exp: now }],
          ['a negative one', { iat: now + 5, exp: now + 4 }],
        ],
        async (times) => refused(await ask(t, await sealClaims(t, user, times)), { status: 401 }),
      );
      await mustPass(t, await sealClaims(t, user, { iat: now, exp: now + 300 }));
    },
  ),
]);

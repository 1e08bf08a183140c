import { generateKeyPairSync } from 'node:crypto';
import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { at, equal, eventually, isStatus, ok, refused, status } from '../../runner/expectations.ts';
import {
  DEADLINE_MS,
  deceived,
  FORGED,
  OUTCOME_SECONDS,
  ownDeceived,
  pathOf,
  type Behaviour,
  type Deceived,
} from './deceived.ts';

const timeoutMs = 40_000;

/** An answer of the master that the client must never see. */
function keptBack(answer: HttpAnswer): void {
  ok('the client gets a 5xx', answer.status >= 500 && answer.status <= 599, {
    wanted: '5xx',
    got: { status: answer.status, body: answer.text.slice(0, 500) },
  });
  isStatus(answer);
  ok(
    'nothing of the answer reaches the client',
    !answer.text.includes(FORGED) && at(answer.json, 'data') === undefined,
    {
      got: answer.text.slice(0, 500),
    },
  );
}

async function believed(gateway: Deceived, name: string): Promise<void> {
  const honest = await gateway.create('honest', name);
  status(honest, 201);
  equal('the honest answer', at(honest.json, 'data', 'request'), honest.headers['audit-id']);
}

const LIES: readonly [id: string, title: string, behaviour: Behaviour][] = [
  ['GW-CTR-005', 'an answer whose body is not the one on chain is kept back', 'wrong-body'],
  ['GW-CTR-006/other-answer', 'the answer to another request is kept back', 'other-answer'],
  ['GW-CTR-006/status', 'an answer with another status than the chain’s is kept back', 'wrong-status'],
  ['GW-CTR-007/signature', 'an answer with a broken signature is kept back', 'bad-signature'],
  ['GW-CTR-007/foreign-key', 'an answer signed by a key that is not the chain’s is kept back', 'foreign-key'],
];

/** The claims in a credential. */
function claimsOf(header: string | undefined): unknown {
  const payload = /^Bearer seal1\.([^.]+)\./.exec(header ?? '')?.[1] ?? '';
  return payload === '' ? undefined : JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
}

export default defineChecks([
  ...LIES.map(([id, title, behaviour]) =>
    check(id, title, { mutants: ['response-unchecked'], timeoutMs }, async (t) => {
      const gateway = await deceived(t);
      await believed(gateway, t.name('honest'));
      keptBack(await gateway.create(behaviour, t.name('lie')));
    }),
  ),

  check(
    'GW-CTR-007/retired-key',
    'an answer signed by a key that was retired on chain is kept back',
    { mutants: ['retired-key-believed'], timeoutMs },
    async (t) => {
      const gateway = await ownDeceived(t);
      const { master } = gateway;
      await believed(gateway, t.name('before'));
      const { privateKey, publicKey } = generateKeyPairSync('ed25519');
      const raw = Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url');
      master.attestWith((nonce) => master.enclave.attest(nonce, { fields: { public_key: raw } }));
      await master.registerKey(raw);
      const old = await eventually(
        'an answer other than "not attested yet"',
        async () => {
          const answer = await gateway.create('honest', t.name('old'));
          return answer.status === 502 || answer.status < 500 ? answer : undefined;
        },
        { withinMs: 10_000, intervalMs: 200 },
      );
      keptBack(old);
      gateway.key = privateKey;
      gateway.keyVersion = 2;
      await believed(gateway, t.name('after'));
    },
  ),

  check(
    'GW-CTR-008',
    'without an answer the client gets 504 Timeout at the deadline, not later than half a second after it',
    { mutants: ['deadline-late'], timeoutMs },
    async (t) => {
      const gateway = await deceived(t);
      await believed(gateway, t.name('honest'));
      const since = Date.now();
      const answer = await gateway.create('never', t.name('never'));
      const ms = Date.now() - since;
      refused(answer, { status: 504, reason: 'Timeout' });
      isStatus(answer, 'Timeout');
      const deadline = DEADLINE_MS;
      ok('it comes at the deadline', ms >= deadline - 300 && ms <= deadline + 500, {
        wanted: `${deadline} to ${deadline + 500} ms`,
        got: ms,
      });
    },
  ),

  check(
    'GW-CTR-009',
    'the outcome after a 504 is there for the same wallet, and 404 for any other',
    { mutants: ['outcome-forgotten', 'outcome-for-anybody'], timeoutMs },
    async (t) => {
      const gateway = await deceived(t);
      const other = await gateway.master.cluster.actor('admin');
      const late = await gateway.create('late', t.name('late'));
      refused(late, { status: 504, reason: 'Timeout' });
      const path = `/daas/v1/requests/${late.headers['audit-id'] ?? ''}`;
      status(await gateway.send('GET', path, { actor: other }), 404);
      const outcome = await eventually(
        'the outcome',
        async () => {
          const answer = await gateway.send('GET', path);
          return answer.status === 202 ? undefined : answer;
        },
        { withinMs: 5_000, intervalMs: 100 },
      );
      status(outcome, 200);
      equal('the status in the outcome', at(outcome.json, 'status_code'), 201);
      const body: unknown = JSON.parse(
        Buffer.from(String(at(outcome.json, 'body')), 'base64url').toString('utf8'),
      );
      equal('the body in the outcome', at(body, 'data', 'request'), late.headers['audit-id']);
      const foreign = await gateway.send('GET', path, { actor: other });
      refused(foreign, { status: 404, reason: 'NotFound' });
      status(await gateway.send('GET', `/daas/v1/requests/${'f'.repeat(32)}`), 404);
      status(await gateway.http.send('GET', path), 401);
    },
  ),

  check(
    'GW-CTR-014',
    'a request whose result never comes is forgotten after the time for outcomes',
    { mutants: ['requests-kept-for-ever'], timeoutMs },
    async (t) => {
      const gateway = await deceived(t);
      const answer = await gateway.create('never', t.name('never'));
      status(answer, 504);
      const path = `/daas/v1/requests/${answer.headers['audit-id'] ?? ''}`;
      status(await gateway.send('GET', path), 202);
      const forgotten = async (): Promise<true | undefined> =>
        (await gateway.send('GET', path)).status === 404 ? true : undefined;
      await eventually('404 for the outcome', forgotten, {
        withinMs: (OUTCOME_SECONDS + 3) * 1000,
        intervalMs: 250,
      });
    },
  ),

  check(
    'GW-DIR-003',
    'the gateway reads as itself and names the caller in headers of its own',
    { mutants: ['caller-unnamed'], timeoutMs },
    async (t) => {
      const gateway = await deceived(t);
      const path = `/api/v1/namespaces/${t.name('read')}/configmaps`;
      await gateway.send('GET', path);
      const [seen] = gateway.master.of('kubernetes').filter(({ target }) => target === path);
      ok('the read reached the master', seen !== undefined);
      const { headers } = seen;
      const claims = claimsOf(headers.authorization);
      equal(
        'whose credential it came with',
        [at(claims, 'sub'), at(claims, 'token')],
        [gateway.wallet.toSuiAddress(), gateway.cap],
      );
      equal(
        'who it is for',
        [headers['x-remote-user'], headers['x-remote-group']],
        [gateway.admin.address, 'daas:admins'],
      );
    },
  ),

  check(
    'GW-DIR-002/unsent',
    'nothing of a read with a bad credential or without permission is sent to the master',
    { mutants: ['permissions-unchecked'], timeoutMs },
    async (t) => {
      const gateway = await deceived(t);
      const user = await gateway.master.cluster.actor('user');
      const path = `/api/v1/namespaces/${t.name('read')}/secrets`;
      status(await gateway.send('GET', path, { actor: user }), 403);
      status(await gateway.http.send('GET', path), 401);
      const bad = `${(await gateway.session()).slice(0, -6)}AAAAAA`;
      status(await gateway.http.send('GET', path, { headers: { authorization: `Bearer ${bad}` } }), 401);
      const reached = gateway.master.requests.filter(({ target }) => target.startsWith(path));
      equal(
        'what reached the master',
        reached.map(({ target }) => target),
        [],
      );
    },
  ),

  check(
    'GW-AUTH-008/wire',
    'identity headers of a client, in any letter case, are not among those the master gets',
    { mutants: ['identity-header-trusted'], timeoutMs },
    async (t) => {
      const gateway = await deceived(t);
      const claims = {
        'x-rEMOTE-uSER': 'claimed',
        'X-Remote-Group': 'claimed',
        'X-Remote-Extra-Scope': 'claimed',
        'IMPERSONATE-USER': 'claimed',
        'Impersonate-Extra-a': 'claimed',
        'X-Seal-Token': 'claimed',
        'X-Forwarded-For': 'claimed',
        'x-forwarded-user': 'claimed',
      };
      const name = t.name('claims');
      const path = `${pathOf('honest')}/${name}`;
      await gateway.send('GET', path, { headers: claims });
      await gateway.send('DELETE', path, { headers: claims });
      const seen = gateway.master.requests.filter(
        ({ target, json }) => target === path || json['path'] === path,
      );
      ok(
        'read and write reached the master, or were refused for the headers',
        seen.length === 2 || seen.length === 0,
        { got: seen.length },
      );
      for (const { headers } of seen) {
        const claimed = Object.entries(headers).filter(([, value]) => String(value).includes('claimed'));
        equal('headers that the client claimed', claimed, []);
      }
    },
  ),
]);

import { sendRaw, type RawAnswer, type RawServer } from '../../drivers/raw-tls.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, isStatus, ok, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import type { ServerInfo } from '../../target/world-info.ts';
import { pod } from '../../world/gateway-api.ts';
import { beat, HEARTBEAT, PODS, prepareHeartbeat, registeredWorker } from '../credentials/asking.ts';

const SERVERS = ['gateway', 'master'] as const;

function serverOf(t: CheckContext, part: 'gateway' | 'master'): RawServer & ServerInfo {
  const server = t.world[part];
  t.needs(`a ${part}`, server !== undefined);
  return server;
}

/** A POST that creates `name` at the gateway, or is a heartbeat of nobody at the master, framed by `framing`. */
function framed(host: string, credential: string, framing: string, rest: string): string {
  const head = [`POST ${PODS} HTTP/1.1`, `Host: ${host}`, `Authorization: Bearer ${credential}`];
  return `${head.join('\r\n')}\r\nContent-Type: application/json\r\n${framing}\r\n\r\n${rest}`;
}

/** 400, once, and nothing more on that connection. */
function refusedAndClosed(answer: RawAnswer): void {
  equal('the statuses', answer.statuses, [400]);
  ok('the connection was closed', answer.closed, { got: answer.text.slice(0, 500) });
}

export default defineChecks([
  check(
    'SEC-PRS-001',
    'two X-Seal-Token headers or a list of two are refused',
    { mutants: ['first-of-list'] },
    async (t) => {
      const worker = await registeredWorker(t);
      const { credential, body } = await prepareHeartbeat(t, worker);
      const other = (await prepareHeartbeat(t, worker)).credential;
      const send = (...values: string[]): ReturnType<typeof beat> =>
        t.master.http.send('POST', HEARTBEAT, {
          headers: [
            ['content-type', 'application/json'],
            ...values.map((value) => ['X-Seal-Token', value] as const),
          ],
          body,
        });
      await eachRow(
        [
          ['good and good', [credential, credential]],
          ['good and other', [credential, other]],
          ['other and good', [other, credential]],
          ['good and empty', [credential, '']],
          ['a list', [`${credential},${other}`]],
          ['a list with blanks', [`${credential}, ${credential}`]],
          ['a list with nothing after it', [`${credential},`]],
        ],
        async (values) => refused(await send(...values), { status: 401, reason: 'MalformedCredential' }),
      );
      status(await send(credential), 200);
    },
  ),

  ...SERVERS.map((part) =>
    check(
      `SEC-PRS-002/${part}`,
      `ambiguous framing is refused by the ${part}`,
      { mutants: ['parser-insecure'] },
      async (t) => {
        const server = serverOf(t, part);
        const admin = await t.actors.fresh('admin');
        const { host } = new URL(server.url);
        const names = { smuggled: t.name('smuggled'), outer: t.name('outer') };
        const body = JSON.stringify(pod(names.outer));
        const inner = JSON.stringify(pod(names.smuggled));
        const credential = await t.actors.session(admin);
        const length = `Content-Length: ${body.length}`;
        const second = framed(host, credential, `Content-Length: ${inner.length}`, inner);
        const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
        const good = framed(host, credential, length, body);
        await eachRow(
          [
            [
              'CL and TE',
              framed(host, credential, `${length}\r\nTransfer-Encoding: chunked`, `${chunked}${second}`),
            ],
            [
              'TE and CL',
              framed(host, credential, `Transfer-Encoding: chunked\r\n${length}`, `${chunked}${second}`),
            ],
            ['two CL', framed(host, credential, `${length}\r\nContent-Length: 0`, `${body}${second}`)],
            [
              'two CL in a list',
              framed(host, credential, `Content-Length: ${body.length}, 0`, `${body}${second}`),
            ],
            ['CL with a sign', framed(host, credential, `Content-Length: +${body.length}`, body)],
            [
              'TE twice',
              framed(host, credential, 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', chunked),
            ],
            ['TE of another kind', framed(host, credential, 'Transfer-Encoding: xchunked', chunked)],
            ['a blank before the colon', framed(host, credential, `Content-Length : ${body.length}`, body)],
            ['bare line feeds', good.replaceAll('\r\n', '\n')],
            ['one bare line feed', good.replace('application/json\r\n', 'application/json\n')],
            ['bare carriage returns', good.replaceAll('\r\n', '\r')],
            ['a folded header', framed(host, credential, `X-Folded: a\r\n b\r\n${length}`, body)],
            ['a header without a colon', framed(host, credential, `Nonsense\r\n${length}`, body)],
            ['a NUL in a header', framed(host, credential, `X-A: a\0b\r\n${length}`, body)],
            ['no Host', good.replace(`Host: ${host}\r\n`, '')],
            [
              'a chunk size that is none',
              framed(host, credential, 'Transfer-Encoding: chunked', `zz\r\n${body}\r\n0\r\n\r\n`),
            ],
          ],
          async (bytes) => refusedAndClosed(await sendRaw(server, bytes, { signal: t.signal })),
        );
        equal('the requests on chain', await t.chain.events('K8sAPIRequest', { token: admin.token }), []);
        for (const name of Object.values(names)) {
          status(await t.gateway.as(admin, 'GET', `${PODS}/${name}`), 404);
        }
      },
    ),
  ),

  ...SERVERS.map((part) =>
    check(
      `SEC-PRS-004/${part}`,
      `a header of 20 kB is refused by the ${part}`,
      { mutants: ['headers-unbounded'] },
      async (t) => {
        const server = serverOf(t, part);
        const { host } = new URL(server.url);
        const request = (header: string): string =>
          `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n${header}\r\n\r\n`;
        await eachRow(
          [
            ['one header', `X-Long: ${'a'.repeat(20_000)}`],
            ['many headers', Array.from({ length: 2000 }, (_, index) => `X-${index}: aaaaa`).join('\r\n')],
            ['a long Authorization', `Authorization: Bearer seal1.${'a'.repeat(20_000)}`],
            ['a long name', `${'X'.repeat(20_000)}: a`],
          ],
          async (header) => {
            const answer = await sendRaw(server, request(header), { signal: t.signal });
            ok('it is answered with 431 or 400', [431, 400].includes(answer.statuses[0] ?? 0), {
              wanted: [431, 400],
              got: answer.text.slice(0, 300),
            });
          },
        );
        const path = `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
        const answer = await sendRaw(server, path, { signal: t.signal });
        ok('a long path is refused too', [400, 414, 431].includes(answer.statuses[0] ?? 0), {
          got: answer.text.slice(0, 300),
        });
        const health = part === 'gateway' ? '/healthz' : '/health';
        const after = await sendRaw(
          server,
          `GET ${health} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
        );
        equal('the server lives', after.statuses, [200]);
      },
    ),
  ),

  check(
    'SEC-PRS-007',
    'what the parser itself refuses is a Status too',
    { mutants: ['parser-answers-bare'] },
    async (t) => {
      const server = serverOf(t, 'gateway');
      const { host } = new URL(server.url);
      await eachRow(
        [
          ['431', `GET /api HTTP/1.1\r\nHost: ${host}\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`],
          ['400', `GET /api HTTP/1.1\r\nHost: ${host}\r\nNonsense\r\n\r\n`],
          ['400 for no request at all', 'NONSENSE\r\n\r\n'],
        ],
        async (bytes) => {
          const answer = await sendRaw(server, bytes, { signal: t.signal });
          const json: unknown = JSON.parse(answer.body || 'null');
          const of = { status: answer.statuses[0] ?? 0, json, headers: answer.headers } as Parameters<
            typeof isStatus
          >[0];
          isStatus(of);
          ok('it says what it is', answer.headers['content-type']?.startsWith('application/json') === true, {
            got: answer.headers,
          });
        },
      );
    },
  ),

  check(
    'SEC-PRS-009',
    'a request in absolute form is the same request or refused',
    { mutants: ['absolute-form-misread'] },
    async (t) => {
      const server = serverOf(t, 'gateway');
      const { host, origin } = new URL(server.url);
      const user = await t.actors.shared('user');
      const credential = await t.actors.session(user);
      const get = (target: string, header = `Authorization: Bearer ${credential}\r\n`): Promise<RawAnswer> =>
        sendRaw(server, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${header}Connection: close\r\n\r\n`, {
          signal: t.signal,
        });
      const secrets = '/api/v1/namespaces/default/secrets';
      const hosts = [origin, 'https://elsewhere.example', `http://${host}`];
      for (const base of hosts) {
        const [pods, hidden, unsigned] = [
          await get(base + PODS),
          await get(base + secrets),
          await get(base + PODS, ''),
        ];
        ok(`${base}: pods are read or refused`, [200, 400, 421].includes(pods.statuses[0] ?? 0), {
          got: pods.text.slice(0, 300),
        });
        ok(`${base}: secrets are not read`, [400, 403, 421].includes(hidden.statuses[0] ?? 0), {
          got: hidden.text.slice(0, 300),
        });
        ok(`${base}: nothing without a credential`, [400, 401, 421].includes(unsigned.statuses[0] ?? 0), {
          got: unsigned.text.slice(0, 300),
        });
      }
      equal('the origin form', (await get(PODS)).statuses, [200]);
    },
  ),

  check(
    'SEC-PRS-008/gateway',
    'early data is put off or cannot be replayed',
    { mutants: ['early-data-served'] },
    async (t) => {
      const admin = await t.actors.fresh('admin');
      const name = t.name('early');
      for (const [method, body] of [
        ['GET', undefined],
        ['POST', pod(name)],
      ] as const) {
        const answer = await t.gateway.as(admin, method, PODS, {
          headers: { 'early-data': '1' },
          ...(body && { body }),
        });
        status(answer, 425);
        equal('the kind of answer', at(answer.json, 'kind'), 'Status');
      }
      status(await t.gateway.as(admin, 'GET', `${PODS}/${name}`), 404);
      equal('the requests on chain', await t.chain.events('K8sAPIRequest', { token: admin.token }), []);
    },
  ),

  check(
    'SEC-PRS-008/master',
    'early data at the master is put off or cannot be replayed',
    { mutants: ['nonce-forgotten'] },
    async (t) => {
      const prepared = await prepareHeartbeat(t, await registeredWorker(t));
      const headers = {
        'x-seal-token': prepared.credential,
        'content-type': 'application/json',
        'early-data': '1',
      };
      const first = await beat(t, prepared, { headers });
      status(first, [200, 425]);
      const again = await beat(t, prepared, { headers });
      if (first.status === 425) status(again, 425);
      else refused(again, { status: 401, reason: 'ReplayDetected' });
    },
  ),
]);

import { randomBytes } from 'node:crypto';
import type { KubectlCommand } from '../../drivers/chain/package.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { eachRow } from '../../runner/rows.ts';
import { aborted, done } from './outcomes.ts';
import { command, executeAs, freshRequestId, gatewayWallet, noRequests } from './stage.ts';

const INVALID_ARGUMENT = 9;

export default defineChecks([
  check(
    'CT-EXE-010',
    'a bad digest, request id or resource is refused',
    { mutants: ['arguments-unchecked'] },
    async (t) => {
      const [gateway, admin] = await Promise.all([gatewayWallet(t), t.actors.shared('admin')]);
      const id = freshRequestId();
      const rows: [string, Partial<KubectlCommand>][] = [
        ...[0, 1, 31, 33, 64].map((length): [string, Partial<KubectlCommand>] => [
          `a digest of ${length} bytes`,
          { payloadDigest: randomBytes(length) },
        ]),
        ['no request id', { requestId: '' }],
        ['a request id of 31 digits', { requestId: id.slice(1) }],
        ['a request id of 33 digits', { requestId: `${id}0` }],
        ['a request id in upper case', { requestId: `ABCDEF${id.slice(6)}` }],
        ['a request id with g', { requestId: `g${id.slice(1)}` }],
        ['a request id with 0x', { requestId: `0x${id.slice(2)}` }],
        ['a UUID', { requestId: crypto.randomUUID() }],
        ['no resource', { resourceType: '' }],
      ];
      await eachRow(rows, async (changes) =>
        aborted(
          'the request',
          await executeAs(t, gateway, command(admin, changes)),
          'k8s_gateway',
          INVALID_ARGUMENT,
        ),
      );
      done('a request with none of these', await executeAs(t, gateway, command(admin, { requestId: id })));
    },
  ),

  check('CT-EXE-012', 'a bad method or path is refused', { mutants: ['arguments-unchecked'] }, async (t) => {
    const [gateway, admin] = await Promise.all([gatewayWallet(t), t.actors.shared('admin')]);
    const methods = [
      'get',
      'Get',
      'WATCH',
      'LIST',
      'HEAD',
      'OPTIONS',
      'CONNECT',
      'TRACE',
      'GET ',
      ' GET',
      'GETS',
      '',
    ];
    const paths = ['', 'api/v1', '?', '/api?limit=1', '/api/v1/pods?', 'https://a/api', ' /api'];
    const ids: string[] = [];
    const bad = async (changes: Partial<KubectlCommand>): Promise<void> => {
      const request = command(admin, changes);
      ids.push(request.requestId);
      aborted('the request', await executeAs(t, gateway, request), 'k8s_gateway', INVALID_ARGUMENT);
    };
    await eachRow(
      methods.map((method) => [`method ${JSON.stringify(method)}`, method] as const),
      (method) => bad({ method }),
    );
    await eachRow(
      paths.map((path) => [`path ${JSON.stringify(path)}`, path] as const),
      (path) => bad({ path }),
    );
    await noRequests(t, ids);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
      done(`a ${method}`, await executeAs(t, gateway, command(admin, { method, path: '/' })));
  }),
]);

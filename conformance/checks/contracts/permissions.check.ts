import type { StakeKind } from '../../drivers/chain/package.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { eachRow } from '../../runner/rows.ts';
import { aborted, done } from './outcomes.ts';
import { command, executeAs, gatewayWallet, noRequests } from './stage.ts';

const UNAUTHORISED = 3;

type Row = readonly [kind: StakeKind, method: string, resource: string, allowed: boolean];

/** Which permission a method needs. */
function permittedByMethod(): readonly Row[] {
  const writes = ['POST', 'PUT', 'PATCH', 'DELETE'];
  return [
    ['user', 'GET', 'pods', true],
    ['user', 'GET', 'services', true],
    ['user', 'GET', 'nodes', false],
    ['user', 'GET', 'secrets', false],
    ...writes.map((method): Row => ['user', method, 'pods', false]),
    ...writes.map((method): Row => ['node', method, 'pods', true]),
    ['node', 'PATCH', 'nodes', true],
    ['node', 'POST', 'services', false],
    ['node', 'GET', 'secrets', false],
    ['admin', 'GET', 'secrets', true],
    ...writes.map((method): Row => ['admin', method, 'secrets', true]),
  ];
}

/** What is near a permission and is none. */
function comparedAsAWhole(): readonly Row[] {
  const near = [
    'podsecrets',
    'pod',
    'po',
    'p',
    'Pods',
    'PODS',
    'pods/exec',
    'pods/log',
    'pods ',
    ' pods',
    'pods:',
    '*',
  ];
  return [
    ...near.map((resource): Row => ['user', 'GET', resource, false]),
    ...['podsecrets', 'pod', 'Pods', 'pods/exec', '*'].map((resource): Row => [
      'node',
      'POST',
      resource,
      false,
    ]),
    // One direction never stands for the other.
    ['node', 'GET', 'nodes', false],
    ['node', 'DELETE', 'services', false],
    ['user', 'POST', 'services', false],
    ...['anything', 'pods/exec', 'customresources.example.com'].flatMap((resource): Row[] => [
      ['admin', 'GET', resource, true],
      ['admin', 'DELETE', resource, true],
    ]),
  ];
}

export default defineChecks(
  (
    [
      ['CT-EXE-005', 'a request needs its permission', permittedByMethod()],
      ['CT-EXE-006', 'a permission is compared as a whole', comparedAsAWhole()],
    ] as const
  ).map(([id, title, rows]) =>
    check(id, title, { mutants: ['contract-permission-by-prefix'], timeoutMs: 40_000 }, async (t) => {
      const [gateway, user, node, admin] = await Promise.all([
        gatewayWallet(t),
        t.actors.shared('user'),
        t.actors.shared('node'),
        t.actors.shared('admin'),
      ]);
      const actors = { user, node, admin };
      const refusedIds: string[] = [];
      await eachRow(
        rows.map((row) => [`${row[0]} ${row[1]} ${row[2]}`, row] as const),
        async ([kind, method, resourceType, allowed]) => {
          const request = command(actors[kind], { method, resourceType });
          const attempt = await executeAs(t, gateway, request);
          if (allowed) {
            done('the request', attempt);
            return;
          }
          aborted('the request', attempt, 'k8s_gateway', UNAUTHORISED);
          refusedIds.push(request.requestId);
        },
      );
      await noRequests(t, refusedIds);
    }),
  ),
);

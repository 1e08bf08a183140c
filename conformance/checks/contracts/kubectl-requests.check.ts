import { check, defineChecks } from '../../runner/check.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { done, onlyEvent } from './outcomes.ts';
import { allowed, ask, authorize, cluster, denied } from './cluster.ts';

export default defineChecks([
  check(
    'CT-IFC-005',
    'an allowed request is told the endpoint',
    { mutants: ['allowed-request-lost'] },
    async (t) => {
      const own = await cluster(t);
      const user = await authorize(t, own, ['pods:read']);
      const { response } = await ask(t, own, user, 'get', ['pods', 'web-1']);
      equal('the response', response, {
        success: true,
        endpoint: t.world.chain.ids.endpoint,
        error_message: '',
      });
    },
  ),

  check(
    'CT-IFC-006',
    'a denied request returns and does not abort',
    { mutants: ['denial-aborts'] },
    async (t) => {
      const own = await cluster(t);
      const user = await authorize(t, own, ['pods:read']);
      await eachRow(
        [
          ['a permission that is missing', ['delete', ['pods']]],
          ['an unknown command', ['exec', ['pods']]],
          ['no command', ['', ['pods']]],
          ['no resource', ['get', []]],
          ['an empty resource', ['get', ['']]],
        ] satisfies [string, [string, string[]]][],
        async ([command, args]) => {
          const attempt = await t.chain.attempt(user.signer, (tx) =>
            t.chain.calls.kubectlRequest(tx, own.id, user.permission, command, args),
          );
          ok('the request does not abort', attempt.kind === 'done', { got: attempt });
          denied(await ask(t, own, user, command, args));
        },
      );
    },
  ),

  check(
    'CT-IFC-007',
    'each request leaves one audit event with the decision',
    { mutants: ['denial-aborts', 'allowed-request-lost'] },
    async (t) => {
      const own = await cluster(t);
      const user = await authorize(t, own, ['pods:read']);
      for (const [command, resource, decision] of [
        ['get', 'pods', true],
        ['delete', 'pods', false],
        ['get', 'secrets', false],
        ['sudo', 'pods', false],
      ] as const) {
        const attempt = await t.chain.attempt(user.signer, (tx) =>
          t.chain.calls.kubectlRequest(tx, own.id, user.permission, command, [resource, 'name']),
        );
        ok(`${command} ${resource} does not abort`, attempt.kind === 'done', { got: attempt });
        const { reason, ...audit } = onlyEvent(attempt, 'AuditEvent');
        equal('the event', audit, {
          cluster: own.id,
          user: user.address,
          command,
          resource,
          allowed: decision,
        });
        equal('the event says why, if it was denied', reason === '', decision);
      }
    },
  ),

  check(
    'CT-IFC-008',
    'a permission counts for its own cluster and its own user',
    { mutants: ['permission-of-any-cluster'] },
    async (t) => {
      const [own, other] = await Promise.all([cluster(t), cluster(t)]);
      const user = await authorize(t, own, ['*:*']);
      const elsewhere = await authorize(t, other, ['pods:read'], user.signer);
      allowed(await ask(t, own, user, 'get', ['pods']));
      denied(await ask(t, other, user, 'get', ['pods']));
      denied(await ask(t, own, elsewhere, 'get', ['pods']));
      // A UserPermission is its user’s own object: the chain lets no other address use it.
      const thief = await authorize(t, own, ['services:read']);
      const stolen = await t.chain.attempt(thief.signer, (tx) =>
        t.chain.calls.kubectlRequest(tx, own.id, user.permission, 'get', ['pods']),
      );
      ok('the permission of another address is refused', stolen.kind === 'rejected', { got: stolen });
    },
  ),

  check(
    'CT-IFC-009',
    'a command needs its permission as a whole',
    { mutants: ['contract-permission-by-prefix'] },
    async (t) => {
      const own = await cluster(t);
      const [reader, writer] = await Promise.all([t.actors.wallet(), t.actors.wallet()]);
      const users = {
        reads: await authorize(t, own, ['pods:read'], reader),
        writes: await authorize(t, own, ['pods:write'], writer),
      };
      const rows: [keyof typeof users, string, string, boolean][] = [
        ...['get', 'list', 'watch'].flatMap((command): typeof rows => [
          ['reads', command, 'pods', true],
          ['writes', command, 'pods', false],
        ]),
        ...['create', 'update', 'patch', 'delete'].flatMap((command): typeof rows => [
          ['reads', command, 'pods', false],
          ['writes', command, 'pods', true],
        ]),
        ...['exec', 'Get', 'GET', 'get ', 'gets', 'apply', '', '*'].flatMap((command): typeof rows => [
          ['reads', command, 'pods', false],
          ['writes', command, 'pods', false],
        ]),
        ...['podsecrets', 'pod', 'Pods', 'pods/exec', '*', 'secrets'].flatMap((resource): typeof rows => [
          ['reads', 'get', resource, false],
          ['writes', 'delete', resource, false],
        ]),
      ];
      await eachRow(
        rows.map((row) => [row.slice(0, 3).join(' '), row] as const),
        async ([who, command, resource, decision]) => {
          const answer = await ask(t, own, users[who], command, [resource]);
          if (decision) allowed(answer);
          else denied(answer);
        },
      );
    },
  ),

  check('CT-IFC-010', 'a paused cluster denies', { mutants: ['cluster-state-ignored'] }, async (t) => {
    const own = await cluster(t);
    const user = await authorize(t, own, ['*:*']);
    const set = async (status: number): Promise<void> => {
      const attempt = await t.chain.attempt(own.owner, (tx) =>
        t.chain.calls.setClusterStatus(tx, own.id, status),
      );
      done(`status ${status}`, attempt);
    };
    allowed(await ask(t, own, user, 'get', ['pods']));
    await set(2);
    denied(await ask(t, own, user, 'get', ['pods']));
    await set(1);
    allowed(await ask(t, own, user, 'get', ['pods']));
  }),
]);

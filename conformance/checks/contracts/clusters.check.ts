import { OBJECTS, type ContractEvents, type ContractObjects } from '../../../contracts/bindings/index.ts';
import type { Signer } from '@mysten/sui/cryptography';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok, unchanged } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { aborted, done, onlyCreated, onlyEvent, type Done } from './outcomes.ts';
import { chainSeconds, returned } from './stage.ts';

const NOT_OWNER = 1;
const ALREADY_AUTHORISED = 2;
const NOT_AUTHORISED = 3;

/** A cluster of a check’s own. */
interface OwnCluster {
  id: string;
  owner: Signer;
  name: string;
  made: Done;
}

/** An address that a cluster authorised. */
interface User {
  signer: Signer;
  address: string;
  permission: string;
}

async function cluster(t: CheckContext, by?: Signer): Promise<OwnCluster> {
  const owner = by ?? (await t.actors.wallet());
  const name = t.name('cluster');
  const attempt = await t.chain.attempt(owner, (tx) =>
    t.chain.calls.createCluster(tx, t.world.chain.ids.endpoint, name),
  );
  const made = done('making a cluster', attempt);
  return { id: onlyCreated(made, 'k8s_interface::Cluster').id, owner, name, made };
}

const clusterOf = (t: CheckContext, id: string): Promise<ContractObjects['Cluster']> =>
  t.chain.object('Cluster', id);

async function authorize(t: CheckContext, of: OwnCluster, permissions: string[], by?: Signer): Promise<User> {
  const signer = by ?? (await t.actors.wallet());
  const address = signer.toSuiAddress();
  const attempt = await t.chain.attempt(of.owner, (tx) =>
    t.chain.calls.authorizeUser(tx, of.id, address, permissions),
  );
  const permission = onlyCreated(done('authorising a user', attempt), 'k8s_interface::UserPermission').id;
  return { signer, address, permission };
}

interface Answer {
  response: ContractObjects['KubectlResponse'];
  audit: ContractEvents['AuditEvent'];
}

/** Runs kubectl_request: what it returns, by a simulation, and the one audit event that it leaves. */
async function ask(
  t: CheckContext,
  of: OwnCluster,
  user: User,
  command: string,
  args: readonly string[],
): Promise<Answer> {
  const bytes = await returned(t, user.address, (tx) =>
    t.chain.calls.kubectlRequest(tx, of.id, user.permission, command, args),
  );
  const attempt = await t.chain.attempt(user.signer, (tx) =>
    t.chain.calls.kubectlRequest(tx, of.id, user.permission, command, args),
  );
  const audit = onlyEvent(done('kubectl_request', attempt), 'AuditEvent');
  return { response: OBJECTS.KubectlResponse.parse(bytes), audit };
}

function allowed(answer: Answer): void {
  const { success, error_message } = answer.response;
  equal('the decision', { success, error_message }, { success: true, error_message: '' });
  equal('the decision in the audit event', answer.audit.allowed, true);
}

function denied(answer: Answer): void {
  equal('success', answer.response.success, false);
  ok('it says why', answer.response.error_message !== '');
  equal('the decision in the audit event', answer.audit.allowed, false);
  ok('the audit event says why', answer.audit.reason !== '');
}

export default defineChecks([
  check(
    'CT-IFC-001',
    'anybody makes clusters, as many as he likes',
    { mutants: ['cluster-fields-wrong'] },
    async (t) => {
      const owner = await t.actors.wallet();
      const { endpoint } = t.world.chain.ids;
      const seen = new Set<string>();
      for (let count = 1; count <= 3; count += 1) {
        const from = await chainSeconds(t);
        const made = await cluster(t, owner);
        const until = await chainSeconds(t);
        const { created_at, ...rest } = await clusterOf(t, made.id);
        equal('the cluster', rest, {
          id: made.id,
          name: made.name,
          nautilus_endpoint: endpoint,
          owner: owner.toSuiAddress(),
          status: 1,
          authorized_users: [],
        });
        ok('created_at is the present second of the chain', from <= created_at && created_at <= until, {
          wanted: [from, until],
          got: created_at,
        });
        equal('whose object it is', onlyCreated(made.made, 'k8s_interface::Cluster').owner, 'shared');
        equal('the event', onlyEvent(made.made, 'ClusterCreated'), {
          cluster: made.id,
          owner: owner.toSuiAddress(),
          nautilus_endpoint: endpoint,
          name: made.name,
        });
        seen.add(made.id);
      }
      equal('clusters', seen.size, 3);
    },
  ),

  check(
    'CT-IFC-002',
    'only the owner of a cluster changes it',
    { mutants: ['cluster-of-anyone'] },
    async (t) => {
      const own = await cluster(t);
      const user = await authorize(t, own, ['pods:read', '*:*']);
      const other = await cluster(t);
      const { calls } = t.chain;
      const third = other.owner.toSuiAddress();
      await unchanged(
        'the cluster',
        () => clusterOf(t, own.id),
        async () => {
          for (const [who, by] of [
            ['the owner of another cluster', other.owner],
            ['a user of it', user.signer],
          ] as const) {
            await eachRow(
              [
                [`authorising by ${who}`, (tx) => calls.authorizeUser(tx, own.id, third, ['*:*'])],
                [`revoking by ${who}`, (tx) => calls.revokeUser(tx, own.id, user.address)],
                [`pausing by ${who}`, (tx) => calls.setClusterStatus(tx, own.id, 2)],
              ] satisfies [string, Parameters<typeof t.chain.attempt>[1]][],
              async (build) =>
                aborted('the call', await t.chain.attempt(by, build), 'k8s_interface', NOT_OWNER),
            );
          }
        },
      );
      for (const [what, build] of [
        ['authorising', (tx) => calls.authorizeUser(tx, own.id, third, ['*:*'])],
        ['revoking', (tx) => calls.revokeUser(tx, own.id, user.address)],
        ['pausing', (tx) => calls.setClusterStatus(tx, own.id, 2)],
      ] satisfies [string, Parameters<typeof t.chain.attempt>[1]][])
        done(`${what} by the owner`, await t.chain.attempt(own.owner, build));
    },
  ),

  check(
    'CT-IFC-003',
    'an authorised user gets one permission of this cluster',
    { mutants: ['authorised-twice'] },
    async (t) => {
      const own = await cluster(t);
      const user = (await t.actors.wallet()).toSuiAddress();
      const permissions = ['pods:read', 'services:write'];
      const authorise = (): ReturnType<typeof t.chain.attempt> =>
        t.chain.attempt(own.owner, (tx) => t.chain.calls.authorizeUser(tx, own.id, user, permissions));
      const first = done('authorising', await authorise());
      const created = onlyCreated(first, 'k8s_interface::UserPermission');
      equal('whose the permission is', created.owner, user);
      equal('the permission', await t.chain.object('UserPermission', created.id), {
        id: created.id,
        cluster: own.id,
        user,
        permissions,
      });
      equal('the authorised users', (await clusterOf(t, own.id)).authorized_users, [user]);
      equal('the event', onlyEvent(first, 'UserAuthorized'), { cluster: own.id, user, permissions });
      aborted('authorising again', await authorise(), 'k8s_interface', ALREADY_AUTHORISED);
    },
  ),

  check(
    'CT-IFC-004',
    'a revoked user is refused with the permission that he still has',
    { mutants: ['cluster-state-ignored'] },
    async (t) => {
      const own = await cluster(t);
      const user = await authorize(t, own, ['*:*']);
      allowed(await ask(t, own, user, 'get', ['pods']));
      const revoke = (): ReturnType<typeof t.chain.attempt> =>
        t.chain.attempt(own.owner, (tx) => t.chain.calls.revokeUser(tx, own.id, user.address));
      const revoked = done('revoking', await revoke());
      equal('the event', onlyEvent(revoked, 'UserRevoked'), { cluster: own.id, user: user.address });
      equal('the authorised users', (await clusterOf(t, own.id)).authorized_users, []);
      denied(await ask(t, own, user, 'get', ['pods']));
      aborted('revoking again', await revoke(), 'k8s_interface', NOT_AUTHORISED);
      const again = await authorize(t, own, ['services:read'], user.signer);
      denied(await ask(t, own, again, 'get', ['pods']));
      allowed(await ask(t, own, again, 'get', ['services']));
    },
  ),

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

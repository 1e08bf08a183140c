import { check, defineChecks } from '../../runner/check.ts';
import { equal, ok, unchanged } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { aborted, done, onlyCreated, onlyEvent } from './outcomes.ts';
import { chainSeconds } from './stage.ts';
import { allowed, ask, authorize, cluster, clusterOf, denied } from './cluster.ts';
const NOT_OWNER = 1;
const ALREADY_AUTHORISED = 2;
const NOT_AUTHORISED = 3;

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
]);

import { ABORTS, MODULES } from '../../../contracts/bindings/index.ts';
import { createdObjects } from '../../drivers/chain/transactions.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { ACTIVE, MAINTENANCE, adminCap, bench, setStatuses } from './bench.ts';
import { publishedFunctions, reachable } from './bytecode.ts';
import { aborted, done } from './outcomes.ts';
import { command, createToken, executeAs, gatewayWallet, staker } from './stage.ts';

/** Where a request’s payload could hide: in the transaction, in what it wrote, in its events. */
async function traces(t: CheckContext, digest: string): Promise<Buffer> {
  const result = await t.chain.client.core.getTransaction({
    digest,
    include: { bcs: true, events: true, effects: true },
  });
  const transaction = result.Transaction ?? result.FailedTransaction;
  const ids = transaction?.effects.changedObjects.map(({ objectId }) => objectId) ?? [];
  const { objects } = await t.chain.client.core.getObjects({ objectIds: ids, include: { content: true } });
  return Buffer.concat([
    Buffer.from(transaction?.bcs ?? []),
    ...(transaction?.events ?? []).map(({ bcs }) => Buffer.from(bcs)),
    ...objects.map((object) => Buffer.from(object instanceof Error ? [] : (object.content ?? []))),
  ]);
}

/** How a text can stand in bytes. */
const forms = (text: string): Buffer[] => [
  Buffer.from(text),
  ...[0, 1, 2].map((shift) =>
    // Base64 of the text at any place in a longer one, without the digits that depend on its neighbours.
    Buffer.from(
      Buffer.from(`${'x'.repeat(shift)}${text}`)
        .toString('base64')
        .slice(4, -4),
    ),
  ),
  Buffer.from(Buffer.from(text).toString('hex')),
];

export default defineChecks([
  check(
    'CT-STK-028/published',
    'publishing shares one pool and one registry and gives each capability once',
    { mutants: ['slash-cap-shared', 'admin-cap-shared'] },
    async (t) => {
      const { object } = await t.chain.client.core.getObject({
        objectId: t.world.chain.ids.package,
        include: { previousTransaction: true },
      });
      const result = await t.chain.client.core.getTransaction({
        digest: object.previousTransaction ?? '',
        include: { effects: true, objectTypes: true, transaction: true },
      });
      const published = result.Transaction ?? result.FailedTransaction;
      const made = createdObjects(published!.effects, published!.objectTypes).filter(({ type }) =>
        type.startsWith(t.world.chain.ids.package),
      );
      const publisher = published!.transaction.sender;
      const held = Object.fromEntries(
        ['staking::StakingPool', 'k8s_gateway::Registry', 'staking::SlashCap', 'k8s_gateway::AdminCap'].map(
          (name) => [name, made.filter(({ type }) => type.endsWith(`::${name}`)).map(({ owner }) => owner)],
        ),
      );
      equal('the objects that publishing made, and whose they are', held, {
        'staking::StakingPool': ['shared'],
        'k8s_gateway::Registry': ['shared'],
        'staking::SlashCap': [publisher],
        'k8s_gateway::AdminCap': [publisher],
      });
    },
  ),

  check(
    'CT-STK-028/another',
    'no function that a transaction can call makes another',
    { mutants: ['cap-for-asking'] },
    async (t) => {
      const functions = await publishedFunctions(t);
      const makers = functions.filter(({ packs }) =>
        packs.some((type) => ['SlashCap', 'AdminCap', 'StakingPool', 'Registry'].includes(type)),
      );
      ok('the package makes them somewhere', makers.length > 0);
      const callable = functions.filter((one) => one.callable).map(({ name }) => name);
      const open = reachable(functions, callable);
      equal(
        'functions that make one and can be reached',
        makers.map(({ name }) => name).filter((name) => open.has(name)),
        [],
      );
    },
  ),

  check(
    'CT-EXE-009',
    'the chain sees nothing of a request’s body and query',
    { mutants: ['body-on-chain', 'arguments-unchecked'] },
    async (t) => {
      const [admin, gateway] = await Promise.all([t.actors.shared('admin'), gatewayWallet(t)]);
      // A payload in the digest’s place is one way to get it onto the chain, a query in the path another.
      const [body, query] = [t.name('body-marker'), t.name('query-marker')];
      for (const changes of [
        { payloadDigest: Buffer.from(JSON.stringify({ data: body })) },
        { path: `/api/v1/secrets?labelSelector=${query}` },
      ])
        aborted(
          'a request with its payload',
          await executeAs(t, gateway, command(admin, changes)),
          'k8s_gateway',
          9,
        );
      if (!t.world.gateway) return;
      const name = t.name('secret');
      const answer = await t.gateway.as(
        admin,
        'POST',
        `/api/v1/namespaces/default/configmaps?fieldManager=${query}`,
        {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name },
            data: { key: body },
          }),
        },
      );
      const event = await t.chain.event('K8sAPIRequest', { request_id: answer.headers['audit-id'] ?? '' });
      ok('the gateway’s request is on chain', event !== undefined, { got: answer.status });
      const seen = await traces(t, event.digest);
      ok('the transaction is there', seen.includes(Buffer.from(event.data.request_id)));
      for (const marker of [body, query, name])
        equal(
          `traces of ${marker}`,
          forms(marker)
            .filter((form) => seen.includes(form))
            .map(String),
          [],
        );
    },
  ),

  check(
    'CT-ERR-001',
    'each code that the modules abort with is in the shared table, none as 500',
    { mutants: ['aborts-renumbered'] },
    async (t) => {
      const functions = await publishedFunctions(t);
      const known = new Set(ABORTS.map(({ module, code }) => `${module}::${code}`));
      const used = functions.flatMap(({ name, aborts }) =>
        aborts.map((code) => `${name.split('::')[0]}::${code}`),
      );
      const ours = [...new Set(used)].filter((one) =>
        MODULES.some((module) => one.startsWith(`${module}::`)),
      );
      ok('the modules abort with codes', ours.length >= MODULES.length, { got: ours });
      equal(
        'codes that are not in the table',
        ours.filter((one) => !known.has(one)),
        [],
      );
      equal(
        'entries that say 500',
        ABORTS.filter(({ http }) => Number(http) === 500),
        [],
      );
    },
  ),

  check(
    'CT-ERR-002',
    'codes 1 to 4 of k8s_gateway mean what they should',
    { exclusive: true, mutants: ['aborts-renumbered'] },
    async (t) => {
      await adminCap(t);
      const [{ endpoint }, gateway, user, staked] = await Promise.all([
        bench(t),
        gatewayWallet(t),
        t.actors.fresh('user'),
        staker(t, 'user'),
      ]);
      const main = t.world.chain.ids.endpoint;
      const foreign = command(user, { record: staked.record });
      aborted('a token with a foreign stake', await executeAs(t, gateway, foreign), 'k8s_gateway', 2);
      const write = command(user, { method: 'DELETE' });
      aborted('a write by a user', await executeAs(t, gateway, write), 'k8s_gateway', 3);
      t.defer(() => setStatuses(t, { [endpoint.id]: ACTIVE, [main]: ACTIVE }));
      await setStatuses(t, { [endpoint.id]: MAINTENANCE, [main]: MAINTENANCE });
      const made = await createToken(t, staked.signer, 'user', staked.record);
      aborted('a token without an endpoint', made, 'k8s_gateway', 4);
      await setStatuses(t, { [main]: ACTIVE });
      done('a token with one', await createToken(t, staked.signer, 'user', staked.record));
      // No stake can be active and below its minimum, so the first code is looked for where tokens are made.
      const functions = await publishedFunctions(t);
      const makers = reachable(functions, ['k8s_gateway::create_user_seal_token']);
      const codes = functions
        .filter(({ name }) => makers.has(name) && name.startsWith('k8s_gateway::'))
        .flatMap((one) => one.aborts);
      ok('making a token can abort with 1', codes.includes(1), { wanted: 1, got: codes });
    },
  ),
]);

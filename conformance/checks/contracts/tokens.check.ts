import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { STAKES, type StakeKind } from '../../drivers/chain/package.ts';
import type { ContractObjects } from '../../../contracts/bindings/index.ts';
import { aborted, done, onlyCreated, onlyEvent, type Done } from './outcomes.ts';
import { KINDS, chainSeconds, createToken, expire, staker } from './stage.ts';

const INVALID_TOKEN = 2;
const UNAUTHORISED = 3;
const TOKEN_EXISTS = 8;

const PERMISSIONS: Record<StakeKind, readonly string[]> = {
  user: ['pods:read', 'services:read'],
  node: ['nodes:write', 'pods:read', 'pods:write', 'services:read'],
  admin: ['*:*'],
};

async function tokenOf(t: CheckContext, made: Done): Promise<ContractObjects['SealToken']> {
  const created = onlyCreated(made, 'k8s_gateway::SealToken');
  equal('who owns the token’s object', created.owner, 'shared');
  return t.chain.object('SealToken', created.id);
}

/** A token is made for an active stake of this kind and has the record’s values. */
async function followsRecord(t: CheckContext, kind: StakeKind): Promise<void> {
  const owner = await staker(t, kind, STAKES[kind].minimum + 11n);
  const made = done('the token', await createToken(t, owner.signer, kind, owner.record));
  const token = await tokenOf(t, made);
  equal(
    'the token',
    {
      owner: token.owner,
      stake_record: token.stake_record,
      node_id: token.node_id,
      stake_amount: token.stake_amount,
      stake_type: token.stake_type,
      revoked: token.revoked,
    },
    {
      owner: owner.address,
      stake_record: owner.record,
      node_id: owner.nodeId,
      stake_amount: STAKES[kind].minimum + 11n,
      stake_type: STAKES[kind].type,
      revoked: false,
    },
  );
}

/** A token of this kind carries these permissions, each once, and no other. */
async function carries(t: CheckContext, kind: StakeKind): Promise<void> {
  const actor = await t.actors.shared(kind);
  const { permissions } = await t.chain.object('SealToken', actor.token);
  equal(`the permissions of a ${kind} token`, permissions.toSorted(), PERMISSIONS[kind]);
}

export default defineChecks([
  check(
    'CT-TOK-001',
    'a node stake gets a token with the record’s values',
    { mutants: ['token-fields-wrong'] },
    (t) => followsRecord(t, 'node'),
  ),
  check(
    'CT-TOK-002/user',
    'a user stake gets a token with the record’s values',
    { mutants: ['token-fields-wrong'] },
    (t) => followsRecord(t, 'user'),
  ),
  check(
    'CT-TOK-002/admin',
    'an admin stake gets a token with the record’s values',
    { mutants: ['token-fields-wrong'] },
    (t) => followsRecord(t, 'admin'),
  ),

  check(
    'CT-TOK-003',
    'nobody gets a token for the stake of another',
    { mutants: ['token-for-anyone'] },
    async (t) => {
      await eachRow(
        KINDS.map((kind) => [kind, kind] as const),
        async (kind) => {
          const [owner, stranger] = await Promise.all([staker(t, kind), t.actors.wallet()]);
          const made = await createToken(t, stranger, kind, owner.record);
          aborted('the stranger’s token', made, 'k8s_gateway', UNAUTHORISED);
          const issued = await t.chain.events('SealTokenIssued', { stake_record: owner.record });
          equal('tokens for that stake', issued.length, 0);
          done('the owner’s token', await createToken(t, owner.signer, kind, owner.record));
        },
      );
    },
  ),

  check(
    'CT-TOK-004/slashed',
    'a slashed stake gets no token',
    { mutants: ['withdrawn-token-made'] },
    async (t) => {
      await t.needsCap('slash');
      await eachRow(
        KINDS.map((kind) => [kind, kind] as const),
        async (kind) => {
          // So much that the minimum is still there after a slash: it is the status that counts.
          const owner = await staker(t, kind, STAKES[kind].minimum * 2n);
          await t.control.slash({ record: owner.record, reason: 'conformance' });
          const made = await createToken(t, owner.signer, kind, owner.record);
          aborted('the token', made, 'k8s_gateway', INVALID_TOKEN);
          const issued = await t.chain.events('SealTokenIssued', { stake_record: owner.record });
          equal('tokens for that stake', issued.length, 0);
        },
      );
    },
  ),

  check(
    'CT-TOK-005',
    'a stake of one kind gets no token of another',
    { mutants: ['token-of-any-kind'] },
    async (t) => {
      await eachRow(
        KINDS.map((kind) => [`a ${kind} stake`, kind] as const),
        async (kind) => {
          // Enough for any kind: it is the type that counts, not the amount.
          const owner = await staker(t, kind, STAKES.admin.minimum);
          await eachRow(
            KINDS.filter((other) => other !== kind).map((other) => [`${other} token`, other] as const),
            async (other) => {
              const made = await createToken(t, owner.signer, other, owner.record);
              aborted('the token', made, 'k8s_gateway', INVALID_TOKEN);
            },
          );
          done('the token of its own kind', await createToken(t, owner.signer, kind, owner.record));
        },
      );
    },
  ),

  check(
    'CT-TOK-006/live',
    'a stake with a live token gets no second',
    { mutants: ['second-live-token'] },
    async (t) => {
      await eachRow(
        KINDS.map((kind) => [kind, kind] as const),
        async (kind) => {
          const actor = await t.actors.fresh(kind);
          const second = await createToken(t, actor.signer, kind, actor.record);
          aborted('the second token', second, 'k8s_gateway', TOKEN_EXISTS);
        },
      );
    },
  ),

  check(
    'CT-TOK-006/ended',
    'after the first is revoked or expired a new one is made',
    { mutants: ['one-token-ever'] },
    async (t) => {
      const actor = await t.actors.fresh('user');
      const revoked = await t.chain.attempt(actor.signer, (tx) => t.chain.calls.revokeToken(tx, actor.token));
      done('revoking the first', revoked);
      const second = done(
        'the token after a revoked one',
        await createToken(t, actor.signer, 'user', actor.record),
      );
      const { id } = onlyCreated(second, 'k8s_gateway::SealToken');
      const third = (): ReturnType<typeof createToken> => createToken(t, actor.signer, 'user', actor.record);
      aborted('a third while the second is live', await third(), 'k8s_gateway', TOKEN_EXISTS);
      await expire(t, { ...actor, token: id });
      done('the token after an expired one', await third());
    },
  ),

  check('CT-TOK-007', 'a user token may read pods and services', { mutants: ['permissions-widened'] }, (t) =>
    carries(t, 'user'),
  ),
  check(
    'CT-TOK-008',
    'a node token may write pods and nodes, too',
    { mutants: ['permissions-widened'] },
    (t) => carries(t, 'node'),
  ),
  check('CT-TOK-009', 'an admin token may do everything', { mutants: ['permissions-widened'] }, (t) =>
    carries(t, 'admin'),
  ),

  check(
    'CT-TOK-010',
    'a token lives from the chain’s present for the registry’s time',
    { mutants: ['token-fields-wrong'] },
    async (t) => {
      const { token_ttl } = await t.chain.object('Registry', t.world.chain.ids.registry);
      for (const kind of KINDS) {
        const owner = await staker(t, kind);
        const from = await chainSeconds(t);
        const made = done('the token', await createToken(t, owner.signer, kind, owner.record));
        const until = await chainSeconds(t);
        const { issued_at, expires_at } = await tokenOf(t, made);
        ok('issued_at is the present second of the chain', from <= issued_at && issued_at <= until, {
          wanted: `from ${from} to ${until}`,
          got: issued_at,
        });
        equal('the life of the token in seconds', expires_at - issued_at, token_ttl);
      }
    },
  ),

  check(
    'CT-TOK-011',
    'a token is announced by one event with its values',
    { mutants: ['token-fields-wrong'] },
    async (t) => {
      await eachRow(
        KINDS.map((kind) => [kind, kind] as const),
        async (kind) => {
          const owner = await staker(t, kind);
          const made = done('the token', await createToken(t, owner.signer, kind, owner.record));
          const token = await tokenOf(t, made);
          equal('the event', onlyEvent(made, 'SealTokenIssued'), {
            token: token.id,
            owner: token.owner,
            stake_record: owner.record,
            node_id: owner.nodeId,
            permissions: token.permissions,
            expires_at: token.expires_at,
            nautilus_endpoint: token.nautilus_endpoint,
          });
          equal('the owner in it', token.owner, owner.address);
        },
      );
    },
  ),
]);

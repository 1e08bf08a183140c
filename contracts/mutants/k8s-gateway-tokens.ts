import { editOf, type ContractMutant } from './contract-mutant.ts';

const gateway = editOf('sources/k8s_gateway.move');

/** Defects of `k8s_gateway` in seal tokens: who gets one, what it says, when it counts. */
export const TOKEN_MUTANTS: readonly ContractMutant[] = [
  {
    id: 'contract-expiry-unchecked',
    defects: ['D03'],
    title: 'the contract takes an expired token',
    edits: [gateway('!token.revoked && seconds(clock) < token.expires_at', '!token.revoked')],
  },
  {
    id: 'contract-permission-by-prefix',
    defects: ['D42'],
    title: 'the contract compares permissions by their beginning',
    edits: [
      gateway(
        'permissions.contains(&required) || permissions',
        'permissions.any!(|held| required.index_of(&held.substring(0, held.index_of(&b":".to_string()))) == 0) || permissions',
      ),
    ],
  },
  {
    id: 'foreign-record-accepted',
    defects: ['D08'],
    title: 'a token is taken with the stake of somebody else',
    edits: [gateway('token.stake_record == object::id(record) && ')],
  },
  {
    id: 'info-for-anyone',
    defects: ['D08'],
    title: 'anybody may ask for the endpoint with any token',
    edits: [gateway('    assert!(ctx.sender() == token.owner, EInvalidSealToken);\n')],
  },
  {
    id: 'info-wrong',
    defects: ['D44'],
    title: 'a worker is told of any endpoint, without the expected PCRs',
    edits: [
      gateway('    assert!(object::id(endpoint) == token.nautilus_endpoint, EUnauthorised);\n'),
      gateway(
        '        expected_pcrs: endpoint.expected_pcrs,\n    }\n}',
        '        expected_pcrs: vector[],\n    }\n}',
      ),
    ],
  },
  {
    id: 'lengthened-token',
    defects: [],
    title: 'an owner moves the end of a token later',
    edits: [
      gateway(
        'expires_at < token.expires_at && expires_at >= seconds(clock)',
        'expires_at >= seconds(clock)',
      ),
    ],
  },
  {
    id: 'one-token-ever',
    defects: [],
    title: 'a stake that had a token never gets another',
    edits: [
      gateway(
        'assert!(slot.expires_at <= now, ETokenExists);',
        'assert!(slot.expires_at == 0, ETokenExists);',
      ),
      gateway(
        '        registry.tokens.remove(stake_record);\n    };\n    event',
        '        let _ = id;\n    };\n    event',
      ),
    ],
  },
  {
    id: 'permissions-widened',
    defects: ['D42'],
    title: 'tokens carry a permission that nobody granted',
    edits: [
      gateway(
        'vector[b"pods:read".to_string(), b"services:read".to_string()]',
        'vector[b"pods:read".to_string(), b"services:read".to_string(), b"secrets:read".to_string()]',
      ),
      gateway('vector[ANYTHING.to_string()]', 'vector[ANYTHING.to_string(), b"secrets:read".to_string()]'),
    ],
  },
  {
    id: 'revocation-ignored',
    defects: ['D10'],
    title: 'the contract takes a revoked token',
    edits: [gateway('!token.revoked && seconds', 'seconds')],
  },
  {
    id: 'revoke-by-anyone',
    defects: ['D40'],
    title: 'anybody may revoke a token',
    edits: [
      gateway(
        '    assert!(ctx.sender() == token.owner, EUnauthorised);\n    revoke(token, registry);',
        '    revoke(token, registry);',
      ),
    ],
  },
  {
    id: 'second-live-token',
    defects: [],
    title: 'a stake gets a second token while the first is live',
    edits: [
      gateway(
        '        let slot = registry.tokens.remove(stake_record);\n        assert!(slot.expires_at <= now, ETokenExists);\n',
        '        registry.tokens.remove(stake_record);\n',
      ),
    ],
  },
  {
    id: 'slashed-stake-counts',
    defects: ['D09'],
    title: 'the contract takes a token whose stake was slashed or withdrawn',
    edits: [gateway('object::id(record) && record.is_active()', 'object::id(record)')],
  },
  {
    id: 'token-by-record-id',
    defects: ['D32'],
    title: 'a user token is made for the id of a record that nobody looked at',
    edits: [
      gateway(
        '    record: &StakeRecord,\n    registry: &mut Registry,\n    clock: &Clock,\n    ctx: &mut TxContext,\n) {\n    create_token(record, registry, staking::type_user(), user_permissions(), clock, ctx);',
        `    record: ID,
    registry: &mut Registry,
    clock: &Clock,
    ctx: &mut TxContext,
) {
    let now = seconds(clock);
    transfer::share_object(SealToken {
        id: object::new(ctx), owner: ctx.sender(), stake_record: record, node_id: b"".to_string(), stake_amount: 0,
        stake_type: staking::type_user(), permissions: user_permissions(), issued_at: now,
        expires_at: now + registry.token_ttl, revoked: false, nautilus_endpoint: registry.endpoints[0],
    });`,
      ),
    ],
  },
  {
    id: 'token-fields-wrong',
    defects: ['D34'],
    title: 'a token lives twice as long and says no amount, its event says that it has ended',
    edits: [
      gateway('stake_amount: record.amount(),', 'stake_amount: 0,'),
      gateway('expires_at: now + registry.token_ttl,', 'expires_at: now + 2 * registry.token_ttl,'),
      gateway(
        '        expires_at: token.expires_at,\n        nautilus_endpoint',
        '        expires_at: now,\n        nautilus_endpoint',
      ),
    ],
  },
  {
    id: 'token-for-anyone',
    defects: ['D08'],
    title: 'anybody gets a token for the stake of another',
    edits: [gateway('    assert!(record.staker() == owner, EUnauthorised);\n')],
  },
  {
    id: 'token-of-any-kind',
    defects: ['D40'],
    title: 'a user stake gets an administrator token',
    edits: [
      gateway('    assert!(record.stake_type() == stake_type, EInvalidSealToken);\n'),
      gateway('    assert!(record.amount() >= staking::minimum_stake(stake_type), EInsufficientStake);\n'),
    ],
  },
  {
    id: 'withdrawn-token-made',
    defects: ['D09'],
    title: 'a slashed or withdrawn stake still gets a token',
    edits: [
      gateway('    assert!(record.is_active(), EInvalidSealToken);\n'),
      gateway('    assert!(record.amount() >= staking::minimum_stake(stake_type), EInsufficientStake);\n'),
    ],
  },
];

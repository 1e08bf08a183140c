import { MoveBuildError } from './build-errors.ts';

/** A change of one source file: each text must be there exactly once. */
export interface SourceEdit {
  readonly file: `sources/${string}.move`;
  readonly replace: string;
  readonly with: string;
}

/** One known defect of the Move package: what to change in the sources before compiling them. */
export interface ContractMutant {
  /** Value of K3S_DAAS_MUTANT. */
  readonly id: string;
  /** Ids of the defects of the protocol's table it shows. */
  readonly defects: readonly string[];
  readonly title: string;
  readonly edits: readonly SourceEdit[];
}

const inFile =
  (file: SourceEdit['file']) =>
  (replace: string, instead = ''): SourceEdit => ({ file, replace, with: instead });
const staking = inFile('sources/staking.move');
const gateway = inFile('sources/k8s_gateway.move');
const clusters = inFile('sources/k8s_interface.move');

/** Every contract mutant, by id. */
export const CONTRACT_MUTANTS: readonly ContractMutant[] = [
  {
    id: 'aborts-renumbered',
    defects: ['D33'],
    title: 'a missing endpoint aborts with a code that no table knows',
    edits: [
      gateway('const EEndpointUnavailable: u64 = 4;', 'const EEndpointUnavailable: u64 = 44;'),
      staking('const EAlreadyStaked: u64 = 3;', 'const EAlreadyStaked: u64 = 33;'),
    ],
  },
  {
    id: 'address-stays-taken',
    defects: [],
    title: 'who withdrew can never stake again',
    edits: [staking('    pool.by_address.remove(record.staker);\n')],
  },
  {
    id: 'admin-cap-shared',
    defects: ['D40'],
    title: 'anybody may administer: the capability is a shared object',
    edits: [
      gateway(
        'transfer::transfer(AdminCap { id: object::new(ctx) }, ctx.sender())',
        'transfer::share_object(AdminCap { id: object::new(ctx) })',
      ),
    ],
  },
  {
    id: 'allowed-request-lost',
    defects: [],
    title: 'an allowed kubectl_request is answered as denied and leaves no audit event',
    edits: [
      clusters('    event::emit(AuditEvent {', '    if (!allowed) event::emit(AuditEvent {'),
      clusters('success: allowed,', 'success: false,'),
    ],
  },
  {
    id: 'arguments-unchecked',
    defects: ['D54'],
    title:
      'requests, results and endpoints take any argument: queries, data in place of digests, unknown statuses',
    edits: [
      gateway(
        '    assert!(is_request_id(&request_id) && is_method(&method) && is_path(&path), EInvalidArgument);\n',
      ),
      gateway('    assert!(payload_digest.length() == DIGEST_LENGTH, EInvalidArgument);\n'),
      gateway('    assert!(body_digest.length() == DIGEST_LENGTH, EInvalidArgument);\n'),
      gateway('    assert!(status >= STATUS_ACTIVE && status <= STATUS_OFFLINE, EInvalidArgument);\n'),
      gateway('    assert!(public_key.length() == PUBLIC_KEY_LENGTH, EInvalidArgument);\n'),
    ],
  },
  {
    id: 'authorised-twice',
    defects: [],
    title: 'a user is authorised again without notice, by the code of a library',
    edits: [clusters('    assert!(!cluster.authorized_users.contains(&user), EAlreadyAuthorised);\n')],
  },
  {
    id: 'cap-for-asking',
    defects: ['D40'],
    title: 'a public function gives a SlashCap to anybody',
    edits: [
      staking(
        '// === Staking ===',
        'public fun another_cap(ctx: &mut TxContext): SlashCap { SlashCap { id: object::new(ctx) } }',
      ),
    ],
  },
  {
    id: 'cluster-fields-wrong',
    defects: ['D34'],
    title: 'a cluster does not say when it was made, and its event names another endpoint',
    edits: [
      clusters('created_at: clock.timestamp_ms() / 1000', 'created_at: 0'),
      clusters(
        'nautilus_endpoint: cluster.nautilus_endpoint,\n        name,',
        'nautilus_endpoint: object::id(&cluster),\n        name,',
      ),
    ],
  },
  {
    id: 'cluster-of-anyone',
    defects: ['D40'],
    title: 'anybody may authorise users in a cluster',
    edits: [
      clusters(
        '    assert!(ctx.sender() == cluster.owner, ENotOwner);\n    assert!(!permissions.is_empty()',
        '    assert!(!permissions.is_empty()',
      ),
    ],
  },
  {
    id: 'cluster-state-ignored',
    defects: ['D10'],
    title: 'a revoked user, and any user of a paused cluster, is still allowed',
    edits: [
      clusters(
        'cluster.authorized_users.contains(&user) &&\n    *dynamic_field::borrow<address, ID>(&cluster.id, user) == object::id(permission)',
        'true',
      ),
      clusters(
        '    if (cluster.status != STATUS_ACTIVE) return (b"ClusterPaused", b"the cluster is paused");\n',
      ),
    ],
  },
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
    id: 'denial-aborts',
    defects: [],
    title: 'a denied kubectl_request aborts and leaves no audit event',
    edits: [
      clusters(
        '    let allowed = reason.is_empty();\n',
        '    let allowed = reason.is_empty();\n    assert!(allowed, ENotAuthorised);\n',
      ),
    ],
  },
  {
    id: 'enclave-key-by-any-master',
    defects: ['D40', 'D52'],
    title: 'the master of one endpoint may speak for another',
    edits: [
      gateway(
        '    assert!(cap.endpoint == object::id(endpoint), EUnauthorised);\n    assert!(endpoint.status',
        '    assert!(endpoint.status',
      ),
    ],
  },
  {
    id: 'endpoint-status-ignored',
    defects: [],
    title: 'tokens are made and used for an endpoint that is out of service',
    edits: [
      gateway(
        '    if (listed) {\n        registry.endpoints.remove(at);\n    };\n',
        '    let _ = listed;\n    let _ = at;\n',
      ),
      gateway('    assert!(endpoint.status == STATUS_ACTIVE, EEndpointUnavailable);\n'),
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
    id: 'lock-ends-late',
    defects: [],
    title: 'a stake is locked for one epoch too many',
    edits: [staking('ctx.epoch() >= record.locked_until', 'ctx.epoch() > record.locked_until')],
  },
  {
    id: 'lock-ignored',
    defects: [],
    title: 'a stake is paid back before its lock has ended',
    edits: [staking('    assert!(ctx.epoch() >= record.locked_until, ELockedOrNotActive);\n')],
  },
  {
    id: 'locks-equal',
    defects: [],
    title: 'every kind of stake is locked for as long as a user’s',
    edits: [
      staking('NODE_LOCK: u64 = 100;', 'NODE_LOCK: u64 = 10;'),
      staking('ADMIN_LOCK: u64 = 50;', 'ADMIN_LOCK: u64 = 10;'),
    ],
  },
  {
    id: 'node-id-unchecked',
    defects: [],
    title: 'any text becomes a node id',
    edits: [staking('    assert!(is_dns_label(&node_id), EInvalidNodeId);\n')],
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
    id: 'pcrs-unchecked',
    defects: ['D44'],
    title: 'measurements of any length become the expected ones',
    edits: ['0', '1', '2'].map((n) =>
      gateway(`    assert!(pcr${n}.length() == PCR_LENGTH, EInvalidArgument);\n`),
    ),
  },
  {
    id: 'permission-of-any-cluster',
    defects: ['D08'],
    title: 'a permission of one cluster counts in another',
    edits: [
      clusters('    permission.cluster == object::id(cluster) &&\n'),
      clusters(' &&\n    *dynamic_field::borrow<address, ID>(&cluster.id, user) == object::id(permission)'),
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
    id: 'pool-forgets-node',
    defects: [],
    title: 'the pool does not remember which node id is taken',
    edits: [
      staking('    pool.by_node.add(node_id, record);\n', '    let _ = record;\n'),
      staking('        pool.by_node.remove(record.node_id);\n'),
    ],
  },
  {
    id: 'released-to-sender',
    defects: ['D41'],
    title: 'what is left of a slashed stake goes to whoever slashed it',
    edits: [
      staking(
        'transfer::public_transfer(rest, record.staker)',
        'transfer::public_transfer(rest, ctx.sender())',
      ),
    ],
  },
  {
    id: 'request-events-wrong',
    defects: ['D34'],
    title: 'events of requests and results carry times in seconds, and a result no key version',
    edits: [
      gateway(
        'requester: token.owner,\n        nautilus_endpoint,\n        timestamp_ms: clock.timestamp_ms(),',
        'requester: token.owner,\n        nautilus_endpoint,\n        timestamp_ms: seconds(clock),',
      ),
      gateway(
        '        key_version: endpoint.key_version,\n        timestamp_ms',
        '        key_version: 0,\n        timestamp_ms',
      ),
    ],
  },
  {
    id: 'request-id-reused',
    defects: ['D04'],
    title: 'one request id is executed twice',
    edits: [
      gateway(
        '    assert!(!registry.requests.contains(request_id), ERequestIdUsed);\n',
        '    if (registry.requests.contains(request_id)) { registry.requests.remove(request_id); };\n',
      ),
    ],
  },
  {
    id: 'result-by-any-master',
    defects: ['D40', 'D35'],
    title: 'the master of one endpoint may answer requests to another',
    edits: [gateway('    assert!(slot.nautilus_endpoint == cap.endpoint, EUnauthorised);\n')],
  },
  {
    id: 'result-of-nothing',
    defects: ['D35'],
    title: 'a result is recorded for a request that nobody made',
    edits: [
      gateway(
        '    assert!(registry.requests.contains(request_id), EUnknownRequest);\n',
        '    if (!registry.requests.contains(request_id)) registry.requests.add(request_id, RequestSlot { token: cap.endpoint, nautilus_endpoint: cap.endpoint, answered: false });\n',
      ),
    ],
  },
  {
    id: 'result-twice',
    defects: ['D38'],
    title: 'a request gets two results',
    edits: [gateway('    assert!(!slot.answered, EAlreadyAnswered);\n')],
  },
  {
    id: 'retired-gateway-accepted',
    defects: ['D40'],
    title: 'a retired gateway goes on putting requests on chain',
    edits: [gateway('    assert!(!registry.revoked_gateways.contains(&object::id(cap)), EUnauthorised);\n')],
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
    id: 'slash-cap-shared',
    defects: ['D40'],
    title: 'anybody may slash: the capability is a shared object',
    edits: [
      staking(
        'transfer::transfer(SlashCap { id: object::new(ctx) }, ctx.sender())',
        'transfer::share_object(SlashCap { id: object::new(ctx) })',
      ),
    ],
  },
  {
    id: 'slash-moves-nothing',
    defects: ['D41'],
    title: 'slashing lowers the record and leaves the coins with the stakes',
    edits: [staking('    pool.slashed.join(pool.balance.split(taken));\n')],
  },
  {
    id: 'slash-totals-drift',
    defects: ['D41'],
    title: 'the total staked is not lowered by a slash',
    edits: [staking('    pool.total_staked = pool.total_staked - taken;\n')],
  },
  {
    id: 'slash-rounds-up',
    defects: ['D41'],
    title: 'a slash takes a MIST too many of what cannot be divided by ten',
    edits: [staking('record.amount / SLASH_DIVISOR', '(record.amount + SLASH_DIVISOR - 1) / SLASH_DIVISOR')],
  },
  {
    id: 'slashed-stake-counts',
    defects: ['D09'],
    title: 'the contract takes a token whose stake was slashed or withdrawn',
    edits: [gateway('object::id(record) && record.is_active()', 'object::id(record)')],
  },
  {
    id: 'slashed-withdrawn',
    defects: ['D41'],
    title: 'a slashed stake can be withdrawn',
    edits: [
      staking(
        '    assert!(ctx.sender() == record.staker, ENotStaker);\n    assert!(record.status == STATUS_ACTIVE, ELockedOrNotActive);\n',
        '    assert!(ctx.sender() == record.staker, ENotStaker);\n',
      ),
    ],
  },
  {
    id: 'stake-by-number',
    defects: ['D30'],
    title: 'stake_for_node takes an amount in place of a coin',
    edits: [
      staking(
        '    payment: Coin<SUI>,\n    node_id: String,\n    ctx: &mut TxContext,\n) {\n    assert!(payment.value() >= MIN_NODE_STAKE',
        '    amount: u64,\n    node_id: String,\n    ctx: &mut TxContext,\n) {\n    let payment = coin::zero<SUI>(ctx);\n    assert!(amount >= MIN_NODE_STAKE',
      ),
    ],
  },
  {
    id: 'stake-event-wrong',
    defects: ['D34'],
    title: 'the event of a stake says that the lock ends at once',
    edits: [
      staking(
        '        locked_until: record.locked_until,\n    });',
        '        locked_until: staked_at,\n    });',
      ),
    ],
  },
  {
    id: 'stake-minimum-1000-mist',
    defects: ['D31'],
    title: '1,000 MIST are enough for any stake',
    edits: [
      staking('MIN_USER_STAKE: u64 = 500_000_000;', 'MIN_USER_STAKE: u64 = 1_000;'),
      staking('MIN_NODE_STAKE: u64 = 1_000_000_000;', 'MIN_NODE_STAKE: u64 = 1_000;'),
      staking('MIN_ADMIN_STAKE: u64 = 10_000_000_000;', 'MIN_ADMIN_STAKE: u64 = 1_000;'),
    ],
  },
  {
    id: 'stake-minimum-unchecked',
    defects: ['D30', 'D31'],
    title: 'a stake of any amount is taken, down to nothing',
    edits: ['USER', 'NODE', 'ADMIN'].map((kind) =>
      staking(`    assert!(payment.value() >= MIN_${kind}_STAKE, EInsufficientStake);\n`),
    ),
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
    id: 'withdraw-by-anyone',
    defects: ['D40'],
    title: 'anybody may withdraw a stake, and keeps the coin',
    edits: [staking('    assert!(ctx.sender() == record.staker, ENotStaker);\n')],
  },
  {
    id: 'withdraw-keeps-total',
    defects: ['D41'],
    title: 'the total staked is not lowered by a withdrawal',
    edits: [staking('    pool.total_staked = pool.total_staked - amount;\n')],
  },
  {
    id: 'withdrawal-not-recorded',
    defects: ['D41'],
    title: 'a stake that was paid back stays active with its amount',
    edits: [
      staking('    record.amount = 0;\n'),
      staking('    record.status = STATUS_WITHDRAWN;\n'),
      staking('    pool.by_address.remove(record.staker);\n'),
    ],
  },
  {
    id: 'withdrawn-slashed',
    defects: ['D41'],
    title: 'a withdrawn stake can be slashed',
    edits: [staking('    assert!(record.status != STATUS_WITHDRAWN, ELockedOrNotActive);\n')],
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

/** The contract mutant of this id; undefined for a mutant of another part. */
export function contractMutant(id: string | undefined): ContractMutant | undefined {
  return CONTRACT_MUTANTS.find((mutant) => mutant.id === id);
}

/** The sources as the mutant has them. Throws MoveBuildError when an edit does not fit exactly one place. */
export function mutated(
  sources: Readonly<Record<string, string>>,
  mutant: ContractMutant,
): Record<string, string> {
  const changed = { ...sources };
  for (const edit of mutant.edits) {
    const parts = (changed[edit.file] ?? '').split(edit.replace);
    if (parts.length !== 2) {
      const places = `${parts.length - 1} places in ${edit.file} for ${JSON.stringify(edit.replace)}`;
      throw new MoveBuildError(`mutant ${mutant.id}: ${places}, not one`, 'input_validation');
    }
    changed[edit.file] = parts.join(edit.with);
  }
  return changed;
}

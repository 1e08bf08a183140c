#[test_only]
/// A chain with the package on it, and its calls as whole transactions. The administrator is @0xAD.
module k3s_daas::world;

use k3s_daas::k8s_gateway::{Self, AdminCap, GatewayCap, MasterCap, NautilusEndpoint, Registry, SealToken};
use k3s_daas::staking::{Self, SlashCap, StakeRecord, StakingPool};
use std::bcs;
use std::string::String;
use std::unit_test::assert_eq;
use sui::clock::{Self, Clock};
use sui::coin;
use sui::event;
use sui::sui::SUI;
use sui::test_scenario::{Self as ts, Scenario};

/// Publishes the package at second 1000.
public fun begin(): Scenario {
    let mut s = ts::begin(@0xAD);
    staking::init_for_testing(s.ctx());
    k8s_gateway::init_for_testing(s.ctx());
    let mut clock = clock::create_for_testing(s.ctx());
    clock.set_for_testing(1_000_000);
    clock.share_for_testing();
    s.next_tx(@0xAD);
    s
}

/// As `begin`, with an endpoint of @0x3A and a gateway @0x6A.
public fun begin_with_gateway(): Scenario {
    let mut s = begin();
    register_endpoint(&mut s, @0x3A);
    register_gateway(&mut s, @0x6A);
    s
}

public fun advance(s: &mut Scenario, seconds: u64) {
    s.next_tx(@0x0);
    let mut clock = s.take_shared<Clock>();
    clock.increment_for_testing(seconds * 1000);
    ts::return_shared(clock);
}

/// The transaction has emitted one event, an `E` whose fields have these BCS bytes.
public fun assert_event<E: copy + drop>(fields: vector<vector<u8>>) {
    assert_eq!(event::num_events(), 1);
    let events = event::events_by_type<E>();
    assert_eq!(events.length(), 1);
    let mut bytes = vector[];
    fields.do!(|field| bytes.append(field));
    assert_eq!(bcs::to_bytes(&events[0]), bytes);
}

// === Staking ===

// The stake functions answer the id of the record. The transaction goes on, so that its events can be looked at.

public fun stake_user(s: &mut Scenario, who: address, mist: u64): ID {
    s.next_tx(who);
    let mut pool = s.take_shared<StakingPool>();
    let coin = coin::mint_for_testing<SUI>(mist, s.ctx());
    staking::stake_for_user(&mut pool, coin, s.ctx());
    let id = pool.record_of(who).destroy_some();
    ts::return_shared(pool);
    id
}

public fun stake_node(s: &mut Scenario, who: address, mist: u64, node_id: vector<u8>): ID {
    s.next_tx(who);
    let mut pool = s.take_shared<StakingPool>();
    let coin = coin::mint_for_testing<SUI>(mist, s.ctx());
    staking::stake_for_node(&mut pool, coin, node_id.to_string(), s.ctx());
    let id = pool.record_of(who).destroy_some();
    ts::return_shared(pool);
    id
}

public fun stake_admin(s: &mut Scenario, who: address, mist: u64): ID {
    s.next_tx(who);
    let mut pool = s.take_shared<StakingPool>();
    let coin = coin::mint_for_testing<SUI>(mist, s.ctx());
    staking::stake_for_admin(&mut pool, coin, s.ctx());
    let id = pool.record_of(who).destroy_some();
    ts::return_shared(pool);
    id
}

/// The record of an address that has a stake. Begins a transaction.
public fun record_of(s: &mut Scenario, who: address): ID {
    s.next_tx(@0x0);
    let pool = s.take_shared<StakingPool>();
    let id = pool.record_of(who).destroy_some();
    ts::return_shared(pool);
    id
}

/// What the coin is worth that `who` gets.
public fun withdraw(s: &mut Scenario, who: address, record: ID): u64 {
    s.next_tx(who);
    let mut pool = s.take_shared<StakingPool>();
    let mut record = s.take_shared_by_id<StakeRecord>(record);
    let coin = staking::withdraw_stake(&mut pool, &mut record, s.ctx());
    ts::return_shared(pool);
    ts::return_shared(record);
    coin.burn_for_testing()
}

public fun slash(s: &mut Scenario, record: ID, reason: vector<u8>) {
    s.next_tx(@0xAD);
    let cap = s.take_from_sender<SlashCap>();
    let mut pool = s.take_shared<StakingPool>();
    let mut record = s.take_shared_by_id<StakeRecord>(record);
    staking::slash_stake(&cap, &mut pool, &mut record, reason.to_string(), s.ctx());
    ts::return_shared(pool);
    ts::return_shared(record);
    s.return_to_sender(cap);
}

public fun release(s: &mut Scenario, record: ID) {
    s.next_tx(@0xAD);
    let cap = s.take_from_sender<SlashCap>();
    let mut pool = s.take_shared<StakingPool>();
    let mut record = s.take_shared_by_id<StakeRecord>(record);
    staking::release_slashed_stake(&cap, &mut pool, &mut record, s.ctx());
    ts::return_shared(pool);
    ts::return_shared(record);
    s.return_to_sender(cap);
}

/// What the swept coin is worth.
public fun sweep(s: &mut Scenario): u64 {
    s.next_tx(@0xAD);
    let cap = s.take_from_sender<SlashCap>();
    let mut pool = s.take_shared<StakingPool>();
    let coin = staking::sweep_slashed(&cap, &mut pool, s.ctx());
    ts::return_shared(pool);
    s.return_to_sender(cap);
    coin.burn_for_testing()
}

/// The pool holds these sums, in MIST, and its total agrees.
public fun assert_pool(s: &mut Scenario, staked: u64, unswept: u64, slashed_ever: u64) {
    s.next_tx(@0x0);
    let pool = s.take_shared<StakingPool>();
    assert_eq!(pool.balance(), staked);
    assert_eq!(pool.total_staked(), staked);
    assert_eq!(pool.slashed_balance(), unswept);
    assert_eq!(pool.total_slashed(), slashed_ever);
    ts::return_shared(pool);
}

// === Administration ===

/// The id of the new endpoint. Ends in a new transaction.
public fun register_endpoint(s: &mut Scenario, master: address): ID {
    s.next_tx(@0xAD);
    let cap = s.take_from_sender<AdminCap>();
    let mut registry = s.take_shared<Registry>();
    let url = b"https://master.example:8443".to_string();
    cap.register_endpoint(&mut registry, url, pcr(0), pcr(1), pcr(2), master, s.ctx());
    ts::return_shared(registry);
    s.return_to_sender(cap);
    s.next_tx(@0x0);
    ts::most_recent_id_shared<NautilusEndpoint>().destroy_some()
}

public fun set_status(s: &mut Scenario, endpoint: ID, status: u8) {
    s.next_tx(@0xAD);
    let cap = s.take_from_sender<AdminCap>();
    let mut registry = s.take_shared<Registry>();
    let mut endpoint = s.take_shared_by_id<NautilusEndpoint>(endpoint);
    cap.set_endpoint_status(&mut registry, &mut endpoint, status);
    ts::return_shared(registry);
    ts::return_shared(endpoint);
    s.return_to_sender(cap);
}

public fun set_ttl(s: &mut Scenario, seconds: u64) {
    s.next_tx(@0xAD);
    let cap = s.take_from_sender<AdminCap>();
    let mut registry = s.take_shared<Registry>();
    cap.set_token_ttl(&mut registry, seconds);
    ts::return_shared(registry);
    s.return_to_sender(cap);
}

/// The id of the new GatewayCap. Ends in a new transaction.
public fun register_gateway(s: &mut Scenario, gateway: address): ID {
    s.next_tx(@0xAD);
    let cap = s.take_from_sender<AdminCap>();
    let mut registry = s.take_shared<Registry>();
    cap.register_gateway(&mut registry, gateway, s.ctx());
    ts::return_shared(registry);
    s.return_to_sender(cap);
    s.next_tx(@0x0);
    ts::most_recent_id_for_address<GatewayCap>(gateway).destroy_some()
}

public fun retire_gateway(s: &mut Scenario, gateway_cap: ID) {
    s.next_tx(@0xAD);
    let cap = s.take_from_sender<AdminCap>();
    let mut registry = s.take_shared<Registry>();
    cap.retire_gateway(&mut registry, gateway_cap);
    ts::return_shared(registry);
    s.return_to_sender(cap);
}

// === Masters ===

/// `master` speaks, with its own MasterCap, for `endpoint`.
public fun register_key(s: &mut Scenario, master: address, endpoint: ID, key: vector<u8>) {
    s.next_tx(master);
    let cap = s.take_from_sender<MasterCap>();
    let mut endpoint = s.take_shared_by_id<NautilusEndpoint>(endpoint);
    let clock = s.take_shared<Clock>();
    cap.register_enclave_key(&mut endpoint, key, &clock);
    ts::return_shared(endpoint);
    ts::return_shared(clock);
    s.return_to_sender(cap);
}

public fun heartbeat(s: &mut Scenario, master: address, endpoint: ID) {
    s.next_tx(master);
    let cap = s.take_from_sender<MasterCap>();
    let mut endpoint = s.take_shared_by_id<NautilusEndpoint>(endpoint);
    let clock = s.take_shared<Clock>();
    cap.endpoint_heartbeat(&mut endpoint, &clock);
    ts::return_shared(endpoint);
    ts::return_shared(clock);
    s.return_to_sender(cap);
}

public fun respond(
    s: &mut Scenario,
    master: address,
    endpoint: ID,
    request_id: String,
    status_code: u16,
    digest: vector<u8>,
) {
    s.next_tx(master);
    let cap = s.take_from_sender<MasterCap>();
    let mut registry = s.take_shared<Registry>();
    let endpoint = s.take_shared_by_id<NautilusEndpoint>(endpoint);
    let clock = s.take_shared<Clock>();
    cap.record_response(&mut registry, &endpoint, request_id, status_code, digest, &clock);
    ts::return_shared(registry);
    ts::return_shared(endpoint);
    ts::return_shared(clock);
    s.return_to_sender(cap);
}

// === Tokens and requests ===

/// `who` asks for a token of the kind (1 user, 2 node, 3 administrator) for the record.
public fun create_token(s: &mut Scenario, who: address, kind: u8, record: ID) {
    s.next_tx(who);
    let mut registry = s.take_shared<Registry>();
    let record = s.take_shared_by_id<StakeRecord>(record);
    let clock = s.take_shared<Clock>();
    if (kind == 1) k8s_gateway::create_user_seal_token(&record, &mut registry, &clock, s.ctx())
    else if (kind == 2) k8s_gateway::create_worker_seal_token(&record, &mut registry, &clock, s.ctx())
    else k8s_gateway::create_admin_seal_token(&record, &mut registry, &clock, s.ctx());
    ts::return_shared(registry);
    ts::return_shared(record);
    ts::return_shared(clock);
}

/// The newest token's id. Begins a transaction.
public fun newest_token(s: &mut Scenario): ID {
    s.next_tx(@0x0);
    ts::most_recent_id_shared<SealToken>().destroy_some()
}

/// Stakes the minimum as a user and takes a token; answers the token's id.
public fun user_token(s: &mut Scenario, who: address): ID {
    stake_user(s, who, 500_000_000);
    let record = record_of(s, who);
    create_token(s, who, 1, record);
    newest_token(s)
}

public fun node_token(s: &mut Scenario, who: address, node_id: vector<u8>): ID {
    stake_node(s, who, 1_000_000_000, node_id);
    let record = record_of(s, who);
    create_token(s, who, 2, record);
    newest_token(s)
}

public fun admin_token(s: &mut Scenario, who: address): ID {
    stake_admin(s, who, 10_000_000_000);
    let record = record_of(s, who);
    create_token(s, who, 3, record);
    newest_token(s)
}

public fun revoke(s: &mut Scenario, who: address, token: ID) {
    s.next_tx(who);
    let mut registry = s.take_shared<Registry>();
    let mut token = s.take_shared_by_id<SealToken>(token);
    token.revoke_seal_token(&mut registry, s.ctx());
    ts::return_shared(registry);
    ts::return_shared(token);
}

public fun shorten(s: &mut Scenario, who: address, token: ID, expires_at: u64) {
    s.next_tx(who);
    let mut registry = s.take_shared<Registry>();
    let mut token = s.take_shared_by_id<SealToken>(token);
    let clock = s.take_shared<Clock>();
    token.shorten_seal_token(&mut registry, expires_at, &clock, s.ctx());
    ts::return_shared(registry);
    ts::return_shared(token);
    ts::return_shared(clock);
}

/// @0x6A puts a request on chain with `token` and `record`.
public fun execute_with(
    s: &mut Scenario,
    token: ID,
    record: ID,
    request_id: String,
    method: vector<u8>,
    path: vector<u8>,
    resource: vector<u8>,
    digest: vector<u8>,
) {
    s.next_tx(@0x6A);
    let cap = s.take_from_sender<GatewayCap>();
    let mut registry = s.take_shared<Registry>();
    let token = s.take_shared_by_id<SealToken>(token);
    let record = s.take_shared_by_id<StakeRecord>(record);
    let clock = s.take_shared<Clock>();
    cap.execute_kubectl_command(
        &mut registry,
        &token,
        &record,
        request_id,
        method.to_string(),
        path.to_string(),
        b"default".to_string(),
        resource.to_string(),
        digest,
        &clock,
        s.ctx(),
    );
    ts::return_shared(registry);
    ts::return_shared(token);
    ts::return_shared(record);
    ts::return_shared(clock);
    s.return_to_sender(cap);
}

/// As `execute_with`, with the token's own record and request 1 for /api/v1/x.
public fun execute(s: &mut Scenario, token: ID, method: vector<u8>, resource: vector<u8>) {
    s.next_tx(@0x0);
    let object = s.take_shared_by_id<SealToken>(token);
    let record = object.token_stake_record();
    ts::return_shared(object);
    execute_with(s, token, record, request(1), method, b"/api/v1/x", resource, digest());
}

/// 32 hex digits, the last of which is `n`.
public fun request(n: u8): String {
    let mut text = vector[];
    31u64.do!(|_| text.push_back(97u8));
    text.push_back(48 + n);
    text.to_string()
}

/// 32 bytes.
public fun digest(): vector<u8> {
    filled(32, 7)
}

/// 48 bytes.
public fun pcr(n: u8): vector<u8> {
    filled(48, n)
}

public fun filled(length: u64, byte: u8): vector<u8> {
    vector::tabulate!(length, |_| byte)
}

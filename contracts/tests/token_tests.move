#[test_only]
module k3s_daas::token_tests;

use k3s_daas::k8s_gateway::{
    Self,
    AdminCap,
    Registry,
    SealToken,
    SealTokenIssued,
    SealTokenRevoked,
    SealTokenShortened
};
use k3s_daas::staking::StakeRecord;
use k3s_daas::world;
use std::bcs;
use std::string::String;
use std::unit_test::assert_eq;
use sui::clock::Clock;
use sui::test_scenario::{Self as ts, Scenario};

const SUI_: u64 = 1_000_000_000;

fun user_permissions(): vector<String> {
    vector[b"pods:read".to_string(), b"services:read".to_string()]
}

fun assert_token(
    s: &mut Scenario,
    token: ID,
    record: ID,
    owner: address,
    node_id: vector<u8>,
    amount: u64,
    kind: u8,
    permissions: vector<String>,
    endpoint: ID,
) {
    s.next_tx(@0x0);
    let token = s.take_shared_by_id<SealToken>(token);
    assert_eq!(token.token_owner(), owner);
    assert_eq!(token.token_stake_record(), record);
    assert_eq!(token.token_node_id(), node_id.to_string());
    assert_eq!(token.token_stake_amount(), amount);
    assert_eq!(token.token_stake_type(), kind);
    assert_eq!(token.token_permissions(), permissions);
    assert_eq!(token.token_issued_at(), 1000);
    assert_eq!(token.token_expires_at(), 1000 + 86_400);
    assert!(!token.token_revoked());
    assert_eq!(token.token_endpoint(), endpoint);
    ts::return_shared(token);
}

/// Whether the token is valid now.
fun is_valid(s: &mut Scenario, token: ID): bool {
    s.next_tx(@0x0);
    let token = s.take_shared_by_id<SealToken>(token);
    let record = s.take_shared_by_id<StakeRecord>(token.token_stake_record());
    let clock = s.take_shared<Clock>();
    let valid = token.is_valid(&record, &clock);
    ts::return_shared(token);
    ts::return_shared(record);
    ts::return_shared(clock);
    valid
}

#[test]
fun publishing_makes_one_registry_and_one_cap() {
    let mut s = world::begin();
    s.next_tx(@0xAD);
    assert_eq!(s.ids_for_sender<AdminCap>().length(), 1);
    let registry = s.take_shared<Registry>();
    assert_eq!(registry.token_ttl(), 86_400);
    ts::return_shared(registry);
    s.end();
}

#[test]
fun a_node_gets_a_worker_token() {
    let mut s = world::begin();
    let endpoint = world::register_endpoint(&mut s, @0x3A);
    let record = world::stake_node(&mut s, @0xA, 2 * SUI_, b"node-1");
    world::create_token(&mut s, @0xA, 2, record);
    let token = world::newest_token(&mut s);
    let mut permissions = user_permissions();
    permissions.append(vector[b"nodes:write".to_string(), b"pods:write".to_string()]);
    assert_token(&mut s, token, record, @0xA, b"node-1", 2 * SUI_, 2, permissions, endpoint);
    assert!(is_valid(&mut s, token));
    s.end();
}

#[test]
fun a_user_gets_a_user_token() {
    let mut s = world::begin();
    let endpoint = world::register_endpoint(&mut s, @0x3A);
    let record = world::stake_user(&mut s, @0xA, SUI_ / 2);
    world::create_token(&mut s, @0xA, 1, record);
    let token = world::newest_token(&mut s);
    assert_token(&mut s, token, record, @0xA, b"", SUI_ / 2, 1, user_permissions(), endpoint);
    s.end();
}

#[test]
fun an_admin_gets_an_admin_token() {
    let mut s = world::begin();
    let endpoint = world::register_endpoint(&mut s, @0x3A);
    let record = world::stake_admin(&mut s, @0xA, 10 * SUI_);
    world::create_token(&mut s, @0xA, 3, record);
    let token = world::newest_token(&mut s);
    let permissions = vector[b"*:*".to_string()];
    assert_token(&mut s, token, record, @0xA, b"", 10 * SUI_, 3, permissions, endpoint);
    s.end();
}

#[test]
fun a_new_token_emits_one_event() {
    let mut s = world::begin();
    let endpoint = world::register_endpoint(&mut s, @0x3A);
    let record = world::stake_node(&mut s, @0xA, SUI_, b"node-1");
    world::create_token(&mut s, @0xA, 2, record);
    let events = sui::event::events_by_type<SealTokenIssued>();
    // The token's id is known to later transactions only, so it is taken from the event and checked there.
    let mut peeled = sui::bcs::new(bcs::to_bytes(&events[0]));
    let token = peeled.peel_address().to_id();
    world::assert_event<SealTokenIssued>(vector[
        bcs::to_bytes(&token),
        bcs::to_bytes(&@0xA),
        bcs::to_bytes(&record),
        bcs::to_bytes(&b"node-1"),
        bcs::to_bytes(&vector[b"pods:read", b"services:read", b"nodes:write", b"pods:write"]),
        bcs::to_bytes(&87_400u64),
        bcs::to_bytes(&endpoint),
    ]);
    assert_eq!(world::newest_token(&mut s), token);
    s.end();
}

use fun sui::object::id_from_address as address.to_id;

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun only_the_staker_gets_a_token() {
    let mut s = world::begin_with_gateway();
    let record = world::stake_user(&mut s, @0xA, SUI_);
    world::create_token(&mut s, @0xB, 1, record);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun a_slashed_stake_gets_no_token() {
    let mut s = world::begin_with_gateway();
    let record = world::stake_user(&mut s, @0xA, SUI_);
    world::slash(&mut s, record, b"");
    world::create_token(&mut s, @0xA, 1, record);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun a_withdrawn_stake_gets_no_token() {
    let mut s = world::begin_with_gateway();
    let record = world::stake_user(&mut s, @0xA, SUI_);
    s.skip_to_epoch(10);
    world::withdraw(&mut s, @0xA, record);
    world::create_token(&mut s, @0xA, 1, record);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun a_user_stake_gets_no_admin_token_however_large() {
    let mut s = world::begin_with_gateway();
    let record = world::stake_user(&mut s, @0xA, 20 * SUI_);
    world::create_token(&mut s, @0xA, 3, record);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun a_user_stake_gets_no_worker_token() {
    let mut s = world::begin_with_gateway();
    let record = world::stake_user(&mut s, @0xA, SUI_);
    world::create_token(&mut s, @0xA, 2, record);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun an_admin_stake_gets_no_user_token() {
    let mut s = world::begin_with_gateway();
    let record = world::stake_admin(&mut s, @0xA, 10 * SUI_);
    world::create_token(&mut s, @0xA, 1, record);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInsufficientStake)]
fun a_stake_below_the_minimum_gets_no_token() {
    let mut s = world::begin_with_gateway();
    let id = world::stake_node(&mut s, @0xA, SUI_, b"node-1");
    s.next_tx(@0xA);
    let mut record = s.take_shared_by_id<StakeRecord>(id);
    // No call leaves an active stake below the minimum; the check stands behind those that see to it.
    record.set_amount_for_testing(SUI_ - 1);
    ts::return_shared(record);
    world::create_token(&mut s, @0xA, 2, id);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EEndpointUnavailable)]
fun without_an_endpoint_there_is_no_token() {
    let mut s = world::begin();
    let record = world::stake_user(&mut s, @0xA, SUI_);
    world::create_token(&mut s, @0xA, 1, record);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EEndpointUnavailable)]
fun without_an_active_endpoint_there_is_no_token() {
    let mut s = world::begin();
    let endpoint = world::register_endpoint(&mut s, @0x3A);
    world::set_status(&mut s, endpoint, 2);
    world::user_token(&mut s, @0xA);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::ETokenExists)]
fun a_stake_has_one_live_token() {
    let mut s = world::begin_with_gateway();
    world::user_token(&mut s, @0xA);
    let record = world::record_of(&mut s, @0xA);
    world::create_token(&mut s, @0xA, 1, record);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::ETokenExists)]
fun a_token_lives_up_to_its_last_second() {
    let mut s = world::begin_with_gateway();
    let record = world::stake_user(&mut s, @0xA, SUI_);
    world::create_token(&mut s, @0xA, 1, record);
    world::advance(&mut s, 86_399);
    world::create_token(&mut s, @0xA, 1, record);
    s.end();
}

#[test]
fun an_expired_token_has_a_successor_that_its_revocation_leaves_alone() {
    let mut s = world::begin_with_gateway();
    let record = world::stake_user(&mut s, @0xA, SUI_);
    world::create_token(&mut s, @0xA, 1, record);
    let first = world::newest_token(&mut s);
    world::advance(&mut s, 86_400);
    assert!(!is_valid(&mut s, first));
    world::create_token(&mut s, @0xA, 1, record);
    let second = world::newest_token(&mut s);
    assert!(first != second);
    world::revoke(&mut s, @0xA, first);
    world::shorten(&mut s, @0xA, second, 90_000);
    assert!(is_valid(&mut s, second));
    s.end();
}

#[test]
fun a_revoked_token_has_a_successor() {
    let mut s = world::begin_with_gateway();
    let first = world::user_token(&mut s, @0xA);
    let record = world::record_of(&mut s, @0xA);
    world::revoke(&mut s, @0xA, first);
    world::assert_event<SealTokenRevoked>(vector[
        bcs::to_bytes(&first),
        bcs::to_bytes(&@0xA),
        bcs::to_bytes(&record),
    ]);
    assert!(!is_valid(&mut s, first));
    world::create_token(&mut s, @0xA, 1, record);
    let second = world::newest_token(&mut s);
    assert!(is_valid(&mut s, second));
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun only_the_owner_revokes() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::revoke(&mut s, @0xB, token);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun a_token_is_revoked_once() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::revoke(&mut s, @0xA, token);
    world::revoke(&mut s, @0xA, token);
    s.end();
}

#[test]
fun the_administrator_revokes_any_token() {
    let mut s = world::begin_with_gateway();
    let id = world::user_token(&mut s, @0xA);
    let record = world::record_of(&mut s, @0xA);
    s.next_tx(@0xAD);
    let cap = s.take_from_sender<AdminCap>();
    let mut registry = s.take_shared<Registry>();
    let mut token = s.take_shared_by_id<SealToken>(id);
    cap.revoke_seal_token_as_admin(&mut token, &mut registry);
    assert!(token.token_revoked());
    world::assert_event<SealTokenRevoked>(vector[
        bcs::to_bytes(&id),
        bcs::to_bytes(&@0xA),
        bcs::to_bytes(&record),
    ]);
    ts::return_shared(token);
    ts::return_shared(registry);
    s.return_to_sender(cap);
    s.end();
}

#[test]
fun the_owner_shortens_a_token_to_now() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::shorten(&mut s, @0xA, token, 2000);
    world::assert_event<SealTokenShortened>(vector[
        bcs::to_bytes(&token),
        bcs::to_bytes(&@0xA),
        bcs::to_bytes(&2000u64),
    ]);
    assert!(is_valid(&mut s, token));
    world::shorten(&mut s, @0xA, token, 1000);
    assert!(!is_valid(&mut s, token));
    // The slot has the new time, too.
    let record = world::record_of(&mut s, @0xA);
    world::create_token(&mut s, @0xA, 1, record);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun only_the_owner_shortens() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::shorten(&mut s, @0xB, token, 2000);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_token_is_not_lengthened() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::shorten(&mut s, @0xA, token, 87_400);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_token_is_not_shortened_into_the_past() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::shorten(&mut s, @0xA, token, 999);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun an_expired_token_is_not_shortened() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::advance(&mut s, 86_400);
    world::shorten(&mut s, @0xA, token, 87_399);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun a_revoked_token_is_not_shortened() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::revoke(&mut s, @0xA, token);
    world::shorten(&mut s, @0xA, token, 2000);
    s.end();
}

#[test]
fun slashing_kills_a_token_at_once() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    let record = world::record_of(&mut s, @0xA);
    world::slash(&mut s, record, b"");
    assert!(!is_valid(&mut s, token));
    s.end();
}

#[test]
fun the_life_of_new_tokens_is_settable() {
    let mut s = world::begin_with_gateway();
    world::set_ttl(&mut s, 60);
    let id = world::user_token(&mut s, @0xA);
    let token = s.take_shared_by_id<SealToken>(id);
    assert_eq!(token.token_expires_at(), 1060);
    ts::return_shared(token);
    world::set_ttl(&mut s, 31_536_000);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_life_is_not_zero() {
    let mut s = world::begin();
    world::set_ttl(&mut s, 0);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_life_is_at_most_a_year() {
    let mut s = world::begin();
    world::set_ttl(&mut s, 31_536_001);
    s.end();
}

#[test_only]
module k3s_daas::endpoint_tests;

use k3s_daas::k8s_gateway::{
    Self,
    AdminCap,
    EnclaveKeyRegistered,
    EnclavePcrsChanged,
    EndpointRegistered,
    EndpointStatusChanged,
    GatewayCap,
    GatewayRegistered,
    GatewayRetired,
    MasterCap,
    NautilusEndpoint,
    NautilusInfo,
    Registry,
    SealToken
};
use k3s_daas::staking::StakeRecord;
use k3s_daas::world;
use std::bcs;
use std::unit_test::assert_eq;
use sui::clock::Clock;
use sui::test_scenario::{Self as ts, Scenario};

/// `who` asks with `token` for `endpoint`.
fun info(s: &mut Scenario, who: address, token: ID, record: ID, endpoint: ID): NautilusInfo {
    s.next_tx(who);
    let token = s.take_shared_by_id<SealToken>(token);
    let record = s.take_shared_by_id<StakeRecord>(record);
    let endpoint = s.take_shared_by_id<NautilusEndpoint>(endpoint);
    let clock = s.take_shared<Clock>();
    let info = token.get_nautilus_info_for_worker(&record, &endpoint, &clock, s.ctx());
    ts::return_shared(token);
    ts::return_shared(record);
    ts::return_shared(endpoint);
    ts::return_shared(clock);
    info
}

/// Registers an endpoint with these values in the open transaction.
fun register(s: &mut Scenario, url: vector<u8>, pcr0: vector<u8>, pcr1: vector<u8>, pcr2: vector<u8>) {
    s.next_tx(@0xAD);
    let cap = s.take_from_sender<AdminCap>();
    let mut registry = s.take_shared<Registry>();
    cap.register_endpoint(&mut registry, url.to_string(), pcr0, pcr1, pcr2, @0x3A, s.ctx());
    ts::return_shared(registry);
    s.return_to_sender(cap);
}

fun set_pcrs(s: &mut Scenario, endpoint: ID, pcr0: vector<u8>, pcr1: vector<u8>, pcr2: vector<u8>) {
    s.next_tx(@0xAD);
    let cap = s.take_from_sender<AdminCap>();
    let mut endpoint = s.take_shared_by_id<NautilusEndpoint>(endpoint);
    cap.set_expected_pcrs(&mut endpoint, pcr0, pcr1, pcr2);
    ts::return_shared(endpoint);
    s.return_to_sender(cap);
}

#[test]
fun a_new_endpoint_is_active_and_its_master_has_the_cap() {
    let mut s = world::begin();
    register(&mut s, b"https://m", world::pcr(1), world::pcr(2), world::pcr(3));
    let events = sui::event::events_by_type<EndpointRegistered>();
    let mut peeled = sui::bcs::new(bcs::to_bytes(&events[0]));
    let id = object::id_from_address(peeled.peel_address());
    world::assert_event<EndpointRegistered>(vector[
        bcs::to_bytes(&id),
        bcs::to_bytes(&b"https://m"),
        bcs::to_bytes(&@0x3A),
    ]);
    s.next_tx(@0x3A);
    assert!(s.has_most_recent_for_sender<MasterCap>());
    let endpoint = s.take_shared_by_id<NautilusEndpoint>(id);
    assert_eq!(endpoint.endpoint_url(), b"https://m".to_string());
    assert_eq!(endpoint.endpoint_status(), 1);
    assert_eq!(endpoint.endpoint_public_key(), vector[]);
    assert_eq!(endpoint.endpoint_key_version(), 0);
    assert_eq!(endpoint.endpoint_expected_pcrs(), vector[world::pcr(1), world::pcr(2), world::pcr(3)]);
    assert_eq!(endpoint.endpoint_last_heartbeat(), 0);
    ts::return_shared(endpoint);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun an_endpoint_has_a_url() {
    let mut s = world::begin();
    register(&mut s, b"", world::pcr(1), world::pcr(2), world::pcr(3));
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun pcr0_has_48_bytes() {
    let mut s = world::begin();
    register(&mut s, b"https://m", world::filled(47, 1), world::pcr(2), world::pcr(3));
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun pcr1_has_48_bytes() {
    let mut s = world::begin();
    register(&mut s, b"https://m", world::pcr(1), world::filled(49, 2), world::pcr(3));
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun pcr2_has_48_bytes() {
    let mut s = world::begin();
    register(&mut s, b"https://m", world::pcr(1), world::pcr(2), vector[]);
    s.end();
}

#[test]
fun expected_pcrs_are_replaced() {
    let mut s = world::begin();
    let id = world::register_endpoint(&mut s, @0x3A);
    set_pcrs(&mut s, id, world::pcr(7), world::pcr(8), world::pcr(9));
    let pcrs = vector[world::pcr(7), world::pcr(8), world::pcr(9)];
    world::assert_event<EnclavePcrsChanged>(vector[bcs::to_bytes(&id), bcs::to_bytes(&pcrs)]);
    s.next_tx(@0x0);
    let endpoint = s.take_shared_by_id<NautilusEndpoint>(id);
    assert_eq!(endpoint.endpoint_expected_pcrs(), pcrs);
    ts::return_shared(endpoint);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun replaced_pcrs_have_48_bytes() {
    let mut s = world::begin();
    let id = world::register_endpoint(&mut s, @0x3A);
    set_pcrs(&mut s, id, world::pcr(7), world::pcr(8), world::filled(32, 9));
    s.end();
}

#[test]
fun the_status_moves_new_tokens_to_the_newest_active_endpoint() {
    let mut s = world::begin();
    let first = world::register_endpoint(&mut s, @0x3A);
    let second = world::register_endpoint(&mut s, @0x3B);
    let a = world::user_token(&mut s, @0xA);
    world::set_status(&mut s, second, 2);
    world::assert_event<EndpointStatusChanged>(vector[bcs::to_bytes(&second), bcs::to_bytes(&2u8)]);
    let b = world::user_token(&mut s, @0xB);
    world::set_status(&mut s, second, 1);
    // A status that is set again changes nothing.
    world::set_status(&mut s, second, 1);
    let c = world::user_token(&mut s, @0xC);
    world::set_status(&mut s, second, 3);
    let d = world::user_token(&mut s, @0xD);
    let mut tokens = vector[a, b, c, d];
    let mut endpoints = vector[second, first, second, first];
    while (!tokens.is_empty()) {
        let token = s.take_shared_by_id<SealToken>(tokens.pop_back());
        assert_eq!(token.token_endpoint(), endpoints.pop_back());
        ts::return_shared(token);
    };
    let endpoint = s.take_shared_by_id<NautilusEndpoint>(second);
    assert_eq!(endpoint.endpoint_status(), 3);
    ts::return_shared(endpoint);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_status_is_not_0() {
    let mut s = world::begin();
    let id = world::register_endpoint(&mut s, @0x3A);
    world::set_status(&mut s, id, 0);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_status_is_not_4() {
    let mut s = world::begin();
    let id = world::register_endpoint(&mut s, @0x3A);
    world::set_status(&mut s, id, 4);
    s.end();
}

#[test]
fun each_key_raises_the_version() {
    let mut s = world::begin();
    let id = world::register_endpoint(&mut s, @0x3A);
    let mut version = 1u64;
    while (version <= 2) {
        let key = world::filled(32, version as u8);
        world::register_key(&mut s, @0x3A, id, key);
        world::assert_event<EnclaveKeyRegistered>(vector[
            bcs::to_bytes(&id),
            bcs::to_bytes(&key),
            bcs::to_bytes(&version),
        ]);
        version = version + 1;
    };
    s.next_tx(@0x0);
    let endpoint = s.take_shared_by_id<NautilusEndpoint>(id);
    assert_eq!(endpoint.endpoint_public_key(), world::filled(32, 2));
    assert_eq!(endpoint.endpoint_key_version(), 2);
    assert_eq!(endpoint.endpoint_last_heartbeat(), 1000);
    ts::return_shared(endpoint);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_key_has_32_bytes() {
    let mut s = world::begin();
    let id = world::register_endpoint(&mut s, @0x3A);
    world::register_key(&mut s, @0x3A, id, world::filled(33, 1));
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun a_master_registers_no_key_for_another_endpoint() {
    let mut s = world::begin();
    let first = world::register_endpoint(&mut s, @0x3A);
    world::register_endpoint(&mut s, @0x3B);
    world::register_key(&mut s, @0x3B, first, world::filled(32, 1));
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EEndpointUnavailable)]
fun an_offline_master_registers_no_key() {
    let mut s = world::begin();
    let id = world::register_endpoint(&mut s, @0x3A);
    world::set_status(&mut s, id, 3);
    world::register_key(&mut s, @0x3A, id, world::filled(32, 1));
    s.end();
}

#[test]
fun a_heartbeat_has_the_chains_time() {
    let mut s = world::begin();
    let id = world::register_endpoint(&mut s, @0x3A);
    world::advance(&mut s, 5);
    world::set_status(&mut s, id, 2);
    world::heartbeat(&mut s, @0x3A, id);
    assert_eq!(sui::event::num_events(), 0);
    s.next_tx(@0x0);
    let endpoint = s.take_shared_by_id<NautilusEndpoint>(id);
    assert_eq!(endpoint.endpoint_last_heartbeat(), 1005);
    ts::return_shared(endpoint);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun a_master_beats_for_no_other_endpoint() {
    let mut s = world::begin();
    let first = world::register_endpoint(&mut s, @0x3A);
    world::register_endpoint(&mut s, @0x3B);
    world::heartbeat(&mut s, @0x3B, first);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EEndpointUnavailable)]
fun an_offline_master_does_not_beat() {
    let mut s = world::begin();
    let id = world::register_endpoint(&mut s, @0x3A);
    world::set_status(&mut s, id, 3);
    world::heartbeat(&mut s, @0x3A, id);
    s.end();
}

#[test]
fun a_gateway_is_registered_and_retired() {
    let mut s = world::begin();
    s.next_tx(@0xAD);
    let cap = s.take_from_sender<AdminCap>();
    let mut registry = s.take_shared<Registry>();
    cap.register_gateway(&mut registry, @0x6A, s.ctx());
    let events = sui::event::events_by_type<GatewayRegistered>();
    let mut peeled = sui::bcs::new(bcs::to_bytes(&events[0]));
    let id = object::id_from_address(peeled.peel_address());
    world::assert_event<GatewayRegistered>(vector[bcs::to_bytes(&id), bcs::to_bytes(&@0x6A)]);
    assert!(!registry.is_gateway_retired(id));
    ts::return_shared(registry);
    s.return_to_sender(cap);
    s.next_tx(@0x6A);
    assert_eq!(s.most_recent_id_for_sender<GatewayCap>(), option::some(id));
    world::retire_gateway(&mut s, id);
    world::assert_event<GatewayRetired>(vector[bcs::to_bytes(&id)]);
    s.next_tx(@0x0);
    let registry = s.take_shared<Registry>();
    assert!(registry.is_gateway_retired(id));
    ts::return_shared(registry);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_gateway_is_retired_once() {
    let mut s = world::begin();
    let id = world::register_gateway(&mut s, @0x6A);
    world::retire_gateway(&mut s, id);
    world::retire_gateway(&mut s, id);
    s.end();
}

#[test]
fun a_worker_finds_its_master() {
    let mut s = world::begin();
    let endpoint = world::register_endpoint(&mut s, @0x3A);
    world::register_key(&mut s, @0x3A, endpoint, world::filled(32, 5));
    let token = world::node_token(&mut s, @0xA, b"node-1");
    let record = world::record_of(&mut s, @0xA);
    let found = info(&mut s, @0xA, token, record, endpoint);
    assert_eq!(found.info_url(), b"https://master.example:8443".to_string());
    assert_eq!(found.info_status(), 1);
    assert_eq!(found.info_public_key(), world::filled(32, 5));
    assert_eq!(found.info_key_version(), 1);
    assert_eq!(found.info_expected_pcrs(), vector[world::pcr(0), world::pcr(1), world::pcr(2)]);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun a_foreign_token_finds_no_master() {
    let mut s = world::begin();
    let endpoint = world::register_endpoint(&mut s, @0x3A);
    let token = world::node_token(&mut s, @0xA, b"node-1");
    let record = world::record_of(&mut s, @0xA);
    info(&mut s, @0xB, token, record, endpoint);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun an_expired_token_finds_no_master() {
    let mut s = world::begin();
    let endpoint = world::register_endpoint(&mut s, @0x3A);
    let token = world::node_token(&mut s, @0xA, b"node-1");
    let record = world::record_of(&mut s, @0xA);
    world::advance(&mut s, 86_400);
    info(&mut s, @0xA, token, record, endpoint);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun a_revoked_token_finds_no_master() {
    let mut s = world::begin();
    let endpoint = world::register_endpoint(&mut s, @0x3A);
    let token = world::node_token(&mut s, @0xA, b"node-1");
    let record = world::record_of(&mut s, @0xA);
    world::revoke(&mut s, @0xA, token);
    info(&mut s, @0xA, token, record, endpoint);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun a_slashed_worker_finds_no_master() {
    let mut s = world::begin();
    let endpoint = world::register_endpoint(&mut s, @0x3A);
    let token = world::node_token(&mut s, @0xA, b"node-1");
    let record = world::record_of(&mut s, @0xA);
    world::slash(&mut s, record, b"");
    info(&mut s, @0xA, token, record, endpoint);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun a_user_token_finds_no_master() {
    let mut s = world::begin();
    let endpoint = world::register_endpoint(&mut s, @0x3A);
    let token = world::user_token(&mut s, @0xA);
    let record = world::record_of(&mut s, @0xA);
    info(&mut s, @0xA, token, record, endpoint);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun a_worker_finds_no_master_but_its_own() {
    let mut s = world::begin();
    world::register_endpoint(&mut s, @0x3A);
    let token = world::node_token(&mut s, @0xA, b"node-1");
    let record = world::record_of(&mut s, @0xA);
    let other = world::register_endpoint(&mut s, @0x3B);
    info(&mut s, @0xA, token, record, other);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EEndpointUnavailable)]
fun a_worker_finds_no_master_in_maintenance() {
    let mut s = world::begin();
    let endpoint = world::register_endpoint(&mut s, @0x3A);
    let token = world::node_token(&mut s, @0xA, b"node-1");
    let record = world::record_of(&mut s, @0xA);
    world::set_status(&mut s, endpoint, 2);
    info(&mut s, @0xA, token, record, endpoint);
    s.end();
}

#[test_only]
module k3s_daas::request_tests;

use k3s_daas::k8s_gateway::{Self, GatewayCap, K8sAPIRequest, K8sAPIResult, Registry, SealToken};
use k3s_daas::staking::StakeRecord;
use k3s_daas::world;
use std::bcs;
use std::string::String;
use std::unit_test::assert_eq;
use sui::clock::Clock;
use sui::test_scenario::{Self as ts, Scenario};

/// A user's request 1 with these values.
fun execute_odd(
    s: &mut Scenario,
    request_id: String,
    method: vector<u8>,
    path: vector<u8>,
    resource: vector<u8>,
    digest: vector<u8>,
) {
    let token = world::admin_token(s, @0xA);
    let record = world::record_of(s, @0xA);
    world::execute_with(s, token, record, request_id, method, path, resource, digest);
}

#[test]
fun a_request_emits_one_event() {
    let mut s = world::begin();
    let endpoint = world::register_endpoint(&mut s, @0x3A);
    world::register_gateway(&mut s, @0x6A);
    let token = world::admin_token(&mut s, @0xA);
    world::advance(&mut s, 1);
    world::execute(&mut s, token, b"POST", b"pods");
    world::assert_event<K8sAPIRequest>(vector[
        bcs::to_bytes(&world::request(1)),
        bcs::to_bytes(&token),
        bcs::to_bytes(&b"POST"),
        bcs::to_bytes(&b"/api/v1/x"),
        bcs::to_bytes(&b"default"),
        bcs::to_bytes(&b"pods"),
        bcs::to_bytes(&world::digest()),
        bcs::to_bytes(&@0xA),
        bcs::to_bytes(&endpoint),
        bcs::to_bytes(&1_001_000u64),
    ]);
    s.next_tx(@0x0);
    let registry = s.take_shared<Registry>();
    assert!(registry.is_request_known(world::request(1)));
    assert!(!registry.is_request_answered(world::request(1)));
    assert!(!registry.is_request_known(world::request(2)));
    assert!(!registry.is_request_answered(world::request(2)));
    ts::return_shared(registry);
    s.end();
}

#[test]
fun every_method_is_known() {
    let mut s = world::begin_with_gateway();
    let token = world::admin_token(&mut s, @0xA);
    let record = world::record_of(&mut s, @0xA);
    let mut methods = vector[b"GET", b"POST", b"PUT", b"PATCH", b"DELETE"];
    let mut n = 0;
    while (!methods.is_empty()) {
        let method = methods.pop_back();
        world::execute_with(&mut s, token, record, world::request(n), method, b"/", b"x", world::digest());
        n = n + 1;
    };
    s.end();
}

#[test]
fun a_user_reads_pods() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::execute(&mut s, token, b"GET", b"pods");
    s.end();
}

#[test]
fun a_node_writes_pods() {
    let mut s = world::begin_with_gateway();
    let token = world::node_token(&mut s, @0xA, b"node-1");
    world::execute(&mut s, token, b"PATCH", b"pods");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun a_user_does_not_write_pods() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::execute(&mut s, token, b"DELETE", b"pods");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun writing_does_not_imply_reading() {
    let mut s = world::begin_with_gateway();
    let token = world::node_token(&mut s, @0xA, b"node-1");
    world::execute(&mut s, token, b"GET", b"nodes");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun a_resource_is_compared_as_a_whole() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::execute(&mut s, token, b"GET", b"podsecrets");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun a_prefix_of_a_resource_is_another_one() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::execute(&mut s, token, b"GET", b"pod");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun a_subresource_is_another_one() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::execute(&mut s, token, b"GET", b"pods/exec");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun a_star_is_no_resource_of_a_users() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::execute(&mut s, token, b"GET", b"*");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::ERequestIdUsed)]
fun a_request_id_is_used_once() {
    let mut s = world::begin_with_gateway();
    let first = world::user_token(&mut s, @0xA);
    let second = world::user_token(&mut s, @0xB);
    world::execute(&mut s, first, b"GET", b"pods");
    world::execute(&mut s, second, b"GET", b"pods");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun an_expired_token_requests_nothing() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::advance(&mut s, 86_400);
    world::execute(&mut s, token, b"GET", b"pods");
    s.end();
}

#[test]
fun a_token_requests_up_to_its_last_second() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::advance(&mut s, 86_399);
    world::execute(&mut s, token, b"GET", b"pods");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun a_revoked_token_requests_nothing() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    world::revoke(&mut s, @0xA, token);
    world::execute(&mut s, token, b"GET", b"pods");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun a_slashed_stake_requests_nothing() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    let record = world::record_of(&mut s, @0xA);
    world::slash(&mut s, record, b"");
    world::execute(&mut s, token, b"GET", b"pods");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun a_withdrawn_stake_requests_nothing() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    let record = world::record_of(&mut s, @0xA);
    s.skip_to_epoch(10);
    world::withdraw(&mut s, @0xA, record);
    world::execute(&mut s, token, b"GET", b"pods");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidSealToken)]
fun another_stake_does_not_stand_in() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    let other = world::stake_user(&mut s, @0xB, 500_000_000);
    let id = world::request(1);
    world::execute_with(&mut s, token, other, id, b"GET", b"/", b"pods", world::digest());
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EEndpointUnavailable)]
fun an_endpoint_in_maintenance_gets_no_request() {
    let mut s = world::begin();
    let endpoint = world::register_endpoint(&mut s, @0x3A);
    world::register_gateway(&mut s, @0x6A);
    let token = world::user_token(&mut s, @0xA);
    world::set_status(&mut s, endpoint, 2);
    world::execute(&mut s, token, b"GET", b"pods");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EEndpointUnavailable)]
fun an_offline_endpoint_gets_no_request_though_another_is_active() {
    let mut s = world::begin_with_gateway();
    let endpoint = world::register_endpoint(&mut s, @0x3B);
    let token = world::user_token(&mut s, @0xA);
    world::set_status(&mut s, endpoint, 3);
    world::execute(&mut s, token, b"GET", b"pods");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun a_retired_gateway_requests_nothing() {
    let mut s = world::begin_with_gateway();
    let token = world::user_token(&mut s, @0xA);
    s.next_tx(@0x6A);
    let cap = s.most_recent_id_for_sender<GatewayCap>().destroy_some();
    world::retire_gateway(&mut s, cap);
    world::execute(&mut s, token, b"GET", b"pods");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_request_id_is_not_empty() {
    let mut s = world::begin_with_gateway();
    execute_odd(&mut s, b"".to_string(), b"GET", b"/", b"pods", world::digest());
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_request_id_has_32_digits() {
    let mut s = world::begin_with_gateway();
    let id = world::filled(33, 97).to_string();
    execute_odd(&mut s, id, b"GET", b"/", b"pods", world::digest());
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_request_id_has_no_upper_case() {
    let mut s = world::begin_with_gateway();
    let id = world::filled(32, 65).to_string();
    execute_odd(&mut s, id, b"GET", b"/", b"pods", world::digest());
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_method_is_upper_case() {
    let mut s = world::begin_with_gateway();
    execute_odd(&mut s, world::request(1), b"get", b"/", b"pods", world::digest());
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_path_is_not_empty() {
    let mut s = world::begin_with_gateway();
    execute_odd(&mut s, world::request(1), b"GET", b"", b"pods", world::digest());
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_path_begins_at_the_root() {
    let mut s = world::begin_with_gateway();
    execute_odd(&mut s, world::request(1), b"GET", b"api", b"pods", world::digest());
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_path_has_no_query() {
    let mut s = world::begin_with_gateway();
    execute_odd(&mut s, world::request(1), b"GET", b"/api?x=1", b"pods", world::digest());
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_resource_is_not_empty() {
    let mut s = world::begin_with_gateway();
    execute_odd(&mut s, world::request(1), b"GET", b"/", b"", world::digest());
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_payload_digest_has_32_bytes() {
    let mut s = world::begin_with_gateway();
    execute_odd(&mut s, world::request(1), b"GET", b"/", b"pods", world::filled(31, 0));
    s.end();
}

// === Results ===

/// A request 1 for the endpoint of @0x3A; answers the endpoint's id.
fun requested(s: &mut Scenario): ID {
    let endpoint = world::register_endpoint(s, @0x3A);
    world::register_gateway(s, @0x6A);
    let token = world::user_token(s, @0xA);
    world::execute(s, token, b"GET", b"pods");
    endpoint
}

#[test]
fun a_result_emits_one_event() {
    let mut s = world::begin();
    let endpoint = requested(&mut s);
    world::register_key(&mut s, @0x3A, endpoint, world::filled(32, 1));
    world::respond(&mut s, @0x3A, endpoint, world::request(1), 201, world::digest());
    world::assert_event<K8sAPIResult>(vector[
        bcs::to_bytes(&world::request(1)),
        bcs::to_bytes(&endpoint),
        bcs::to_bytes(&201u16),
        bcs::to_bytes(&world::digest()),
        bcs::to_bytes(&1u64),
        bcs::to_bytes(&1_000_000u64),
    ]);
    s.next_tx(@0x0);
    let registry = s.take_shared<Registry>();
    assert!(registry.is_request_answered(world::request(1)));
    ts::return_shared(registry);
    s.end();
}

#[test]
fun a_master_in_maintenance_answers_what_it_has() {
    let mut s = world::begin();
    let endpoint = requested(&mut s);
    world::set_status(&mut s, endpoint, 2);
    world::respond(&mut s, @0x3A, endpoint, world::request(1), 200, world::digest());
    assert_eq!(sui::event::num_events(), 1);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EEndpointUnavailable)]
fun an_offline_master_answers_nothing() {
    let mut s = world::begin();
    let endpoint = requested(&mut s);
    world::set_status(&mut s, endpoint, 3);
    world::respond(&mut s, @0x3A, endpoint, world::request(1), 200, world::digest());
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnknownRequest)]
fun an_unknown_request_has_no_result() {
    let mut s = world::begin();
    let endpoint = requested(&mut s);
    world::respond(&mut s, @0x3A, endpoint, world::request(2), 200, world::digest());
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EAlreadyAnswered)]
fun a_request_has_one_result() {
    let mut s = world::begin();
    let endpoint = requested(&mut s);
    world::respond(&mut s, @0x3A, endpoint, world::request(1), 200, world::digest());
    world::respond(&mut s, @0x3A, endpoint, world::request(1), 200, world::digest());
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun another_master_does_not_answer() {
    let mut s = world::begin();
    requested(&mut s);
    let other = world::register_endpoint(&mut s, @0x3B);
    world::respond(&mut s, @0x3B, other, world::request(1), 200, world::digest());
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun another_masters_cap_does_not_answer() {
    let mut s = world::begin();
    let endpoint = requested(&mut s);
    world::register_endpoint(&mut s, @0x3B);
    world::respond(&mut s, @0x3B, endpoint, world::request(1), 200, world::digest());
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_body_digest_has_32_bytes() {
    let mut s = world::begin();
    let endpoint = requested(&mut s);
    world::respond(&mut s, @0x3A, endpoint, world::request(1), 200, vector[]);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_status_code_is_at_least_100() {
    let mut s = world::begin();
    let endpoint = requested(&mut s);
    world::respond(&mut s, @0x3A, endpoint, world::request(1), 99, world::digest());
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EInvalidArgument)]
fun a_status_code_is_at_most_599() {
    let mut s = world::begin();
    let endpoint = requested(&mut s);
    world::respond(&mut s, @0x3A, endpoint, world::request(1), 600, world::digest());
    s.end();
}

#[test]
fun status_codes_are_100_to_599() {
    let mut s = world::begin();
    let endpoint = requested(&mut s);
    let token = world::newest_token(&mut s);
    let record = world::record_of(&mut s, @0xA);
    world::respond(&mut s, @0x3A, endpoint, world::request(1), 100, world::digest());
    let second = b"0123456789abcdef0123456789abcdef".to_string();
    world::execute_with(&mut s, token, record, second, b"GET", b"/", b"pods", world::digest());
    world::respond(&mut s, @0x3A, endpoint, second, 599, world::digest());
    s.end();
}

// === Capabilities out of place, which no transaction on a chain can bring about ===

/// `sender` uses the GatewayCap of @0x6A.
fun execute_as(s: &mut Scenario, sender: address, registry: &mut Registry) {
    let id = world::newest_token(s);
    s.next_tx(sender);
    let cap = s.take_from_address<GatewayCap>(@0x6A);
    let token = s.take_shared_by_id<SealToken>(id);
    let record = s.take_shared_by_id<StakeRecord>(token.token_stake_record());
    let clock = s.take_shared<Clock>();
    cap.execute_kubectl_command(
        registry,
        &token,
        &record,
        world::request(1),
        b"GET".to_string(),
        b"/".to_string(),
        b"".to_string(),
        b"pods".to_string(),
        world::digest(),
        &clock,
        s.ctx(),
    );
    ts::return_to_address(@0x6A, cap);
    ts::return_shared(token);
    ts::return_shared(record);
    ts::return_shared(clock);
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun a_gateways_cap_serves_its_gateway_alone() {
    let mut s = world::begin_with_gateway();
    world::user_token(&mut s, @0xA);
    let mut registry = s.take_shared<Registry>();
    execute_as(&mut s, @0xB, &mut registry);
    ts::return_shared(registry);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_gateway::EUnauthorised)]
fun a_gateways_cap_is_for_one_registry() {
    let mut s = world::begin_with_gateway();
    world::user_token(&mut s, @0xA);
    s.next_tx(@0xAD);
    k8s_gateway::init_for_testing(s.ctx());
    s.next_tx(@0xAD);
    // The other registry is the newer one.
    let mut registry = s.take_shared<Registry>();
    execute_as(&mut s, @0x6A, &mut registry);
    ts::return_shared(registry);
    s.end();
}

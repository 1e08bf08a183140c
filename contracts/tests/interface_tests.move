#[test_only]
module k3s_daas::interface_tests;

use k3s_daas::k8s_gateway::NautilusEndpoint;
use k3s_daas::k8s_interface::{
    Self,
    AuditEvent,
    Cluster,
    ClusterCreated,
    UserAuthorized,
    UserPermission,
    UserRevoked
};
use k3s_daas::world;
use std::bcs;
use std::string::String;
use std::unit_test::assert_eq;
use sui::clock::Clock;
use sui::test_scenario::{Self as ts, Scenario};

fun create(s: &mut Scenario, owner: address, name: vector<u8>): ID {
    let endpoint = world::register_endpoint(s, @0x3A);
    s.next_tx(owner);
    let endpoint = s.take_shared_by_id<NautilusEndpoint>(endpoint);
    let clock = s.take_shared<Clock>();
    k8s_interface::create_cluster(&endpoint, name.to_string(), &clock, s.ctx());
    let events = sui::event::events_by_type<ClusterCreated>();
    let id = object::id_from_address(sui::bcs::new(bcs::to_bytes(&events[0])).peel_address());
    world::assert_event<ClusterCreated>(vector[
        bcs::to_bytes(&id),
        bcs::to_bytes(&owner),
        bcs::to_bytes(&object::id(&endpoint)),
        bcs::to_bytes(&name),
    ]);
    ts::return_shared(endpoint);
    ts::return_shared(clock);
    id
}

fun authorize(s: &mut Scenario, who: address, cluster: ID, user: address, permissions: vector<String>) {
    s.next_tx(who);
    let mut cluster = s.take_shared_by_id<Cluster>(cluster);
    cluster.authorize_user(user, permissions, s.ctx());
    ts::return_shared(cluster);
}

fun revoke(s: &mut Scenario, who: address, cluster: ID, user: address) {
    s.next_tx(who);
    let mut cluster = s.take_shared_by_id<Cluster>(cluster);
    cluster.revoke_user(user, s.ctx());
    ts::return_shared(cluster);
}

fun set_status(s: &mut Scenario, who: address, cluster: ID, status: u8) {
    s.next_tx(who);
    let mut cluster = s.take_shared_by_id<Cluster>(cluster);
    cluster.set_cluster_status(status, s.ctx());
    ts::return_shared(cluster);
}

/// `user` asks, with the permission it was given last; the response and the audit event must have `reason`.
fun request(
    s: &mut Scenario,
    cluster: ID,
    user: address,
    command: vector<u8>,
    args: vector<String>,
    reason: vector<u8>,
) {
    s.next_tx(user);
    let permission = s.take_from_sender<UserPermission>();
    request_with(s, cluster, &permission, command, args, reason);
    s.return_to_sender(permission);
}

fun request_with(
    s: &mut Scenario,
    cluster: ID,
    permission: &UserPermission,
    command: vector<u8>,
    args: vector<String>,
    reason: vector<u8>,
) {
    let user = s.sender();
    let object = s.take_shared_by_id<Cluster>(cluster);
    let response = object.kubectl_request(permission, command.to_string(), args, s.ctx());
    assert_eq!(response.response_success(), reason.is_empty());
    assert_eq!(response.response_endpoint(), object.endpoint());
    assert_eq!(response.response_error_message().is_empty(), reason.is_empty());
    world::assert_event<AuditEvent>(vector[
        bcs::to_bytes(&cluster),
        bcs::to_bytes(&user),
        bcs::to_bytes(&command),
        if (args.is_empty()) bcs::to_bytes(&b"") else bcs::to_bytes(&args[0]),
        bcs::to_bytes(&reason.is_empty()),
        bcs::to_bytes(&reason),
    ]);
    ts::return_shared(object);
}

fun words(text: vector<u8>): vector<String> {
    vector[text.to_string()]
}

#[test]
fun a_cluster_belongs_to_its_maker() {
    let mut s = world::begin();
    let id = create(&mut s, @0xC, b"alpha");
    s.next_tx(@0x0);
    let cluster = s.take_shared_by_id<Cluster>(id);
    assert_eq!(cluster.name(), b"alpha".to_string());
    assert_eq!(cluster.owner(), @0xC);
    assert_eq!(cluster.status(), 1);
    assert_eq!(cluster.created_at(), 1000);
    assert!(!cluster.is_authorized(@0xC));
    ts::return_shared(cluster);
    let other = create(&mut s, @0xD, world::filled(63, 98));
    assert!(other != id);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_interface::EInvalidArgument)]
fun a_name_is_not_empty() {
    let mut s = world::begin();
    create(&mut s, @0xC, b"");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_interface::EInvalidArgument)]
fun a_name_has_at_most_63_bytes() {
    let mut s = world::begin();
    create(&mut s, @0xC, world::filled(64, 97));
    s.end();
}

#[test]
fun a_user_is_authorised_and_revoked() {
    let mut s = world::begin();
    let id = create(&mut s, @0xC, b"alpha");
    authorize(&mut s, @0xC, id, @0xA, words(b"pods:read"));
    world::assert_event<UserAuthorized>(vector[
        bcs::to_bytes(&id),
        bcs::to_bytes(&@0xA),
        bcs::to_bytes(&vector[b"pods:read"]),
    ]);
    request(&mut s, id, @0xA, b"get", words(b"pods"), b"");
    s.next_tx(@0xA);
    assert_eq!(s.ids_for_sender<UserPermission>().length(), 1);
    let cluster = s.take_shared_by_id<Cluster>(id);
    assert!(cluster.is_authorized(@0xA));
    ts::return_shared(cluster);
    revoke(&mut s, @0xC, id, @0xA);
    world::assert_event<UserRevoked>(vector[bcs::to_bytes(&id), bcs::to_bytes(&@0xA)]);
    request(&mut s, id, @0xA, b"get", words(b"pods"), b"NotAuthorised");
    s.end();
}

#[test]
fun a_permission_from_before_a_revocation_stays_dead() {
    let mut s = world::begin();
    let id = create(&mut s, @0xC, b"alpha");
    authorize(&mut s, @0xC, id, @0xA, words(b"*:*"));
    s.next_tx(@0xA);
    let old = s.take_from_sender<UserPermission>();
    revoke(&mut s, @0xC, id, @0xA);
    authorize(&mut s, @0xC, id, @0xA, words(b"pods:read"));
    s.next_tx(@0xA);
    request_with(&mut s, id, &old, b"get", words(b"pods"), b"NotAuthorised");
    s.next_tx(@0xA);
    let new = s.take_from_sender<UserPermission>();
    request_with(&mut s, id, &new, b"get", words(b"pods"), b"");
    s.next_tx(@0xA);
    request_with(&mut s, id, &new, b"delete", words(b"pods"), b"Forbidden");
    s.return_to_sender(new);
    std::unit_test::destroy(old);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_interface::ENotOwner)]
fun only_the_owner_authorises() {
    let mut s = world::begin();
    let id = create(&mut s, @0xC, b"alpha");
    authorize(&mut s, @0xA, id, @0xA, words(b"*:*"));
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_interface::EAlreadyAuthorised)]
fun a_user_is_authorised_once() {
    let mut s = world::begin();
    let id = create(&mut s, @0xC, b"alpha");
    authorize(&mut s, @0xC, id, @0xA, words(b"pods:read"));
    authorize(&mut s, @0xC, id, @0xA, words(b"*:*"));
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_interface::EInvalidArgument)]
fun a_user_is_authorised_for_something() {
    let mut s = world::begin();
    let id = create(&mut s, @0xC, b"alpha");
    authorize(&mut s, @0xC, id, @0xA, vector[]);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_interface::EInvalidArgument)]
fun a_permission_is_not_empty() {
    let mut s = world::begin();
    let id = create(&mut s, @0xC, b"alpha");
    authorize(&mut s, @0xC, id, @0xA, words(b""));
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_interface::ENotOwner)]
fun only_the_owner_revokes() {
    let mut s = world::begin();
    let id = create(&mut s, @0xC, b"alpha");
    authorize(&mut s, @0xC, id, @0xA, words(b"pods:read"));
    revoke(&mut s, @0xA, id, @0xA);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_interface::ENotAuthorised)]
fun only_an_authorised_user_is_revoked() {
    let mut s = world::begin();
    let id = create(&mut s, @0xC, b"alpha");
    revoke(&mut s, @0xC, id, @0xA);
    s.end();
}

#[test]
fun a_paused_cluster_denies() {
    let mut s = world::begin();
    let id = create(&mut s, @0xC, b"alpha");
    authorize(&mut s, @0xC, id, @0xA, words(b"*:*"));
    set_status(&mut s, @0xC, id, 2);
    request(&mut s, id, @0xA, b"get", words(b"pods"), b"ClusterPaused");
    set_status(&mut s, @0xC, id, 1);
    request(&mut s, id, @0xA, b"get", words(b"pods"), b"");
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_interface::ENotOwner)]
fun only_the_owner_pauses() {
    let mut s = world::begin();
    let id = create(&mut s, @0xC, b"alpha");
    set_status(&mut s, @0xA, id, 2);
    s.end();
}

#[test]
#[expected_failure(abort_code = k8s_interface::EInvalidArgument)]
fun a_status_is_1_or_2() {
    let mut s = world::begin();
    let id = create(&mut s, @0xC, b"alpha");
    set_status(&mut s, @0xC, id, 3);
    s.end();
}

#[test]
fun commands_need_read_or_write() {
    let mut s = world::begin();
    let id = create(&mut s, @0xC, b"alpha");
    authorize(&mut s, @0xC, id, @0xA, words(b"pods:read"));
    authorize(&mut s, @0xC, id, @0xB, words(b"pods:write"));
    let mut reading = vector[b"get", b"list", b"watch"];
    while (!reading.is_empty()) {
        let command = reading.pop_back();
        request(&mut s, id, @0xA, command, words(b"pods"), b"");
        request(&mut s, id, @0xB, command, words(b"pods"), b"Forbidden");
    };
    let mut writing = vector[b"create", b"update", b"patch", b"delete"];
    while (!writing.is_empty()) {
        let command = writing.pop_back();
        request(&mut s, id, @0xA, command, words(b"pods"), b"Forbidden");
        request(&mut s, id, @0xB, command, words(b"pods"), b"");
    };
    s.end();
}

#[test]
fun a_resource_is_compared_as_a_whole() {
    let mut s = world::begin();
    let id = create(&mut s, @0xC, b"alpha");
    authorize(&mut s, @0xC, id, @0xA, words(b"pods:read"));
    let mut others = vector[b"podsecrets", b"pod", b"Pods", b"pods/exec", b"*", b"pods:read"];
    while (!others.is_empty()) {
        request(&mut s, id, @0xA, b"get", words(others.pop_back()), b"Forbidden");
    };
    s.end();
}

#[test]
fun what_is_no_request_is_denied() {
    let mut s = world::begin();
    let id = create(&mut s, @0xC, b"alpha");
    authorize(&mut s, @0xC, id, @0xA, words(b"*:*"));
    request(&mut s, id, @0xA, b"getsecrets", words(b"pods"), b"BadRequest");
    request(&mut s, id, @0xA, b"", words(b"pods"), b"BadRequest");
    request(&mut s, id, @0xA, b"get", vector[], b"BadRequest");
    request(&mut s, id, @0xA, b"get", words(b""), b"BadRequest");
    s.end();
}

#[test]
fun a_permission_of_another_cluster_or_user_is_denied() {
    let mut s = world::begin();
    let first = create(&mut s, @0xC, b"alpha");
    let second = create(&mut s, @0xC, b"beta");
    authorize(&mut s, @0xC, first, @0xA, words(b"*:*"));
    request(&mut s, second, @0xA, b"get", words(b"pods"), b"NotAuthorised");
    authorize(&mut s, @0xC, first, @0xB, words(b"pods:read"));
    s.next_tx(@0xA);
    let foreign = s.take_from_sender<UserPermission>();
    s.next_tx(@0xB);
    request_with(&mut s, first, &foreign, b"get", words(b"pods"), b"NotAuthorised");
    ts::return_to_address(@0xA, foreign);
    s.end();
}

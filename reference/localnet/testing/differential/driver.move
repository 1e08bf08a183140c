#[test_only]
/// Runs programs of contract calls that were recorded on the localnet, and compares what each call does here.
///
/// A program is BCS: whether it carries results to compare, its steps, and the objects as they are in the end. Ids differ
/// between the two machines, so both number them in the order of their creation, and expected bytes come with the places
/// at which an id is to be put.
module k3s_daas::driver;

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
    K8sAPIRequest,
    K8sAPIResult,
    MasterCap,
    NautilusEndpoint,
    Registry,
    SealToken,
    SealTokenIssued,
    SealTokenRevoked,
    SealTokenShortened
};
use k3s_daas::k8s_interface::{
    Self,
    AuditEvent,
    Cluster,
    ClusterCreated,
    UserAuthorized,
    UserPermission,
    UserRevoked
};
use k3s_daas::staking::{Self, SlashCap, SlashEvent, StakeEvent, StakeRecord, StakingPool, UnstakeEvent};
use std::string::String;
use std::unit_test::assert_eq;
use sui::bcs::{Self, BCS};
use sui::clock::{Self, Clock};
use sui::coin::{Self, Coin};
use sui::event;
use sui::sui::SUI;
use sui::test_scenario::{Self as ts, Scenario};

/// In place of an id's number: any 32 bytes.
const ANY: u16 = 65535;

public struct World {
    s: Scenario,
    ids: vector<ID>,
}

/// One call: who makes it, the objects and numbers it takes, and texts.
public struct Call has drop {
    op: u8,
    sender: address,
    n: vector<u64>,
    t: vector<vector<u8>>,
}

public fun run(program: vector<u8>) {
    let mut p = bcs::new(program);
    let mut w = begin();
    let checked = p.peel_bool();
    let mut left = p.peel_vec_length();
    while (left > 0) {
        step(&mut w, &mut p, checked);
        left = left - 1;
    };
    left = p.peel_vec_length();
    w.s.next_tx(@0x0);
    while (left > 0) {
        object(&w, &mut p);
        left = left - 1;
    };
    let World { s, ids: _ } = w;
    s.end();
}

fun begin(): World {
    let mut s = ts::begin(@0xAD);
    staking::init_for_testing(s.ctx());
    k8s_gateway::init_for_testing(s.ctx());
    let mut clock = clock::create_for_testing(s.ctx());
    clock.set_for_testing(1_000_000);
    clock.share_for_testing();
    s.next_tx(@0xAD);
    let ids = vector[
        ts::most_recent_id_shared<StakingPool>().destroy_some(),
        ts::most_recent_id_shared<Registry>().destroy_some(),
    ];
    World { s, ids }
}

fun step(w: &mut World, p: &mut BCS, checked: bool) {
    let call = Call { op: p.peel_u8(), sender: p.peel_address(), n: numbers(p), t: texts(p) };
    w.s.next_tx(call.sender);
    let returned = if (call.op < 10) stake(w, &call)
    else if (call.op < 30) registry(w, &call)
    else if (call.op < 40) request(w, &call)
    else if (call.op < 50) cluster(w, &call)
    else world(w, &call);
    if (checked) {
        expect(&w.ids, returned, p);
        assert_eq!(event::num_events() as u64, p.peel_u8() as u64);
    };
    let mut left = p.peel_vec_length();
    while (left > 0) {
        let bytes = event_bytes(p.peel_u8());
        if (p.peel_bool()) w.ids.push_back(object::id_from_bytes(head(&bytes)));
        if (checked) expect(&w.ids, bytes, p);
        left = left - 1;
    };
    late_id(w, p.peel_u8(), &call);
}

/// Objects that no event names: their ids are known after the transaction.
fun late_id(w: &mut World, kind: u8, call: &Call) {
    if (kind == 0) return;
    w.s.next_tx(@0x0);
    let who = address_of(call, 0);
    let id = if (kind == 1) ts::most_recent_id_for_address<MasterCap>(who)
    else ts::most_recent_id_for_address<UserPermission>(who);
    w.ids.push_back(id.destroy_some());
}

// === Calls ===

fun stake(w: &mut World, c: &Call): vector<u8> {
    let mut pool = w.s.take_shared<StakingPool>();
    let mut out = vector[];
    if (c.op == 0) {
        staking::stake_for_user(&mut pool, w.mint(c.n[0]), w.s.ctx());
    } else if (c.op == 1) {
        staking::stake_for_node(&mut pool, w.mint(c.n[0]), text(c, 0), w.s.ctx());
    } else if (c.op == 2) {
        staking::stake_for_admin(&mut pool, w.mint(c.n[0]), w.s.ctx());
    } else if (c.op == 3) {
        let mut record: StakeRecord = w.take(c, 0);
        out = burnt(staking::withdraw_stake(&mut pool, &mut record, w.s.ctx()));
        ts::return_shared(record);
    } else if (c.op == 7) {
        out = bcs::to_bytes(&pool.record_of(address_of(c, 0)));
    } else {
        let cap = w.s.take_from_sender<SlashCap>();
        if (c.op == 6) {
            out = burnt(staking::sweep_slashed(&cap, &mut pool, w.s.ctx()));
        } else {
            let mut record: StakeRecord = w.take(c, 0);
            if (c.op == 4) {
                staking::slash_stake(&cap, &mut pool, &mut record, text(c, 0), w.s.ctx());
            } else {
                staking::release_slashed_stake(&cap, &mut pool, &mut record, w.s.ctx());
            };
            ts::return_shared(record);
        };
        w.s.return_to_sender(cap);
    };
    ts::return_shared(pool);
    out
}

fun registry(w: &mut World, c: &Call): vector<u8> {
    let mut registry = w.s.take_shared<Registry>();
    let clock = w.s.take_shared<Clock>();
    if (c.op < 13) {
        let record: StakeRecord = w.take(c, 0);
        if (c.op == 10) k8s_gateway::create_user_seal_token(&record, &mut registry, &clock, w.s.ctx())
        else if (c.op == 11) k8s_gateway::create_worker_seal_token(&record, &mut registry, &clock, w.s.ctx())
        else k8s_gateway::create_admin_seal_token(&record, &mut registry, &clock, w.s.ctx());
        ts::return_shared(record);
    } else if (c.op < 15) {
        let mut token: SealToken = w.take(c, 0);
        if (c.op == 13) token.shorten_seal_token(&mut registry, c.n[1], &clock, w.s.ctx())
        else token.revoke_seal_token(&mut registry, w.s.ctx());
        ts::return_shared(token);
    } else {
        let cap = w.s.take_from_sender<AdminCap>();
        administer(w, c, &cap, &mut registry);
        w.s.return_to_sender(cap);
    };
    ts::return_shared(registry);
    ts::return_shared(clock);
    vector[]
}

fun administer(w: &mut World, c: &Call, cap: &AdminCap, registry: &mut Registry) {
    if (c.op == 15) {
        let mut token: SealToken = w.take(c, 0);
        cap.revoke_seal_token_as_admin(&mut token, registry);
        ts::return_shared(token);
    } else if (c.op == 16) cap.set_token_ttl(registry, c.n[0])
    else if (c.op == 17) {
        let master = address_of(c, 0);
        cap.register_endpoint(registry, text(c, 0), c.t[1], c.t[2], c.t[3], master, w.s.ctx())
    } else if (c.op == 18) cap.register_gateway(registry, address_of(c, 0), w.s.ctx())
    else if (c.op == 19) cap.retire_gateway(registry, w.ids[c.n[0]])
    else {
        let mut endpoint: NautilusEndpoint = w.take(c, 0);
        if (c.op == 20) cap.set_endpoint_status(registry, &mut endpoint, c.n[1] as u8)
        else cap.set_expected_pcrs(&mut endpoint, c.t[0], c.t[1], c.t[2]);
        ts::return_shared(endpoint);
    }
}

fun request(w: &mut World, c: &Call): vector<u8> {
    let mut registry = w.s.take_shared<Registry>();
    let clock = w.s.take_shared<Clock>();
    let mut out = vector[];
    if (c.op == 30) {
        let cap: GatewayCap = w.s.take_from_sender_by_id(w.ids[c.n[0]]);
        let token: SealToken = w.take(c, 1);
        let record: StakeRecord = w.take(c, 2);
        let (id, method, path, namespace) = (text(c, 0), text(c, 1), text(c, 2), text(c, 3));
        let resource = text(c, 4);
        let ctx = w.s.ctx();
        cap.execute_kubectl_command(
            &mut registry, &token, &record, id, method, path, namespace, resource, c.t[5], &clock, ctx,
        );
        ts::return_shared(token);
        ts::return_shared(record);
        w.s.return_to_sender(cap);
    } else if (c.op == 31) {
        let token: SealToken = w.take(c, 0);
        let record: StakeRecord = w.take(c, 1);
        let endpoint: NautilusEndpoint = w.take(c, 2);
        out = bcs::to_bytes(&token.get_nautilus_info_for_worker(&record, &endpoint, &clock, w.s.ctx()));
        ts::return_shared(token);
        ts::return_shared(record);
        ts::return_shared(endpoint);
    } else if (c.op == 32) {
        out = bcs::to_bytes(&registry.is_request_answered(text(c, 0)));
    } else {
        let cap: MasterCap = w.s.take_from_sender_by_id(w.ids[c.n[0]]);
        let mut endpoint: NautilusEndpoint = w.take(c, 1);
        if (c.op == 33) cap.register_enclave_key(&mut endpoint, c.t[0], &clock)
        else if (c.op == 34) cap.endpoint_heartbeat(&mut endpoint, &clock)
        else cap.record_response(&mut registry, &endpoint, text(c, 0), c.n[2] as u16, c.t[1], &clock);
        ts::return_shared(endpoint);
        w.s.return_to_sender(cap);
    };
    ts::return_shared(registry);
    ts::return_shared(clock);
    out
}

fun cluster(w: &mut World, c: &Call): vector<u8> {
    let mut out = vector[];
    if (c.op == 40) {
        let endpoint: NautilusEndpoint = w.take(c, 0);
        let clock = w.s.take_shared<Clock>();
        k8s_interface::create_cluster(&endpoint, text(c, 0), &clock, w.s.ctx());
        ts::return_shared(endpoint);
        ts::return_shared(clock);
        return out
    };
    let at = if (c.op == 42 || c.op == 43) 1 else 0;
    let mut cluster: Cluster = w.take(c, at);
    if (c.op == 41) cluster.set_cluster_status(c.n[1] as u8, w.s.ctx())
    else if (c.op == 42) {
        let user = address_of(c, 0);
        let count = c.t.length();
        let permissions = vector::tabulate!(count, |i| text(c, i));
        cluster.authorize_user(user, permissions, w.s.ctx())
    } else if (c.op == 43) cluster.revoke_user(address_of(c, 0), w.s.ctx())
    else {
        let permission: UserPermission = w.s.take_from_sender_by_id(w.ids[c.n[1]]);
        let count = c.t.length() - 1;
        let args = vector::tabulate!(count, |i| text(c, i + 1));
        out = bcs::to_bytes(&cluster.kubectl_request(&permission, text(c, 0), args, w.s.ctx()));
        w.s.return_to_sender(permission);
    };
    ts::return_shared(cluster);
    out
}

fun world(w: &mut World, c: &Call): vector<u8> {
    if (c.op == 50) {
        let mut clock = w.s.take_shared<Clock>();
        clock.increment_for_testing(c.n[0]);
        ts::return_shared(clock);
        return vector[]
    };
    if (c.op == 51) {
        let mut left = c.n[0];
        while (left > 0) {
            w.s.next_epoch(@0x0);
            left = left - 1;
        };
        return vector[]
    };
    // Coins: two are made, one is split, and the parts are put together in another order.
    let mut first = w.mint(c.n[0]);
    let mut second = w.mint(c.n[1]);
    let mut part = first.split(c.n[2], w.s.ctx());
    let balance = second.balance_mut().split(c.n[3]);
    part.balance_mut().join(balance);
    second.join(part);
    let mut out = bcs::to_bytes(&first.value());
    out.append(bcs::to_bytes(&second.value()));
    first.burn_for_testing();
    second.burn_for_testing();
    out
}

// === Small things ===

fun mint(w: &mut World, mist: u64): Coin<SUI> {
    coin::mint_for_testing(mist, w.s.ctx())
}

fun take<T: key>(w: &World, c: &Call, at: u64): T {
    w.s.take_shared_by_id(w.ids[c.n[at]])
}

fun burnt(coin: Coin<SUI>): vector<u8> {
    bcs::to_bytes(&coin.burn_for_testing())
}

fun text(c: &Call, at: u64): String {
    c.t[at].to_string()
}

/// Numbers stand for addresses, too.
fun address_of(c: &Call, at: u64): address {
    sui::address::from_u256(c.n[at] as u256)
}

fun numbers(p: &mut BCS): vector<u64> {
    let count = p.peel_vec_length();
    vector::tabulate!(count, |_| p.peel_u64())
}

fun texts(p: &mut BCS): vector<vector<u8>> {
    let count = p.peel_vec_length();
    vector::tabulate!(count, |_| p.peel_vec_u8())
}

fun head(bytes: &vector<u8>): vector<u8> {
    vector::tabulate!(32, |i| bytes[i])
}

/// Compares with expected bytes and the ids to be put into them.
fun expect(ids: &vector<ID>, actual: vector<u8>, p: &mut BCS) {
    let mut expected = p.peel_vec_u8();
    let mut left = p.peel_vec_length();
    while (left > 0) {
        let at = p.peel_u16() as u64;
        let number = p.peel_u16();
        let mut i = 0;
        if (number == ANY) {
            while (i < 32) {
                *(&mut expected[at + i]) = actual[at + i];
                i = i + 1;
            };
        } else {
            let id = ids[number as u64].to_bytes();
            while (i < 32) {
                *(&mut expected[at + i]) = id[i];
                i = i + 1;
            };
        };
        left = left - 1;
    };
    assert_eq!(actual, expected);
}

fun event_bytes(kind: u8): vector<u8> {
    if (kind == 0) nth<StakeEvent>()
    else if (kind == 1) nth<UnstakeEvent>()
    else if (kind == 2) nth<SlashEvent>()
    else if (kind == 3) nth<SealTokenIssued>()
    else if (kind == 4) nth<SealTokenRevoked>()
    else if (kind == 5) nth<SealTokenShortened>()
    else if (kind == 6) nth<GatewayRegistered>()
    else if (kind == 7) nth<GatewayRetired>()
    else if (kind == 8) nth<EndpointRegistered>()
    else if (kind == 9) nth<EndpointStatusChanged>()
    else if (kind == 10) nth<EnclaveKeyRegistered>()
    else if (kind == 11) nth<EnclavePcrsChanged>()
    else if (kind == 12) nth<K8sAPIRequest>()
    else if (kind == 13) nth<K8sAPIResult>()
    else if (kind == 14) nth<ClusterCreated>()
    else if (kind == 15) nth<UserAuthorized>()
    else if (kind == 16) nth<UserRevoked>()
    else nth<AuditEvent>()
}

/// The only event of a type. No call makes two.
fun nth<E: copy + drop>(): vector<u8> {
    let events = event::events_by_type<E>();
    assert_eq!(events.length(), 1);
    bcs::to_bytes(&events[0])
}

fun object(w: &World, p: &mut BCS) {
    let kind = p.peel_u8();
    let id = w.ids[p.peel_u16() as u64];
    if (kind == 0) shared<StakingPool>(w, id, p)
    else if (kind == 1) shared<Registry>(w, id, p)
    else if (kind == 2) shared<StakeRecord>(w, id, p)
    else if (kind == 3) shared<SealToken>(w, id, p)
    else if (kind == 4) shared<NautilusEndpoint>(w, id, p)
    else if (kind == 5) shared<Cluster>(w, id, p)
    else if (kind == 6) owned<UserPermission>(w, id, p)
    else if (kind == 7) owned<GatewayCap>(w, id, p)
    else owned<MasterCap>(w, id, p)
}

fun shared<T: key>(w: &World, id: ID, p: &mut BCS) {
    let object: T = w.s.take_shared_by_id(id);
    expect(&w.ids, bcs::to_bytes(&object), p);
    ts::return_shared(object);
}

fun owned<T: key>(w: &World, id: ID, p: &mut BCS) {
    let owner = p.peel_address();
    let object: T = w.s.take_from_address_by_id(owner, id);
    expect(&w.ids, bcs::to_bytes(&object), p);
    ts::return_to_address(owner, object);
}

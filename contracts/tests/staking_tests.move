#[test_only]
module k3s_daas::staking_tests;

use k3s_daas::staking::{Self, SlashCap, SlashEvent, StakeEvent, StakeRecord, StakingPool, UnstakeEvent};
use k3s_daas::world;
use std::bcs;
use std::unit_test::assert_eq;
use sui::coin::Coin;
use sui::sui::SUI;
use sui::test_scenario::{Self as ts, Scenario};

const SUI_: u64 = 1_000_000_000;

/// The one record of `who` has these fields.
fun assert_record(
    s: &mut Scenario,
    who: address,
    amount: u64,
    lock: u64,
    node_id: vector<u8>,
    stake_type: u8,
) {
    let id = world::record_of(s, who);
    let record = s.take_shared_by_id<StakeRecord>(id);
    assert_eq!(record.staker(), who);
    assert_eq!(record.amount(), amount);
    assert_eq!(record.staked_at(), 3);
    assert_eq!(record.locked_until(), 3 + lock);
    assert_eq!(record.status(), 1);
    assert!(record.is_active());
    assert_eq!(record.node_id(), node_id.to_string());
    assert_eq!(record.stake_type(), stake_type);
    ts::return_shared(record);
}

fun assert_stake_event(record: ID, who: address, mist: u64, kind: u8, node_id: vector<u8>, lock: u64) {
    world::assert_event<StakeEvent>(vector[
        bcs::to_bytes(&record),
        bcs::to_bytes(&who),
        bcs::to_bytes(&mist),
        bcs::to_bytes(&kind),
        bcs::to_bytes(&node_id),
        bcs::to_bytes(&(3 + lock)),
    ]);
}

#[test]
fun publishing_makes_one_pool_and_one_cap() {
    let mut s = world::begin();
    world::assert_pool(&mut s, 0, 0, 0);
    s.next_tx(@0xAD);
    assert_eq!(s.ids_for_sender<SlashCap>().length(), 1);
    s.end();
}

#[test]
fun a_node_stakes_from_1_sui() {
    let mut s = world::begin();
    s.skip_to_epoch(3);
    world::stake_node(&mut s, @0xA, SUI_, b"node-1");
    s.next_tx(@0x0);
    assert_record(&mut s, @0xA, SUI_, 100, b"node-1", 2);
    s.next_tx(@0x0);
    let pool = s.take_shared<StakingPool>();
    assert_eq!(pool.record_of_node(b"node-1".to_string()), pool.record_of(@0xA));
    assert!(pool.record_of_node(b"node-2".to_string()).is_none());
    assert!(pool.record_of(@0xB).is_none());
    ts::return_shared(pool);
    world::assert_pool(&mut s, SUI_, 0, 0);
    s.end();
}

#[test]
fun a_user_stakes_from_half_a_sui() {
    let mut s = world::begin();
    s.skip_to_epoch(3);
    world::stake_user(&mut s, @0xA, SUI_ / 2);
    assert_record(&mut s, @0xA, SUI_ / 2, 10, b"", 1);
    s.end();
}

#[test]
fun an_admin_stakes_from_10_sui() {
    let mut s = world::begin();
    s.skip_to_epoch(3);
    world::stake_admin(&mut s, @0xA, 10 * SUI_);
    assert_record(&mut s, @0xA, 10 * SUI_, 50, b"", 3);
    s.end();
}

#[test]
fun each_stake_emits_one_event() {
    let mut s = world::begin();
    s.skip_to_epoch(3);
    let id = world::stake_node(&mut s, @0xA, SUI_ + 5, b"n");
    assert_stake_event(id, @0xA, SUI_ + 5, 2, b"n", 100);
    let id = world::stake_user(&mut s, @0xB, SUI_);
    assert_stake_event(id, @0xB, SUI_, 1, b"", 10);
    let id = world::stake_admin(&mut s, @0xC, 11 * SUI_);
    assert_stake_event(id, @0xC, 11 * SUI_, 3, b"", 50);
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::EInsufficientStake)]
fun a_node_needs_1_sui() {
    let mut s = world::begin();
    world::stake_node(&mut s, @0xA, SUI_ - 1, b"node-1");
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::EInsufficientStake)]
fun a_user_needs_half_a_sui() {
    let mut s = world::begin();
    world::stake_user(&mut s, @0xA, SUI_ / 2 - 1);
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::EInsufficientStake)]
fun an_admin_needs_10_sui() {
    let mut s = world::begin();
    world::stake_admin(&mut s, @0xA, 10 * SUI_ - 1);
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::EAlreadyStaked)]
fun an_address_stakes_once_whatever_the_kind() {
    let mut s = world::begin();
    world::stake_user(&mut s, @0xA, SUI_);
    world::stake_node(&mut s, @0xA, SUI_, b"node-1");
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::EAlreadyStaked)]
fun a_node_id_is_staked_for_once() {
    let mut s = world::begin();
    world::stake_node(&mut s, @0xA, SUI_, b"node-1");
    world::stake_node(&mut s, @0xB, SUI_, b"node-1");
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::EAlreadyStaked)]
fun a_slashed_staker_cannot_stake_again() {
    let mut s = world::begin();
    world::stake_user(&mut s, @0xA, SUI_);
    let record = world::record_of(&mut s, @0xA);
    world::slash(&mut s, record, b"");
    world::stake_user(&mut s, @0xA, SUI_);
    s.end();
}

#[test]
fun labels_may_have_63_characters_and_inner_dashes() {
    let mut s = world::begin();
    world::stake_node(&mut s, @0xA, SUI_, b"0");
    world::stake_node(&mut s, @0xB, SUI_, b"a--9-z");
    world::stake_node(&mut s, @0xC, SUI_, world::filled(63, 97));
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::EInvalidNodeId)]
fun a_node_id_is_not_empty() {
    let mut s = world::begin();
    world::stake_node(&mut s, @0xA, SUI_, b"");
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::EInvalidNodeId)]
fun a_node_id_has_at_most_63_characters() {
    let mut s = world::begin();
    world::stake_node(&mut s, @0xA, SUI_, world::filled(64, 97));
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::EInvalidNodeId)]
fun a_node_id_has_no_upper_case() {
    let mut s = world::begin();
    world::stake_node(&mut s, @0xA, SUI_, b"Node");
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::EInvalidNodeId)]
fun a_node_id_has_no_dot() {
    let mut s = world::begin();
    world::stake_node(&mut s, @0xA, SUI_, b"a.b");
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::EInvalidNodeId)]
fun a_node_id_does_not_begin_with_a_dash() {
    let mut s = world::begin();
    world::stake_node(&mut s, @0xA, SUI_, b"-a");
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::EInvalidNodeId)]
fun a_node_id_does_not_end_with_a_dash() {
    let mut s = world::begin();
    world::stake_node(&mut s, @0xA, SUI_, b"a-");
    s.end();
}

#[test]
fun a_withdrawal_pays_the_stake_and_frees_address_and_node() {
    let mut s = world::begin();
    let id = world::stake_node(&mut s, @0xA, 3 * SUI_, b"node-1");
    s.skip_to_epoch(100);
    assert_eq!(world::withdraw(&mut s, @0xA, id), 3 * SUI_);
    world::assert_event<UnstakeEvent>(vector[
        bcs::to_bytes(&id),
        bcs::to_bytes(&@0xA),
        bcs::to_bytes(&(3 * SUI_)),
    ]);
    s.next_tx(@0x0);
    let record = s.take_shared_by_id<StakeRecord>(id);
    assert_eq!(record.status(), 3);
    assert_eq!(record.amount(), 0);
    assert!(!record.is_active());
    ts::return_shared(record);
    world::assert_pool(&mut s, 0, 0, 0);
    world::stake_node(&mut s, @0xA, SUI_, b"node-1");
    world::assert_pool(&mut s, SUI_, 0, 0);
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::ELockedOrNotActive)]
fun a_stake_is_locked_until_its_epoch() {
    let mut s = world::begin();
    let id = world::stake_user(&mut s, @0xA, SUI_);
    s.skip_to_epoch(9);
    world::withdraw(&mut s, @0xA, id);
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::ENotStaker)]
fun only_the_staker_withdraws() {
    let mut s = world::begin();
    let id = world::stake_user(&mut s, @0xA, SUI_);
    s.skip_to_epoch(10);
    world::withdraw(&mut s, @0xB, id);
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::ELockedOrNotActive)]
fun a_stake_is_withdrawn_once() {
    let mut s = world::begin();
    world::stake_user(&mut s, @0xA, SUI_);
    world::stake_user(&mut s, @0xB, SUI_);
    let id = world::record_of(&mut s, @0xA);
    s.skip_to_epoch(10);
    world::withdraw(&mut s, @0xA, id);
    world::withdraw(&mut s, @0xA, id);
    s.end();
}

#[test]
fun a_slash_takes_a_tenth_of_the_rest_each_time() {
    let mut s = world::begin();
    let id = world::stake_node(&mut s, @0xA, SUI_ + 9, b"node-1");
    world::slash(&mut s, id, b"double answer");
    world::assert_event<SlashEvent>(vector[
        bcs::to_bytes(&id),
        bcs::to_bytes(&@0xA),
        bcs::to_bytes(&b"node-1"),
        bcs::to_bytes(&100_000_000u64),
        bcs::to_bytes(&900_000_009u64),
        bcs::to_bytes(&b"double answer"),
    ]);
    world::assert_pool(&mut s, 900_000_009, 100_000_000, 100_000_000);
    let record = s.take_shared_by_id<StakeRecord>(id);
    assert_eq!(record.status(), 2);
    assert_eq!(record.amount(), 900_000_009);
    ts::return_shared(record);
    world::slash(&mut s, id, b"again");
    world::assert_pool(&mut s, 810_000_009, 190_000_000, 190_000_000);
    assert_eq!(world::sweep(&mut s), 190_000_000);
    world::assert_pool(&mut s, 810_000_009, 0, 190_000_000);
    assert_eq!(world::sweep(&mut s), 0);
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::ELockedOrNotActive)]
fun a_slashed_stake_cannot_be_withdrawn() {
    let mut s = world::begin();
    let id = world::stake_user(&mut s, @0xA, SUI_);
    world::slash(&mut s, id, b"");
    s.skip_to_epoch(10);
    world::withdraw(&mut s, @0xA, id);
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::ELockedOrNotActive)]
fun a_withdrawn_stake_cannot_be_slashed() {
    let mut s = world::begin();
    let id = world::stake_user(&mut s, @0xA, SUI_);
    s.skip_to_epoch(10);
    world::withdraw(&mut s, @0xA, id);
    world::slash(&mut s, id, b"");
    s.end();
}

#[test]
fun the_rest_of_a_slashed_stake_goes_to_its_staker() {
    let mut s = world::begin();
    let id = world::stake_node(&mut s, @0xA, SUI_, b"node-1");
    world::slash(&mut s, id, b"");
    s.skip_to_epoch(100);
    world::release(&mut s, id);
    world::assert_event<UnstakeEvent>(vector[
        bcs::to_bytes(&id),
        bcs::to_bytes(&@0xA),
        bcs::to_bytes(&900_000_000u64),
    ]);
    s.next_tx(@0xA);
    let coin = s.take_from_sender<Coin<SUI>>();
    assert_eq!(coin.value(), 900_000_000);
    s.return_to_sender(coin);
    let record = s.take_shared_by_id<StakeRecord>(id);
    assert_eq!(record.status(), 3);
    ts::return_shared(record);
    world::assert_pool(&mut s, 0, 100_000_000, 100_000_000);
    world::stake_node(&mut s, @0xA, SUI_, b"node-1");
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::ELockedOrNotActive)]
fun a_slashed_stake_stays_locked() {
    let mut s = world::begin();
    let id = world::stake_node(&mut s, @0xA, SUI_, b"node-1");
    world::slash(&mut s, id, b"");
    s.skip_to_epoch(99);
    world::release(&mut s, id);
    s.end();
}

#[test]
#[expected_failure(abort_code = staking::ELockedOrNotActive)]
fun an_active_stake_is_not_released() {
    let mut s = world::begin();
    let id = world::stake_user(&mut s, @0xA, SUI_);
    s.skip_to_epoch(100);
    world::release(&mut s, id);
    s.end();
}

#[random_test]
fun sui_is_conserved(extra: u32, slashes: u8) {
    let mut s = world::begin();
    let staked = SUI_ + (extra as u64);
    world::stake_node(&mut s, @0xA, staked, b"a");
    world::stake_admin(&mut s, @0xB, 10 * SUI_);
    let id = world::record_of(&mut s, @0xA);
    let mut left = staked;
    ((slashes % 5 + 1) as u64).do!(|_| {
        world::slash(&mut s, id, b"");
        left = left - left / 10;
        world::assert_pool(&mut s, 10 * SUI_ + left, staked - left, staked - left);
    });
    let swept = world::sweep(&mut s);
    assert_eq!(swept + left, staked);
    s.skip_to_epoch(100);
    world::release(&mut s, id);
    world::assert_pool(&mut s, 10 * SUI_, 0, swept);
    let other = world::record_of(&mut s, @0xB);
    assert_eq!(world::withdraw(&mut s, @0xB, other), 10 * SUI_);
    world::assert_pool(&mut s, 0, 0, swept);
    s.end();
}

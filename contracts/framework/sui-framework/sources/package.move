/// Publishers and the right to upgrade a package.
module sui::package;

use std::ascii::String;
use std::type_name;
use sui::types;

const ENotOneTimeWitness: u64 = 0;
const ETooPermissive: u64 = 1;
const EAlreadyAuthorized: u64 = 2;
const ENotAuthorized: u64 = 3;
const EWrongUpgradeCap: u64 = 4;

const COMPATIBLE: u8 = 0;
const ADDITIVE: u8 = 128;
const DEP_ONLY: u8 = 192;

/// Proof that its holder published the module of a one-time witness.
public struct Publisher has key, store {
    id: UID,
    package: String,
    module_name: String,
}

/// The right to upgrade a package. Its `package` is 0x0 between authorising and committing an upgrade.
public struct UpgradeCap has key, store {
    id: UID,
    package: ID,
    version: u64,
    policy: u8,
}

/// A permission for one upgrade, consumed by the Upgrade command.
public struct UpgradeTicket {
    cap: ID,
    package: ID,
    policy: u8,
    digest: vector<u8>,
}

/// What the Upgrade command answers; `commit_upgrade` consumes it.
public struct UpgradeReceipt {
    cap: ID,
    package: ID,
}

public fun claim<OTW: drop>(otw: OTW, ctx: &mut TxContext): Publisher {
    assert!(types::is_one_time_witness(&otw), ENotOneTimeWitness);
    let name = type_name::with_original_ids<OTW>();
    Publisher { id: object::new(ctx), package: name.address_string(), module_name: name.module_string() }
}

#[allow(lint(self_transfer))]
public fun claim_and_keep<OTW: drop>(otw: OTW, ctx: &mut TxContext) {
    transfer::public_transfer(claim(otw, ctx), ctx.sender())
}

public fun burn_publisher(self: Publisher) {
    let Publisher { id, package: _, module_name: _ } = self;
    id.delete()
}

public fun from_package<T>(self: &Publisher): bool {
    type_name::with_original_ids<T>().address_string() == self.package
}

public fun from_module<T>(self: &Publisher): bool {
    let name = type_name::with_original_ids<T>();
    name.address_string() == self.package && name.module_string() == self.module_name
}

public fun published_module(self: &Publisher): &String {
    &self.module_name
}

public fun published_package(self: &Publisher): &String {
    &self.package
}

public fun upgrade_package(cap: &UpgradeCap): ID {
    cap.package
}

public fun version(cap: &UpgradeCap): u64 {
    cap.version
}

public fun upgrade_policy(cap: &UpgradeCap): u8 {
    cap.policy
}

public fun ticket_package(ticket: &UpgradeTicket): ID {
    ticket.package
}

public fun ticket_policy(ticket: &UpgradeTicket): u8 {
    ticket.policy
}

public fun receipt_cap(receipt: &UpgradeReceipt): ID {
    receipt.cap
}

public fun receipt_package(receipt: &UpgradeReceipt): ID {
    receipt.package
}

public fun ticket_digest(ticket: &UpgradeTicket): &vector<u8> {
    &ticket.digest
}

public fun compatible_policy(): u8 {
    COMPATIBLE
}

public fun additive_policy(): u8 {
    ADDITIVE
}

public fun dep_only_policy(): u8 {
    DEP_ONLY
}

public entry fun only_additive_upgrades(cap: &mut UpgradeCap) {
    restrict(cap, ADDITIVE)
}

public entry fun only_dep_upgrades(cap: &mut UpgradeCap) {
    restrict(cap, DEP_ONLY)
}

/// Gives up the right to upgrade for good.
public entry fun make_immutable(cap: UpgradeCap) {
    let UpgradeCap { id, package: _, version: _, policy: _ } = cap;
    id.delete()
}

public fun authorize_upgrade(cap: &mut UpgradeCap, policy: u8, digest: vector<u8>): UpgradeTicket {
    let none = object::id_from_address(@0x0);
    assert!(cap.package != none, EAlreadyAuthorized);
    assert!(policy >= cap.policy, ETooPermissive);
    let package = cap.package;
    cap.package = none;
    UpgradeTicket { cap: object::id(cap), package, policy, digest }
}

public fun commit_upgrade(cap: &mut UpgradeCap, receipt: UpgradeReceipt) {
    let UpgradeReceipt { cap: cap_id, package } = receipt;
    assert!(object::id(cap) == cap_id, EWrongUpgradeCap);
    assert!(cap.package.to_address() == @0x0, ENotAuthorized);
    cap.package = package;
    cap.version = cap.version + 1
}

fun restrict(cap: &mut UpgradeCap, policy: u8) {
    assert!(cap.policy <= policy, ETooPermissive);
    cap.policy = policy
}

#[test_only]
public fun test_claim<OTW: drop>(_: OTW, ctx: &mut TxContext): Publisher {
    let name = type_name::with_original_ids<OTW>();
    Publisher { id: object::new(ctx), package: name.address_string(), module_name: name.module_string() }
}

#[test_only]
public fun test_publish(package: ID, ctx: &mut TxContext): UpgradeCap {
    UpgradeCap { id: object::new(ctx), package, version: 1, policy: COMPATIBLE }
}

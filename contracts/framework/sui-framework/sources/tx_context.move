/// What a transaction knows about itself. The natives read the running transaction; the fields are the object's
/// historical layout.
module sui::tx_context;

#[test_only]
const EBadTxHashLength: u64 = 0;
#[test_only]
const ENoIDsCreated: u64 = 1;

public struct TxContext has drop {
    sender: address,
    tx_hash: vector<u8>,
    epoch: u64,
    epoch_timestamp_ms: u64,
    ids_created: u64,
}

public fun sender(_self: &TxContext): address {
    native_sender()
}

public fun digest(self: &TxContext): &vector<u8> {
    &self.tx_hash
}

public fun epoch(_self: &TxContext): u64 {
    native_epoch()
}

/// When the epoch began, in Unix milliseconds.
public fun epoch_timestamp_ms(_self: &TxContext): u64 {
    native_epoch_timestamp_ms()
}

/// Who pays the gas, when that is not the sender.
public fun sponsor(_self: &TxContext): Option<address> {
    let mut payer = native_sponsor();
    if (payer.is_empty()) option::none() else option::some(payer.pop_back())
}

/// An address no other call returns.
public fun fresh_object_address(_ctx: &mut TxContext): address {
    fresh_id()
}

public fun reference_gas_price(_self: &TxContext): u64 {
    native_rgp()
}

public fun gas_price(_self: &TxContext): u64 {
    native_gas_price()
}

native fun native_sender(): address;
native fun native_epoch(): u64;
native fun native_epoch_timestamp_ms(): u64;
native fun fresh_id(): address;
native fun native_rgp(): u64;
native fun native_gas_price(): u64;
#[test_only]
native fun native_ids_created(): u64;
#[test_only]
native fun native_gas_budget(): u64;
native fun native_sponsor(): vector<address>;
#[test_only]
native fun last_created_id(): address;
#[test_only]
native fun replace(
    sender: address,
    tx_hash: vector<u8>,
    epoch: u64,
    epoch_timestamp_ms: u64,
    ids_created: u64,
    rgp: u64,
    gas_price: u64,
    gas_budget: u64,
    sponsor: vector<address>,
);

#[test_only]
public fun ids_created(_self: &TxContext): u64 {
    native_ids_created()
}

#[test_only]
public fun get_ids_created(self: &TxContext): u64 {
    self.ids_created()
}

#[test_only]
public fun gas_budget(_self: &TxContext): u64 {
    native_gas_budget()
}

#[test_only]
/// Makes the given values those of the running transaction.
public fun create(
    sender: address,
    tx_hash: vector<u8>,
    epoch: u64,
    epoch_timestamp_ms: u64,
    ids_created: u64,
    rgp: u64,
    gas_price: u64,
    gas_budget: u64,
    sponsor: Option<address>,
): TxContext {
    assert!(tx_hash.length() == 32, EBadTxHashLength);
    replace(
        sender,
        tx_hash,
        epoch,
        epoch_timestamp_ms,
        ids_created,
        rgp,
        gas_price,
        gas_budget,
        sponsor.to_vec(),
    );
    TxContext { sender, tx_hash, epoch, epoch_timestamp_ms, ids_created }
}

#[test_only]
public fun new(
    sender: address,
    tx_hash: vector<u8>,
    epoch: u64,
    epoch_timestamp_ms: u64,
    ids_created: u64,
): TxContext {
    create(
        sender,
        tx_hash,
        epoch,
        epoch_timestamp_ms,
        ids_created,
        700,
        700,
        100_000_000,
        option::none(),
    )
}

#[test_only]
public fun new_from_hint(
    addr: address,
    hint: u64,
    epoch: u64,
    epoch_timestamp_ms: u64,
    ids_created: u64,
): TxContext {
    new(addr, dummy_tx_hash_with_hint(hint), epoch, epoch_timestamp_ms, ids_created)
}

#[test_only]
public fun dummy(): TxContext {
    new_from_hint(@0x0, 0, 0, 0, 0)
}

#[test_only]
/// A transaction hash that is the hint in little endian, filled up with zeros.
fun dummy_tx_hash_with_hint(hint: u64): vector<u8> {
    let mut hash = std::bcs::to_bytes(&hint);
    while (hash.length() < 32) hash.push_back(0);
    hash
}

#[test_only]
public fun last_created_object_id(_self: &TxContext): address {
    assert!(native_ids_created() > 0, ENoIDsCreated);
    last_created_id()
}

#[test_only]
public fun increment_epoch_number(self: &mut TxContext) {
    let epoch = native_epoch() + 1;
    self.set_epoch(epoch, native_epoch_timestamp_ms())
}

#[test_only]
public fun increment_epoch_timestamp(self: &mut TxContext, delta_ms: u64) {
    let at = native_epoch_timestamp_ms() + delta_ms;
    self.set_epoch(native_epoch(), at)
}

#[test_only]
fun set_epoch(self: &mut TxContext, epoch: u64, epoch_timestamp_ms: u64) {
    self.epoch = epoch;
    self.epoch_timestamp_ms = epoch_timestamp_ms;
    replace(
        native_sender(),
        self.tx_hash,
        epoch,
        epoch_timestamp_ms,
        native_ids_created(),
        native_rgp(),
        native_gas_price(),
        native_gas_budget(),
        native_sponsor(),
    )
}

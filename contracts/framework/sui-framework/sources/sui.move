/// The native currency: 10^9 MIST a SUI.
module sui::sui;

use sui::balance::{Self, Balance};
use sui::coin::Coin;

const EAlreadyMinted: u64 = 0;
const ENotSystemAddress: u64 = 1;

const MIST_PER_SUI: u64 = 1_000_000_000;
const TOTAL_SUPPLY_SUI: u64 = 10_000_000_000;

public struct SUI has drop {}

#[allow(unused_function)]
/// The whole supply, at genesis and only then.
fun new(ctx: &mut TxContext): Balance<SUI> {
    assert!(ctx.sender() == @0x0, ENotSystemAddress);
    assert!(ctx.epoch() == 0, EAlreadyMinted);
    let mut supply = balance::create_supply(SUI {});
    let minted = supply.increase_supply(TOTAL_SUPPLY_SUI * MIST_PER_SUI);
    supply.destroy_supply();
    minted
}

public entry fun transfer(c: Coin<SUI>, recipient: address) {
    transfer::public_transfer(c, recipient)
}

/// Reads values back out of BCS bytes.
module sui::bcs;

use sui::address;

const EOutOfRange: u64 = 0;
const ENotBool: u64 = 1;
const ELenOutOfRange: u64 = 2;

/// The bytes left to read, last first.
public struct BCS has copy, drop, store {
    bytes: vector<u8>,
}

public fun to_bytes<T>(value: &T): vector<u8> {
    std::bcs::to_bytes(value)
}

public fun new(mut bytes: vector<u8>): BCS {
    bytes.reverse();
    BCS { bytes }
}

public fun into_remainder_bytes(bcs: BCS): vector<u8> {
    let BCS { mut bytes } = bcs;
    bytes.reverse();
    bytes
}

public fun peel_address(bcs: &mut BCS): address {
    assert!(bcs.bytes.length() >= address::length(), EOutOfRange);
    let mut bytes = vector[];
    let mut i = 0;
    while (i < address::length()) {
        bytes.push_back(bcs.bytes.pop_back());
        i = i + 1;
    };
    address::from_bytes(bytes)
}

public fun peel_bool(bcs: &mut BCS): bool {
    let byte = bcs.peel_u8();
    assert!(byte <= 1, ENotBool);
    byte == 1
}

public fun peel_u8(bcs: &mut BCS): u8 {
    assert!(bcs.bytes.length() >= 1, EOutOfRange);
    bcs.bytes.pop_back()
}

public fun peel_u16(bcs: &mut BCS): u16 {
    bcs.peel_uint(2) as u16
}

public fun peel_u32(bcs: &mut BCS): u32 {
    bcs.peel_uint(4) as u32
}

public fun peel_u64(bcs: &mut BCS): u64 {
    bcs.peel_uint(8) as u64
}

public fun peel_u128(bcs: &mut BCS): u128 {
    bcs.peel_uint(16) as u128
}

public fun peel_u256(bcs: &mut BCS): u256 {
    bcs.peel_uint(32)
}

/// A ULEB128 length.
public fun peel_vec_length(bcs: &mut BCS): u64 {
    let mut total = 0u64;
    let mut shift = 0u8;
    let mut count = 0;
    loop {
        assert!(count <= 4, ELenOutOfRange);
        let byte = bcs.peel_u8() as u64;
        count = count + 1;
        total = total | ((byte & 0x7f) << shift);
        if (byte & 0x80 == 0) return total;
        shift = shift + 7;
    }
}

public fun peel_vec_u8(bcs: &mut BCS): vector<u8> {
    let n = bcs.peel_vec_length();
    let mut i = 0;
    let mut bytes = vector[];
    while (i < n) {
        bytes.push_back(bcs.peel_u8());
        i = i + 1;
    };
    bytes
}

/// `n` bytes, little endian.
fun peel_uint(bcs: &mut BCS, n: u8): u256 {
    assert!(bcs.bytes.length() >= (n as u64), EOutOfRange);
    let mut value = 0u256;
    let mut i = 0u8;
    while (i < n) {
        let byte = bcs.bytes.pop_back() as u256;
        // 31 * 8 = 248 is the largest shift, so it fits in a u8.
        value = value | (byte << (i * 8));
        i = i + 1;
    };
    value
}

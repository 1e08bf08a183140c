#[defines_primitive(address)]
module sui::address;

use std::ascii;
use std::bcs;
use std::string::String;
use sui::hex;

const LENGTH: u64 = 32;
const MAX: u256 = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF;
const EAddressParseError: u64 = 0;

public native fun to_u256(a: address): u256;
public native fun from_u256(n: u256): address;

/// Aborts unless there are exactly 32 bytes.
public native fun from_bytes(bytes: vector<u8>): address;

public fun to_bytes(a: address): vector<u8> {
    bcs::to_bytes(&a)
}

/// 64 hex digits, without 0x.
public fun to_ascii_string(a: address): ascii::String {
    hex::encode(to_bytes(a)).to_ascii_string()
}

public fun to_string(a: address): String {
    to_ascii_string(a).to_string()
}

/// Parses 64 hex digits without 0x.
public fun from_ascii_bytes(bytes: &vector<u8>): address {
    assert!(bytes.length() == 64, EAddressParseError);
    from_bytes(hex::decode(*bytes))
}

public fun length(): u64 {
    LENGTH
}

public fun max(): u256 {
    MAX
}

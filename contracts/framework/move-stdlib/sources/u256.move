#[defines_primitive(u256)]
module std::u256;

use std::string::String;

public fun max(x: u256, y: u256): u256 {
    if (x > y) x else y
}

public fun min(x: u256, y: u256): u256 {
    if (x < y) x else y
}

public fun diff(x: u256, y: u256): u256 {
    if (x > y) x - y else y - x
}

public fun bitwise_not(x: u256): u256 {
    x ^ max_value!()
}

public fun divide_and_round_up(x: u256, y: u256): u256 {
    if (x % y == 0) x / y else x / y + 1
}

/// `base` to the power of `exponent`; aborts with an arithmetic error on overflow.
public fun pow(base: u256, exponent: u8): u256 {
    let mut result: u256 = 1;
    let mut left = exponent;
    while (left > 0) {
        result = result * base;
        left = left - 1;
    };
    result
}

public fun try_as_u8(x: u256): Option<u8> {
    if (x > 0xFF) option::none() else option::some(x as u8)
}

public fun try_as_u16(x: u256): Option<u16> {
    if (x > 0xFFFF) option::none() else option::some(x as u16)
}

public fun try_as_u32(x: u256): Option<u32> {
    if (x > 0xFFFFFFFF) option::none() else option::some(x as u32)
}

public fun try_as_u64(x: u256): Option<u64> {
    if (x > 0xFFFFFFFFFFFFFFFF) option::none() else option::some(x as u64)
}

public fun try_as_u128(x: u256): Option<u128> {
    if (x > 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF) option::none() else option::some(x as u128)
}

/// Decimal digits.
public fun to_string(x: u256): String {
    if (x == 0) return b"0".to_string();
    let mut rest = x;
    let mut digits = vector[];
    while (rest != 0) {
        digits.push_back((48 + rest % 10) as u8);
        rest = rest / 10;
    };
    digits.reverse();
    digits.to_string()
}

public macro fun max_value(): u256 {
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF
}

/// Runs `f` for each number from `start` up to, not including, `stop`.
public macro fun range_do<$R: drop>($start: u256, $stop: u256, $f: |u256| -> $R) {
    let mut i = $start;
    let stop = $stop;
    while (i < stop) {
        $f(i);
        i = i + 1;
    }
}

public macro fun do<$R: drop>($stop: u256, $f: |u256| -> $R) {
    range_do!(0, $stop, $f)
}

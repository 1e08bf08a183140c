#[defines_primitive(u8)]
module std::u8;

use std::string::String;

public fun max(x: u8, y: u8): u8 {
    if (x > y) x else y
}

public fun min(x: u8, y: u8): u8 {
    if (x < y) x else y
}

public fun diff(x: u8, y: u8): u8 {
    if (x > y) x - y else y - x
}

public fun bitwise_not(x: u8): u8 {
    x ^ max_value!()
}

public fun divide_and_round_up(x: u8, y: u8): u8 {
    if (x % y == 0) x / y else x / y + 1
}

/// `base` to the power of `exponent`; aborts with an arithmetic error on overflow.
public fun pow(base: u8, exponent: u8): u8 {
    let mut result: u8 = 1;
    let mut left = exponent;
    while (left > 0) {
        result = result * base;
        left = left - 1;
    };
    result
}

/// Decimal digits.
public fun to_string(x: u8): String {
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

public macro fun max_value(): u8 {
    0xFF
}

/// Runs `f` for each number from `start` up to, not including, `stop`.
public macro fun range_do<$R: drop>($start: u8, $stop: u8, $f: |u8| -> $R) {
    let mut i = $start;
    let stop = $stop;
    while (i < stop) {
        $f(i);
        i = i + 1;
    }
}

public macro fun do<$R: drop>($stop: u8, $f: |u8| -> $R) {
    range_do!(0, $stop, $f)
}

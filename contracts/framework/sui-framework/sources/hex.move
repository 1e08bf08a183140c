module sui::hex;

const EInvalidHexLength: u64 = 0;
const ENotValidHexCharacter: u64 = 1;

/// Lower-case hex digits, two a byte.
public fun encode(bytes: vector<u8>): vector<u8> {
    let n = bytes.length();
    let mut i = 0;
    let mut text = vector[];
    while (i < n) {
        text.push_back(digit(bytes[i] / 16));
        text.push_back(digit(bytes[i] % 16));
        i = i + 1;
    };
    text
}

public fun decode(hex: vector<u8>): vector<u8> {
    let n = hex.length();
    assert!(n % 2 == 0, EInvalidHexLength);
    let mut i = 0;
    let mut bytes = vector[];
    while (i < n) {
        bytes.push_back(value(hex[i]) * 16 + value(hex[i + 1]));
        i = i + 2;
    };
    bytes
}

fun digit(v: u8): u8 {
    if (v < 10) 48 + v else 87 + v
}

fun value(c: u8): u8 {
    if (48 <= c && c < 58) c - 48
    else if (65 <= c && c < 71) c - 55
    else if (97 <= c && c < 103) c - 87
    else abort ENotValidHexCharacter
}

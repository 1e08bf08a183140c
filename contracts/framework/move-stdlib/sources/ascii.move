/// Strings of 7-bit characters.
module std::ascii;

public use fun std::string::from_ascii as String.to_string;

public struct String has copy, drop, store {
    bytes: vector<u8>,
}

public struct Char has copy, drop, store {
    byte: u8,
}

const EInvalidASCIICharacter: u64 = 0x10000;
const EInvalidIndex: u64 = 0x10001;

public fun char(byte: u8): Char {
    assert!(is_valid_char(byte), EInvalidASCIICharacter);
    Char { byte }
}

public fun string(bytes: vector<u8>): String {
    let made = try_string(bytes);
    assert!(made.is_some(), EInvalidASCIICharacter);
    made.destroy_some()
}

public fun try_string(bytes: vector<u8>): Option<String> {
    let n = bytes.length();
    let mut i = 0;
    while (i < n) {
        if (!is_valid_char(bytes[i])) return option::none();
        i = i + 1;
    };
    option::some(String { bytes })
}

public fun is_valid_char(b: u8): bool {
    b <= 0x7F
}

public fun is_printable_char(byte: u8): bool {
    byte >= 0x20 && byte <= 0x7E
}

public fun all_characters_printable(s: &String): bool {
    let n = s.bytes.length();
    let mut i = 0;
    while (i < n) {
        if (!is_printable_char(s.bytes[i])) return false;
        i = i + 1;
    };
    true
}

public fun push_char(s: &mut String, char: Char) {
    s.bytes.push_back(char.byte)
}

public fun pop_char(s: &mut String): Char {
    Char { byte: s.bytes.pop_back() }
}

public fun length(s: &String): u64 {
    s.bytes.length()
}

public fun is_empty(s: &String): bool {
    s.bytes.is_empty()
}

public fun append(s: &mut String, other: String) {
    s.bytes.append(other.into_bytes())
}

/// The characters from `i` up to, not including, `j`.
public fun substring(s: &String, i: u64, j: u64): String {
    assert!(i <= j && j <= s.length(), EInvalidIndex);
    let mut bytes = vector[];
    let mut at = i;
    while (at < j) {
        bytes.push_back(s.bytes[at]);
        at = at + 1;
    };
    String { bytes }
}

/// Index of the first occurrence of `part`, or the length of `s` when there is none.
public fun index_of(s: &String, part: &String): u64 {
    let n = s.length();
    let m = part.length();
    let mut i = 0;
    while (i + m <= n) {
        let mut j = 0;
        while (j < m && s.bytes[i + j] == part.bytes[j]) j = j + 1;
        if (j == m) return i;
        i = i + 1;
    };
    n
}

public fun as_bytes(s: &String): &vector<u8> {
    &s.bytes
}

public fun into_bytes(s: String): vector<u8> {
    let String { bytes } = s;
    bytes
}

public fun byte(c: Char): u8 {
    let Char { byte } = c;
    byte
}

/// Names of types at run time, such as `0000…0002::coin::Coin<0000…0002::sui::SUI>` (addresses in full, without 0x).
module std::type_name;

use std::ascii::{Self, String};

public struct TypeName has copy, drop, store {
    name: String,
}

const ENonModuleType: u64 = 0;

/// A name whose addresses are those of the package versions that first defined each type.
public native fun with_defining_ids<T>(): TypeName;

/// A name whose addresses are those of each package's first version.
public native fun with_original_ids<T>(): TypeName;

public native fun defining_id<T>(): address;

public native fun original_id<T>(): address;

public fun is_primitive(self: &TypeName): bool {
    let bytes = self.name.as_bytes();
    let n = bytes.length();
    let mut i = 0;
    let mut prefix = vector[];
    while (i < n && bytes[i] != 60) {
        // An address in front of a module is 64 hex digits followed by two colons.
        if (bytes[i] == 58) return false;
        prefix.push_back(bytes[i]);
        i = i + 1;
    };
    true
}

public fun as_string(self: &TypeName): &String {
    &self.name
}

public fun into_string(self: TypeName): String {
    self.name
}

/// The 64 hex digits in front of the first `::`.
public fun address_string(self: &TypeName): String {
    assert!(!self.is_primitive(), ENonModuleType);
    self.name.substring(0, 64)
}

public fun module_string(self: &TypeName): String {
    assert!(!self.is_primitive(), ENonModuleType);
    let bytes = self.name.as_bytes();
    let mut i = 66;
    let mut name = vector[];
    while (bytes[i] != 58) {
        name.push_back(bytes[i]);
        i = i + 1;
    };
    ascii::string(name)
}

module std::address;

/// Length of an address in bytes.
public fun length(): u64 {
    32
}

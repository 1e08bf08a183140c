#[test_only]
module sui::test_utils;

/// Ends the life of any value.
public fun destroy<T>(x: T) {
    std::unit_test::destroy(x)
}

public fun assert_eq<T: drop>(t1: T, t2: T) {
    std::unit_test::assert_ref_eq!(&t1, &t2)
}

/// A one-time witness outside `init`.
public native fun create_one_time_witness<T: drop>(): T;

public fun print(str: vector<u8>) {
    std::debug::print(&str.to_ascii_string())
}

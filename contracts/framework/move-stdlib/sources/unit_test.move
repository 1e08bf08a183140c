#[test_only]
/// Helpers of unit tests. `poison` is called by the compiler so that test code cannot be published.
module std::unit_test;

const EAssertFailed: u64 = 0x00AB;

/// Ends the life of any value, whatever its abilities.
public native fun destroy<T>(value: T);

/// Referenced by every module that is compiled in test mode; does not exist outside the test VM.
public native fun poison();

public macro fun assert_eq<$T: drop>($t1: $T, $t2: $T) {
    let t1 = $t1;
    let t2 = $t2;
    assert_ref_eq!(&t1, &t2)
}

public macro fun assert_ref_eq<$T>($t1: &$T, $t2: &$T) {
    let t1 = $t1;
    let t2 = $t2;
    if (t1 != t2) {
        std::debug::print(&b"Assertion failed:");
        std::debug::print(t1);
        std::debug::print(&b"!=");
        std::debug::print(t2);
        assert_failed()
    }
}

public fun assert_failed() {
    abort EAssertFailed
}

module sui::event;

/// Records an event; only the module that defines `T` may emit it.
public native fun emit<T: copy + drop>(event: T);

#[test_only]
/// Events emitted since the transaction of the test scenario began.
public native fun num_events(): u32;

#[test_only]
public native fun events_by_type<T: copy + drop>(): vector<T>;

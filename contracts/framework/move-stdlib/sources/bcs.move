/// Binary canonical serialisation of any value.
module std::bcs;

public native fun to_bytes<MoveValue>(v: &MoveValue): vector<u8>;

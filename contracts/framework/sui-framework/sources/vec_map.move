/// A small map in a vector: every operation is linear.
module sui::vec_map;

const EKeyAlreadyExists: u64 = 0;
const EKeyDoesNotExist: u64 = 1;
const EMapNotEmpty: u64 = 2;
const EIndexOutOfBounds: u64 = 3;

public struct VecMap<K: copy, V> has copy, drop, store {
    contents: vector<Entry<K, V>>,
}

public struct Entry<K: copy, V> has copy, drop, store {
    key: K,
    value: V,
}

public fun empty<K: copy, V>(): VecMap<K, V> {
    VecMap { contents: vector[] }
}

public fun insert<K: copy, V>(self: &mut VecMap<K, V>, key: K, value: V) {
    assert!(!self.contains(&key), EKeyAlreadyExists);
    self.contents.push_back(Entry { key, value })
}

public fun remove<K: copy, V>(self: &mut VecMap<K, V>, key: &K): (K, V) {
    let at = self.get_idx(key);
    let Entry { key, value } = self.contents.remove(at);
    (key, value)
}

public fun pop<K: copy, V>(self: &mut VecMap<K, V>): (K, V) {
    assert!(!self.contents.is_empty(), EMapNotEmpty);
    let Entry { key, value } = self.contents.pop_back();
    (key, value)
}

#[syntax(index)]
public fun get_mut<K: copy, V>(self: &mut VecMap<K, V>, key: &K): &mut V {
    let at = self.get_idx(key);
    &mut self.contents[at].value
}

#[syntax(index)]
public fun get<K: copy, V>(self: &VecMap<K, V>, key: &K): &V {
    let at = self.get_idx(key);
    &self.contents[at].value
}

public fun try_get<K: copy, V: copy>(self: &VecMap<K, V>, key: &K): Option<V> {
    let at = self.get_idx_opt(key);
    if (at.is_some()) option::some(self.contents[at.destroy_some()].value) else option::none()
}

public fun contains<K: copy, V>(self: &VecMap<K, V>, key: &K): bool {
    self.get_idx_opt(key).is_some()
}

public fun length<K: copy, V>(self: &VecMap<K, V>): u64 {
    self.contents.length()
}

public fun is_empty<K: copy, V>(self: &VecMap<K, V>): bool {
    self.contents.is_empty()
}

public fun destroy_empty<K: copy, V>(self: VecMap<K, V>) {
    let VecMap { contents } = self;
    assert!(contents.is_empty(), EMapNotEmpty);
    contents.destroy_empty()
}

/// Keys in the order of insertion.
public fun keys<K: copy, V>(self: &VecMap<K, V>): vector<K> {
    let n = self.contents.length();
    let mut i = 0;
    let mut keys = vector[];
    while (i < n) {
        keys.push_back(self.contents[i].key);
        i = i + 1;
    };
    keys
}

public fun get_idx_opt<K: copy, V>(self: &VecMap<K, V>, key: &K): Option<u64> {
    let n = self.contents.length();
    let mut i = 0;
    while (i < n) {
        if (&self.contents[i].key == key) return option::some(i);
        i = i + 1;
    };
    option::none()
}

public fun get_idx<K: copy, V>(self: &VecMap<K, V>, key: &K): u64 {
    let at = self.get_idx_opt(key);
    assert!(at.is_some(), EKeyDoesNotExist);
    at.destroy_some()
}

public fun get_entry_by_idx<K: copy, V>(self: &VecMap<K, V>, idx: u64): (&K, &V) {
    assert!(idx < self.contents.length(), EIndexOutOfBounds);
    let entry = &self.contents[idx];
    (&entry.key, &entry.value)
}

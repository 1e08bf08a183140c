/// Growable arrays. The eight natives are single bytecode instructions of the Move VM.
#[defines_primitive(vector)]
module std::vector;

public use fun std::string::utf8 as vector.to_string;
public use fun std::string::try_utf8 as vector.try_to_string;
public use fun std::ascii::string as vector.to_ascii_string;
public use fun std::ascii::try_string as vector.try_to_ascii_string;

const EINDEX_OUT_OF_BOUNDS: u64 = 0x20000;

#[bytecode_instruction]
public native fun empty<Element>(): vector<Element>;

#[bytecode_instruction]
public native fun length<Element>(v: &vector<Element>): u64;

#[bytecode_instruction, syntax(index)]
public native fun borrow<Element>(v: &vector<Element>, i: u64): &Element;

#[bytecode_instruction]
public native fun push_back<Element>(v: &mut vector<Element>, e: Element);

#[bytecode_instruction, syntax(index)]
public native fun borrow_mut<Element>(v: &mut vector<Element>, i: u64): &mut Element;

#[bytecode_instruction]
public native fun pop_back<Element>(v: &mut vector<Element>): Element;

#[bytecode_instruction]
public native fun destroy_empty<Element>(v: vector<Element>);

#[bytecode_instruction]
public native fun swap<Element>(v: &mut vector<Element>, i: u64, j: u64);

public fun singleton<Element>(e: Element): vector<Element> {
    let mut v = empty();
    push_back(&mut v, e);
    v
}

public fun is_empty<Element>(v: &vector<Element>): bool {
    length(v) == 0
}

public fun contains<Element>(v: &vector<Element>, e: &Element): bool {
    let (found, _) = index_of(v, e);
    found
}

/// (true, index of the first equal element), or (false, 0).
public fun index_of<Element>(v: &vector<Element>, e: &Element): (bool, u64) {
    let n = length(v);
    let mut i = 0;
    while (i < n) {
        if (borrow(v, i) == e) return (true, i);
        i = i + 1;
    };
    (false, 0)
}

public fun reverse<Element>(v: &mut vector<Element>) {
    let n = length(v);
    let mut i = 0;
    while (i < n / 2) {
        swap(v, i, n - 1 - i);
        i = i + 1;
    }
}

public fun append<Element>(v: &mut vector<Element>, mut other: vector<Element>) {
    reverse(&mut other);
    while (!is_empty(&other)) push_back(v, pop_back(&mut other));
    destroy_empty(other)
}

/// Removes element `i`, keeping the order of the rest.
public fun remove<Element>(v: &mut vector<Element>, i: u64): Element {
    let n = length(v);
    assert!(i < n, EINDEX_OUT_OF_BOUNDS);
    let mut at = i;
    while (at + 1 < n) {
        swap(v, at, at + 1);
        at = at + 1;
    };
    pop_back(v)
}

public fun insert<Element>(v: &mut vector<Element>, e: Element, i: u64) {
    let n = length(v);
    assert!(i <= n, EINDEX_OUT_OF_BOUNDS);
    push_back(v, e);
    let mut at = n;
    while (at > i) {
        swap(v, at, at - 1);
        at = at - 1;
    }
}

/// Removes element `i` in constant time; the last element takes its place.
public fun swap_remove<Element>(v: &mut vector<Element>, i: u64): Element {
    let n = length(v);
    assert!(n > 0, EINDEX_OUT_OF_BOUNDS);
    swap(v, i, n - 1);
    pop_back(v)
}

/// Applies `f` to every element, first to last, and consumes the vector.
public macro fun destroy<$T, $R: drop>($v: vector<$T>, $f: |$T| -> $R) {
    let mut v = $v;
    reverse(&mut v);
    while (!is_empty(&v)) {
        $f(pop_back(&mut v));
    };
    destroy_empty(v)
}

public macro fun do<$T, $R: drop>($v: vector<$T>, $f: |$T| -> $R) {
    let mut v = $v;
    reverse(&mut v);
    while (!is_empty(&v)) {
        $f(pop_back(&mut v));
    };
    destroy_empty(v)
}

public macro fun do_ref<$T, $R: drop>($v: &vector<$T>, $f: |&$T| -> $R) {
    let v = $v;
    let n = length(v);
    let mut i = 0;
    while (i < n) {
        $f(borrow(v, i));
        i = i + 1;
    }
}

public macro fun do_mut<$T, $R: drop>($v: &mut vector<$T>, $f: |&mut $T| -> $R) {
    let v = $v;
    let n = length(v);
    let mut i = 0;
    while (i < n) {
        $f(borrow_mut(v, i));
        i = i + 1;
    }
}

/// A vector of `f(0) .. f(n - 1)`.
public macro fun tabulate<$T>($n: u64, $f: |u64| -> $T): vector<$T> {
    let n = $n;
    let mut made = empty();
    let mut i = 0;
    while (i < n) {
        push_back(&mut made, $f(i));
        i = i + 1;
    };
    made
}

public macro fun map_ref<$T, $U>($v: &vector<$T>, $f: |&$T| -> $U): vector<$U> {
    let v = $v;
    let n = length(v);
    let mut made = empty();
    let mut i = 0;
    while (i < n) {
        push_back(&mut made, $f(borrow(v, i)));
        i = i + 1;
    };
    made
}

public macro fun any<$T>($v: &vector<$T>, $f: |&$T| -> bool): bool {
    let v = $v;
    let n = length(v);
    let mut i = 0;
    let mut found = false;
    while (i < n && !found) {
        found = $f(borrow(v, i));
        i = i + 1;
    };
    found
}

public macro fun all<$T>($v: &vector<$T>, $f: |&$T| -> bool): bool {
    let v = $v;
    let n = length(v);
    let mut i = 0;
    let mut held = true;
    while (i < n && held) {
        held = $f(borrow(v, i));
        i = i + 1;
    };
    held
}

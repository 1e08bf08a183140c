/// A value that may be absent: a vector of at most one element.
module std::option;

public struct Option<Element> has copy, drop, store {
    vec: vector<Element>,
}

const EOPTION_IS_SET: u64 = 0x40000;
const EOPTION_NOT_SET: u64 = 0x40001;

public fun none<Element>(): Option<Element> {
    Option { vec: vector::empty() }
}

public fun some<Element>(e: Element): Option<Element> {
    Option { vec: vector::singleton(e) }
}

public fun is_none<Element>(t: &Option<Element>): bool {
    t.vec.is_empty()
}

public fun is_some<Element>(t: &Option<Element>): bool {
    !t.vec.is_empty()
}

public fun contains<Element>(t: &Option<Element>, e: &Element): bool {
    t.vec.contains(e)
}

public fun borrow<Element>(t: &Option<Element>): &Element {
    assert!(t.is_some(), EOPTION_NOT_SET);
    &t.vec[0]
}

public fun borrow_mut<Element>(t: &mut Option<Element>): &mut Element {
    assert!(t.is_some(), EOPTION_NOT_SET);
    &mut t.vec[0]
}

public fun borrow_with_default<Element>(t: &Option<Element>, fallback: &Element): &Element {
    if (t.vec.is_empty()) fallback else &t.vec[0]
}

public fun get_with_default<Element: copy + drop>(t: &Option<Element>, fallback: Element): Element {
    if (t.vec.is_empty()) fallback else t.vec[0]
}

public fun fill<Element>(t: &mut Option<Element>, e: Element) {
    assert!(t.vec.is_empty(), EOPTION_IS_SET);
    t.vec.push_back(e)
}

public fun extract<Element>(t: &mut Option<Element>): Element {
    assert!(t.is_some(), EOPTION_NOT_SET);
    t.vec.pop_back()
}

public fun swap<Element>(t: &mut Option<Element>, e: Element): Element {
    assert!(t.is_some(), EOPTION_NOT_SET);
    let old = t.vec.pop_back();
    t.vec.push_back(e);
    old
}

public fun swap_or_fill<Element>(t: &mut Option<Element>, e: Element): Option<Element> {
    let old = if (t.vec.is_empty()) none() else some(t.vec.pop_back());
    t.vec.push_back(e);
    old
}

public fun destroy_with_default<Element: drop>(t: Option<Element>, fallback: Element): Element {
    let Option { mut vec } = t;
    if (vec.is_empty()) fallback else vec.pop_back()
}

public fun destroy_some<Element>(t: Option<Element>): Element {
    assert!(t.is_some(), EOPTION_NOT_SET);
    let Option { mut vec } = t;
    let e = vec.pop_back();
    vec.destroy_empty();
    e
}

public fun destroy_none<Element>(t: Option<Element>) {
    assert!(t.is_none(), EOPTION_IS_SET);
    let Option { vec } = t;
    vec.destroy_empty()
}

public fun to_vec<Element>(t: Option<Element>): vector<Element> {
    let Option { vec } = t;
    vec
}

public macro fun do<$T, $R: drop>($o: Option<$T>, $f: |$T| -> $R) {
    let o = $o;
    if (o.is_some()) {
        $f(o.destroy_some());
    } else o.destroy_none()
}

public macro fun do_ref<$T, $R: drop>($o: &Option<$T>, $f: |&$T| -> $R) {
    let o = $o;
    if (o.is_some()) {
        $f(o.borrow());
    }
}

public macro fun destroy_or<$T>($o: Option<$T>, $default: $T): $T {
    let o = $o;
    if (o.is_some()) o.destroy_some()
    else {
        o.destroy_none();
        $default
    }
}

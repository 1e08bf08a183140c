/// Dynamic fields whose values are objects and stay visible under their own ids.
module sui::dynamic_object_field;

use sui::dynamic_field::{
    Self as field,
    add_child_object,
    borrow_child_object,
    borrow_child_object_mut,
    remove_child_object
};

public struct Wrapper<Name> has copy, drop, store {
    name: Name,
}

public fun add<Name: copy + drop + store, Value: key + store>(object: &mut UID, name: Name, value: Value) {
    let key = Wrapper { name };
    let id = object::id(&value);
    field::add(object, key, id);
    let (wrapper, _) = field::field_info<Wrapper<Name>>(object, key);
    add_child_object(wrapper.to_address(), value)
}

public fun borrow<Name: copy + drop + store, Value: key + store>(object: &UID, name: Name): &Value {
    let (wrapper, id) = field::field_info(object, Wrapper { name });
    borrow_child_object(wrapper, id)
}

public fun borrow_mut<Name: copy + drop + store, Value: key + store>(
    object: &mut UID,
    name: Name,
): &mut Value {
    let (wrapper, id) = field::field_info_mut(object, Wrapper { name });
    borrow_child_object_mut(wrapper, id)
}

public fun remove<Name: copy + drop + store, Value: key + store>(object: &mut UID, name: Name): Value {
    let key = Wrapper { name };
    let (wrapper, id) = field::field_info(object, key);
    let value = remove_child_object(wrapper.to_address(), id);
    field::remove<Wrapper<Name>, ID>(object, key);
    value
}

public fun exists_<Name: copy + drop + store>(object: &UID, name: Name): bool {
    field::exists_with_type<Wrapper<Name>, ID>(object, Wrapper { name })
}

public fun id<Name: copy + drop + store>(object: &UID, name: Name): Option<ID> {
    let key = Wrapper { name };
    if (!field::exists_with_type<Wrapper<Name>, ID>(object, key)) return option::none();
    let (_, id) = field::field_info(object, key);
    option::some(object::id_from_address(id))
}

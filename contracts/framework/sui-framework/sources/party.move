/// Who may use an object whose versions consensus assigns. One owner with every right is all that can be asked for so far.
module sui::party;

use sui::vec_map::{Self, VecMap};

const NO_PERMISSIONS: u64 = 0x0;
/// To read (1), write (2), delete (4) and transfer (8).
const ALL_PERMISSIONS: u64 = 0xF;

public struct Party has copy, drop {
    /// Of a sender who is no member.
    default: Permissions,
    members: VecMap<address, Permissions>,
}

public struct Permissions(u64) has copy, drop;

public fun single_owner(owner: address): Party {
    let mut members = vec_map::empty();
    members.insert(owner, Permissions(ALL_PERMISSIONS));
    Party { default: Permissions(NO_PERMISSIONS), members }
}

public(package) fun is_single_owner(p: &Party): bool {
    if (p.default.0 != NO_PERMISSIONS || p.members.length() != 1) return false;
    let (_, permissions) = p.members.get_entry_by_idx(0);
    permissions.0 == ALL_PERMISSIONS
}

/// Default, members and the members' permissions, as the native function of `sui::transfer` takes them.
public(package) fun into_native(p: Party): (u64, vector<address>, vector<u64>) {
    let n = p.members.length();
    let mut i = 0;
    let (mut members, mut permissions) = (vector[], vector[]);
    while (i < n) {
        let (member, held) = p.members.get_entry_by_idx(i);
        members.push_back(*member);
        permissions.push_back(held.0);
        i = i + 1;
    };
    (p.default.0, members, permissions)
}

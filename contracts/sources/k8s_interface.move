/// Clusters, and who may use them.
module k3s_daas::k8s_interface;

use k3s_daas::k8s_gateway::{Self, NautilusEndpoint};
use std::string::String;
use sui::clock::Clock;
use sui::dynamic_field;
use sui::event;
use sui::vec_set::{Self, VecSet};

// === Abort codes (see aborts.yaml) ===

/// Only the cluster's owner may do this.
const ENotOwner: u64 = 1;
const EAlreadyAuthorised: u64 = 2;
/// The user is not authorised, so cannot be revoked.
const ENotAuthorised: u64 = 3;
/// An argument is empty, too long or out of range.
const EInvalidArgument: u64 = 4;

// === Constants ===

const STATUS_ACTIVE: u8 = 1;
const STATUS_PAUSED: u8 = 2;

const MAX_NAME_LENGTH: u64 = 63;

// === Objects ===

/// Shared. Under its id, a dynamic field named by each authorised user's address holds the id of the `UserPermission`
/// that counts, so that one from before a revocation never counts again.
public struct Cluster has key {
    id: UID,
    name: String,
    nautilus_endpoint: ID,
    owner: address,
    /// 1 active, 2 paused.
    status: u8,
    authorized_users: VecSet<address>,
    /// Unix seconds.
    created_at: u64,
}

/// What a user may do in one cluster. The user's own; cannot be passed on.
public struct UserPermission has key {
    id: UID,
    cluster: ID,
    user: address,
    /// `<resource>:<read|write>` each, or `*:*`.
    permissions: vector<String>,
}

/// Answer to `kubectl_request`.
public struct KubectlResponse has copy, drop {
    success: bool,
    /// The cluster's master.
    endpoint: ID,
    /// Empty on success.
    error_message: String,
}

// === Events ===

public struct ClusterCreated has copy, drop {
    cluster: ID,
    owner: address,
    nautilus_endpoint: ID,
    name: String,
}

public struct UserAuthorized has copy, drop {
    cluster: ID,
    user: address,
    permissions: vector<String>,
}

public struct UserRevoked has copy, drop {
    cluster: ID,
    user: address,
}

/// One a `kubectl_request`, allowed or denied.
public struct AuditEvent has copy, drop {
    cluster: ID,
    user: address,
    command: String,
    /// The first argument; empty when there was none.
    resource: String,
    allowed: bool,
    /// Empty when allowed; else BadRequest, ClusterPaused, NotAuthorised or Forbidden.
    reason: String,
}

// === The owner's functions ===

/// Shares a cluster of the sender's.
/// Aborts: EInvalidArgument (name empty or over 63 bytes).
public fun create_cluster(
    endpoint: &NautilusEndpoint,
    name: String,
    clock: &Clock,
    ctx: &mut TxContext,
) {
    assert!(!name.is_empty() && name.length() <= MAX_NAME_LENGTH, EInvalidArgument);
    let owner = ctx.sender();
    let cluster = Cluster {
        id: object::new(ctx),
        name,
        nautilus_endpoint: object::id(endpoint),
        owner,
        status: STATUS_ACTIVE,
        authorized_users: vec_set::empty(),
        created_at: clock.timestamp_ms() / 1000,
    };
    event::emit(ClusterCreated {
        cluster: object::id(&cluster),
        owner,
        nautilus_endpoint: cluster.nautilus_endpoint,
        name,
    });
    transfer::share_object(cluster);
}

/// 1 active, 2 paused.
/// Aborts: ENotOwner, EInvalidArgument.
public fun set_cluster_status(cluster: &mut Cluster, status: u8, ctx: &mut TxContext) {
    assert!(ctx.sender() == cluster.owner, ENotOwner);
    assert!(status == STATUS_ACTIVE || status == STATUS_PAUSED, EInvalidArgument);
    cluster.status = status;
}

/// Sends a `UserPermission` to `user`.
/// Aborts: ENotOwner, EInvalidArgument (no permissions, or an empty one), EAlreadyAuthorised.
public fun authorize_user(
    cluster: &mut Cluster,
    user: address,
    permissions: vector<String>,
    ctx: &mut TxContext,
) {
    assert!(ctx.sender() == cluster.owner, ENotOwner);
    assert!(!permissions.is_empty() && !permissions.contains(&b"".to_string()), EInvalidArgument);
    assert!(!cluster.authorized_users.contains(&user), EAlreadyAuthorised);
    let permission = UserPermission {
        id: object::new(ctx),
        cluster: object::id(cluster),
        user,
        permissions,
    };
    cluster.authorized_users.insert(user);
    dynamic_field::add(&mut cluster.id, user, object::id(&permission));
    event::emit(UserAuthorized { cluster: permission.cluster, user, permissions });
    transfer::transfer(permission, user);
}

/// Makes the user's `UserPermission` useless, at once and for good.
/// Aborts: ENotOwner, ENotAuthorised.
public fun revoke_user(cluster: &mut Cluster, user: address, ctx: &mut TxContext) {
    assert!(ctx.sender() == cluster.owner, ENotOwner);
    assert!(cluster.authorized_users.contains(&user), ENotAuthorised);
    cluster.authorized_users.remove(&user);
    dynamic_field::remove<address, ID>(&mut cluster.id, user);
    event::emit(UserRevoked { cluster: object::id(cluster), user });
}

// === The user's function ===

/// Whether the sender may run a kubectl command. Never aborts, so that a denial leaves its `AuditEvent`, too.
/// `command` is one of get list watch (read), create update patch delete (write); `args[0]` is the resource.
public fun kubectl_request(
    cluster: &Cluster,
    permission: &UserPermission,
    command: String,
    args: vector<String>,
    ctx: &mut TxContext,
): KubectlResponse {
    let user = ctx.sender();
    let resource = if (args.is_empty()) b"".to_string() else args[0];
    let (reason, message) = judge(cluster, permission, user, &command, resource);
    let allowed = reason.is_empty();
    event::emit(AuditEvent {
        cluster: object::id(cluster),
        user,
        command,
        resource,
        allowed,
        reason: reason.to_string(),
    });
    KubectlResponse {
        success: allowed,
        endpoint: cluster.nautilus_endpoint,
        error_message: message.to_string(),
    }
}

/// (reason, message), both empty when the request is allowed.
fun judge(
    cluster: &Cluster,
    permission: &UserPermission,
    user: address,
    command: &String,
    resource: String,
): (vector<u8>, vector<u8>) {
    let verb = verb_of(command);
    if (verb.is_empty()) return (b"BadRequest", b"unknown command");
    if (resource.is_empty()) return (b"BadRequest", b"no resource given");
    if (cluster.status != STATUS_ACTIVE) return (b"ClusterPaused", b"the cluster is paused");
    if (!counts(cluster, permission, user)) {
        return (b"NotAuthorised", b"the user is not authorised in this cluster")
    };
    if (!k8s_gateway::permits(&permission.permissions, resource, verb)) {
        return (b"Forbidden", b"the permission is missing")
    };
    (b"", b"")
}

/// The permission is the one the cluster gave to this user last, and has not been revoked.
fun counts(cluster: &Cluster, permission: &UserPermission, user: address): bool {
    permission.user == user &&
    permission.cluster == object::id(cluster) &&
    cluster.authorized_users.contains(&user) &&
    *dynamic_field::borrow<address, ID>(&cluster.id, user) == object::id(permission)
}

/// "read", "write", or empty for an unknown command.
fun verb_of(command: &String): vector<u8> {
    let c = command.as_bytes();
    if (c == &b"get" || c == &b"list" || c == &b"watch") b"read"
    else if (c == &b"create" || c == &b"update" || c == &b"patch" || c == &b"delete") b"write"
    else b""
}

// === Reading ===

public fun name(cluster: &Cluster): String {
    cluster.name
}

public fun endpoint(cluster: &Cluster): ID {
    cluster.nautilus_endpoint
}

public fun owner(cluster: &Cluster): address {
    cluster.owner
}

public fun status(cluster: &Cluster): u8 {
    cluster.status
}

/// Unix seconds.
public fun created_at(cluster: &Cluster): u64 {
    cluster.created_at
}

public fun is_authorized(cluster: &Cluster, user: address): bool {
    cluster.authorized_users.contains(&user)
}

public fun response_success(response: &KubectlResponse): bool {
    response.success
}

public fun response_endpoint(response: &KubectlResponse): ID {
    response.endpoint
}

public fun response_error_message(response: &KubectlResponse): String {
    response.error_message
}

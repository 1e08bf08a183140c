/// Seal tokens, gateways, masters, and the record of requests and results.
///
/// Who may do what is decided by objects: the holder of the `AdminCap` runs the registry, the holder of a `GatewayCap`
/// puts requests on chain, the holder of an endpoint's `MasterCap` answers them. A seal token acts only through its owner.
module k3s_daas::k8s_gateway;

use k3s_daas::staking::{Self, StakeRecord};
use std::string::String;
use sui::clock::Clock;
use sui::event;
use sui::table::{Self, Table};
use sui::vec_set::{Self, VecSet};

// === Abort codes (see aborts.yaml) ===

/// The stake is below the minimum of the kind of token that is asked for.
const EInsufficientStake: u64 = 1;
/// The token is revoked, expired, foreign or of the wrong kind, or its stake is not active.
const EInvalidSealToken: u64 = 2;
/// Permission missing, gateway retired, capability of another object, or not the owner.
const EUnauthorised: u64 = 3;
/// The endpoint is not active (or, for its master's calls, offline), or none is.
const EEndpointUnavailable: u64 = 4;
const ERequestIdUsed: u64 = 5;
const EUnknownRequest: u64 = 6;
const EAlreadyAnswered: u64 = 7;
/// The stake already has a live token.
const ETokenExists: u64 = 8;
/// An argument has the wrong length, form or range.
const EInvalidArgument: u64 = 9;

// === Constants ===

const STATUS_ACTIVE: u8 = 1;
const STATUS_OFFLINE: u8 = 3;

const DEFAULT_TOKEN_TTL: u64 = 86_400;
const MAX_TOKEN_TTL: u64 = 31_536_000;

const DIGEST_LENGTH: u64 = 32;
const PUBLIC_KEY_LENGTH: u64 = 32;
const PCR_LENGTH: u64 = 48;
const REQUEST_ID_LENGTH: u64 = 32;

const ANYTHING: vector<u8> = b"*:*";
const READ: vector<u8> = b"read";
const WRITE: vector<u8> = b"write";

// === Objects ===

/// The right to run the registry. The publisher gets the only one.
public struct AdminCap has key, store {
    id: UID,
}

/// The right of one gateway to put requests on chain. Cannot be passed on.
public struct GatewayCap has key {
    id: UID,
    registry: ID,
    gateway: address,
}

/// The right of one master to speak for its endpoint. Cannot be passed on.
public struct MasterCap has key {
    id: UID,
    endpoint: ID,
    master: address,
}

/// Shared; made when the package is published.
public struct Registry has key {
    id: UID,
    /// Life of new tokens, in seconds.
    token_ttl: u64,
    /// Ids of the active endpoints. New tokens go to the last: the one registered, or made active, most recently.
    endpoints: vector<ID>,
    /// The latest token of each stake record, unless it was revoked.
    tokens: Table<ID, TokenSlot>,
    /// Every request there ever was, by request id.
    requests: Table<String, RequestSlot>,
    /// Ids of the GatewayCaps that no longer count.
    revoked_gateways: VecSet<ID>,
}

public struct TokenSlot has copy, drop, store {
    token: ID,
    /// Unix seconds.
    expires_at: u64,
}

public struct RequestSlot has copy, drop, store {
    token: ID,
    nautilus_endpoint: ID,
    answered: bool,
}

/// A master in its enclave. Shared.
public struct NautilusEndpoint has key {
    id: UID,
    url: String,
    /// 1 active, 2 maintenance, 3 offline.
    status: u8,
    /// Ed25519, 32 bytes; empty until the master registers it.
    public_key: vector<u8>,
    /// Counts the keys registered so far.
    key_version: u64,
    /// PCR0, PCR1 and PCR2, 48 bytes each.
    expected_pcrs: vector<vector<u8>>,
    /// Unix seconds; 0 before the first.
    last_heartbeat: u64,
}

/// A right to use the cluster, bound to a stake. Shared; only its owner can use or change it, and the administrator can
/// revoke it.
public struct SealToken has key {
    id: UID,
    owner: address,
    stake_record: ID,
    /// Empty for users and administrators.
    node_id: String,
    /// In MIST, when the token was issued.
    stake_amount: u64,
    /// 1 user, 2 node, 3 administrator.
    stake_type: u8,
    /// `<resource>:<read|write>` each, or `*:*`.
    permissions: vector<String>,
    /// Unix seconds.
    issued_at: u64,
    /// Unix seconds; the token is dead from then on.
    expires_at: u64,
    revoked: bool,
    nautilus_endpoint: ID,
}

/// What a worker needs to know of its master.
public struct NautilusInfo has copy, drop {
    url: String,
    status: u8,
    public_key: vector<u8>,
    key_version: u64,
    expected_pcrs: vector<vector<u8>>,
}

// === Events ===

public struct SealTokenIssued has copy, drop {
    token: ID,
    owner: address,
    stake_record: ID,
    node_id: String,
    permissions: vector<String>,
    expires_at: u64,
    nautilus_endpoint: ID,
}

public struct SealTokenRevoked has copy, drop {
    token: ID,
    owner: address,
    stake_record: ID,
}

public struct SealTokenShortened has copy, drop {
    token: ID,
    owner: address,
    expires_at: u64,
}

public struct GatewayRegistered has copy, drop {
    gateway_cap: ID,
    gateway: address,
}

public struct GatewayRetired has copy, drop {
    gateway_cap: ID,
}

public struct EndpointRegistered has copy, drop {
    endpoint: ID,
    url: String,
    master: address,
}

public struct EndpointStatusChanged has copy, drop {
    endpoint: ID,
    status: u8,
}

public struct EnclaveKeyRegistered has copy, drop {
    endpoint: ID,
    public_key: vector<u8>,
    key_version: u64,
}

public struct EnclavePcrsChanged has copy, drop {
    endpoint: ID,
    expected_pcrs: vector<vector<u8>>,
}

/// A request for the master. The body is not here: `payload_digest` covers it.
public struct K8sAPIRequest has copy, drop {
    request_id: String,
    token: ID,
    /// Upper case.
    method: String,
    /// Canonical, without the query.
    path: String,
    namespace: String,
    resource_type: String,
    payload_digest: vector<u8>,
    /// The owner of the token.
    requester: address,
    nautilus_endpoint: ID,
    timestamp_ms: u64,
}

/// The master's answer to a request. Exactly one a request.
public struct K8sAPIResult has copy, drop {
    request_id: String,
    nautilus_endpoint: ID,
    status_code: u16,
    body_digest: vector<u8>,
    /// The enclave key that signed the response.
    key_version: u64,
    timestamp_ms: u64,
}

fun init(ctx: &mut TxContext) {
    transfer::share_object(Registry {
        id: object::new(ctx),
        token_ttl: DEFAULT_TOKEN_TTL,
        endpoints: vector[],
        tokens: table::new(ctx),
        requests: table::new(ctx),
        revoked_gateways: vec_set::empty(),
    });
    transfer::transfer(AdminCap { id: object::new(ctx) }, ctx.sender());
}

// === Administration ===

/// Sends a new `GatewayCap` to `gateway`.
public fun register_gateway(
    _admin: &AdminCap,
    registry: &mut Registry,
    gateway: address,
    ctx: &mut TxContext,
) {
    let cap = GatewayCap { id: object::new(ctx), registry: object::id(registry), gateway };
    event::emit(GatewayRegistered { gateway_cap: object::id(&cap), gateway });
    transfer::transfer(cap, gateway);
}

/// Makes a `GatewayCap` useless, at once and for good. It goes by id, as its object is the gateway's own.
/// Aborts: EInvalidArgument (retired before).
public fun retire_gateway(_admin: &AdminCap, registry: &mut Registry, gateway_cap: ID) {
    assert!(!registry.revoked_gateways.contains(&gateway_cap), EInvalidArgument);
    registry.revoked_gateways.insert(gateway_cap);
    event::emit(GatewayRetired { gateway_cap });
}

/// Shares a new active endpoint, sends its `MasterCap` to `master`, and gives the endpoint all tokens issued from now on.
/// Aborts: EInvalidArgument (empty url, a PCR that is not 48 bytes).
public fun register_endpoint(
    _admin: &AdminCap,
    registry: &mut Registry,
    url: String,
    pcr0: vector<u8>,
    pcr1: vector<u8>,
    pcr2: vector<u8>,
    master: address,
    ctx: &mut TxContext,
) {
    assert!(!url.is_empty(), EInvalidArgument);
    let endpoint = NautilusEndpoint {
        id: object::new(ctx),
        url,
        status: STATUS_ACTIVE,
        public_key: vector[],
        key_version: 0,
        expected_pcrs: checked_pcrs(pcr0, pcr1, pcr2),
        last_heartbeat: 0,
    };
    let id = object::id(&endpoint);
    registry.endpoints.push_back(id);
    event::emit(EndpointRegistered { endpoint: id, url, master });
    transfer::transfer(MasterCap { id: object::new(ctx), endpoint: id, master }, master);
    transfer::share_object(endpoint);
}

/// 1 active, 2 maintenance (its master may still answer), 3 offline (its `MasterCap` is without power). New tokens and
/// requests are for active endpoints only; an endpoint made active gets all tokens issued from then on.
/// Aborts: EInvalidArgument.
public fun set_endpoint_status(
    _admin: &AdminCap,
    registry: &mut Registry,
    endpoint: &mut NautilusEndpoint,
    status: u8,
) {
    assert!(status >= STATUS_ACTIVE && status <= STATUS_OFFLINE, EInvalidArgument);
    let id = object::id(endpoint);
    let (listed, at) = registry.endpoints.index_of(&id);
    if (listed) {
        registry.endpoints.remove(at);
    };
    if (status == STATUS_ACTIVE) registry.endpoints.push_back(id);
    endpoint.status = status;
    event::emit(EndpointStatusChanged { endpoint: id, status });
}

/// Changes which enclave image workers and gateways accept.
/// Aborts: EInvalidArgument (a PCR that is not 48 bytes).
public fun set_expected_pcrs(
    _admin: &AdminCap,
    endpoint: &mut NautilusEndpoint,
    pcr0: vector<u8>,
    pcr1: vector<u8>,
    pcr2: vector<u8>,
) {
    endpoint.expected_pcrs = checked_pcrs(pcr0, pcr1, pcr2);
    event::emit(EnclavePcrsChanged {
        endpoint: object::id(endpoint),
        expected_pcrs: endpoint.expected_pcrs,
    });
}

/// Life of tokens issued from now on: 1 second to 365 days.
/// Aborts: EInvalidArgument.
public fun set_token_ttl(_admin: &AdminCap, registry: &mut Registry, seconds: u64) {
    assert!(seconds > 0 && seconds <= MAX_TOKEN_TTL, EInvalidArgument);
    registry.token_ttl = seconds;
}

/// Aborts: EInvalidSealToken (revoked before).
public fun revoke_seal_token_as_admin(
    _admin: &AdminCap,
    token: &mut SealToken,
    registry: &mut Registry,
) {
    revoke(token, registry);
}

// === Masters ===

/// Replaces the enclave's response key; responses under an earlier key no longer count.
/// Aborts: EUnauthorised (another endpoint's capability), EEndpointUnavailable (offline), EInvalidArgument (not 32 bytes).
public fun register_enclave_key(
    cap: &MasterCap,
    endpoint: &mut NautilusEndpoint,
    public_key: vector<u8>,
    clock: &Clock,
) {
    assert_master(cap, endpoint);
    assert!(public_key.length() == PUBLIC_KEY_LENGTH, EInvalidArgument);
    endpoint.public_key = public_key;
    endpoint.key_version = endpoint.key_version + 1;
    endpoint.last_heartbeat = seconds(clock);
    event::emit(EnclaveKeyRegistered {
        endpoint: object::id(endpoint),
        public_key,
        key_version: endpoint.key_version,
    });
}

/// Aborts: EUnauthorised (another endpoint's capability), EEndpointUnavailable (offline).
public fun endpoint_heartbeat(cap: &MasterCap, endpoint: &mut NautilusEndpoint, clock: &Clock) {
    assert_master(cap, endpoint);
    endpoint.last_heartbeat = seconds(clock);
}

/// Anchors the answer to a request: the digest of the response's body, and the key that signed the response.
/// Aborts: EUnauthorised (another endpoint's capability or request), EEndpointUnavailable (offline), EInvalidArgument
/// (digest not 32 bytes, status not 100 to 599), EUnknownRequest, EAlreadyAnswered.
public fun record_response(
    cap: &MasterCap,
    registry: &mut Registry,
    endpoint: &NautilusEndpoint,
    request_id: String,
    status_code: u16,
    body_digest: vector<u8>,
    clock: &Clock,
) {
    assert_master(cap, endpoint);
    assert!(body_digest.length() == DIGEST_LENGTH, EInvalidArgument);
    assert!(status_code >= 100 && status_code <= 599, EInvalidArgument);
    assert!(registry.requests.contains(request_id), EUnknownRequest);
    let slot = &mut registry.requests[request_id];
    assert!(slot.nautilus_endpoint == cap.endpoint, EUnauthorised);
    assert!(!slot.answered, EAlreadyAnswered);
    slot.answered = true;
    event::emit(K8sAPIResult {
        request_id,
        nautilus_endpoint: cap.endpoint,
        status_code,
        body_digest,
        key_version: endpoint.key_version,
        timestamp_ms: clock.timestamp_ms(),
    });
}

// === Seal tokens ===

/// Shares a token with `pods:read services:read nodes:write pods:write` for the sender's node stake.
/// Aborts: EUnauthorised (not the staker), EInvalidSealToken (stake not active or of another kind), EInsufficientStake,
/// ETokenExists, EEndpointUnavailable (no endpoint is active).
public fun create_worker_seal_token(
    record: &StakeRecord,
    registry: &mut Registry,
    clock: &Clock,
    ctx: &mut TxContext,
) {
    let mut permissions = user_permissions();
    permissions.push_back(b"nodes:write".to_string());
    permissions.push_back(b"pods:write".to_string());
    create_token(record, registry, staking::type_node(), permissions, clock, ctx);
}

/// Shares a token with `pods:read services:read` for the sender's user stake.
/// Aborts as `create_worker_seal_token`.
public fun create_user_seal_token(
    record: &StakeRecord,
    registry: &mut Registry,
    clock: &Clock,
    ctx: &mut TxContext,
) {
    create_token(record, registry, staking::type_user(), user_permissions(), clock, ctx);
}

/// Shares a token with `*:*` for the sender's administrator stake.
/// Aborts as `create_worker_seal_token`.
public fun create_admin_seal_token(
    record: &StakeRecord,
    registry: &mut Registry,
    clock: &Clock,
    ctx: &mut TxContext,
) {
    create_token(record, registry, staking::type_admin(), vector[ANYTHING.to_string()], clock, ctx);
}

/// Brings the end of the sender's live token forward, to now at the earliest.
/// Aborts: EUnauthorised (not the owner), EInvalidSealToken (revoked or expired), EInvalidArgument (not earlier, or past).
public fun shorten_seal_token(
    token: &mut SealToken,
    registry: &mut Registry,
    expires_at: u64,
    clock: &Clock,
    ctx: &mut TxContext,
) {
    assert!(ctx.sender() == token.owner, EUnauthorised);
    assert!(is_live(token, clock), EInvalidSealToken);
    assert!(expires_at < token.expires_at && expires_at >= seconds(clock), EInvalidArgument);
    token.expires_at = expires_at;
    // A live token is always the one in the slot: issuing another aborts as long as this one lives.
    registry.tokens[token.stake_record].expires_at = expires_at;
    event::emit(SealTokenShortened { token: object::id(token), owner: token.owner, expires_at });
}

/// Ends the sender's token at once; its stake may have a new one.
/// Aborts: EUnauthorised (not the owner), EInvalidSealToken (revoked before).
public fun revoke_seal_token(token: &mut SealToken, registry: &mut Registry, ctx: &mut TxContext) {
    assert!(ctx.sender() == token.owner, EUnauthorised);
    revoke(token, registry);
}

/// Where the sender's worker finds its master, and how it knows it.
/// Aborts: EInvalidSealToken (revoked, expired, foreign, not a node's, stake not active), EUnauthorised (not the endpoint
/// the token is for), EEndpointUnavailable (not active).
public fun get_nautilus_info_for_worker(
    token: &SealToken,
    record: &StakeRecord,
    endpoint: &NautilusEndpoint,
    clock: &Clock,
    ctx: &mut TxContext,
): NautilusInfo {
    assert_token(token, record, clock);
    assert!(ctx.sender() == token.owner, EInvalidSealToken);
    assert!(token.stake_type == staking::type_node(), EInvalidSealToken);
    assert!(object::id(endpoint) == token.nautilus_endpoint, EUnauthorised);
    assert!(endpoint.status == STATUS_ACTIVE, EEndpointUnavailable);
    NautilusInfo {
        url: endpoint.url,
        status: endpoint.status,
        public_key: endpoint.public_key,
        key_version: endpoint.key_version,
        expected_pcrs: endpoint.expected_pcrs,
    }
}

// === Requests ===

/// Puts a request of the token's owner on chain, for the token's master. The permission it needs is
/// `<resource_type>:read` for GET and `<resource_type>:write` for all else; only `*:*` stands for others.
/// `request_id` is 32 lower-case hex digits, `method` one of GET POST PUT PATCH DELETE, `path` starts with `/` and has no
/// query, `payload_digest` is 32 bytes.
/// Aborts: EUnauthorised (gateway retired or of another registry, permission missing), EInvalidSealToken,
/// EEndpointUnavailable, EInvalidArgument, ERequestIdUsed.
public fun execute_kubectl_command(
    cap: &GatewayCap,
    registry: &mut Registry,
    token: &SealToken,
    record: &StakeRecord,
    request_id: String,
    method: String,
    path: String,
    namespace: String,
    resource_type: String,
    payload_digest: vector<u8>,
    clock: &Clock,
    ctx: &mut TxContext,
) {
    assert!(cap.registry == object::id(registry) && ctx.sender() == cap.gateway, EUnauthorised);
    assert!(!registry.revoked_gateways.contains(&object::id(cap)), EUnauthorised);
    assert_token(token, record, clock);
    let nautilus_endpoint = token.nautilus_endpoint;
    assert!(registry.endpoints.contains(&nautilus_endpoint), EEndpointUnavailable);
    assert!(is_request_id(&request_id) && is_method(&method) && is_path(&path), EInvalidArgument);
    assert!(!resource_type.is_empty(), EInvalidArgument);
    assert!(payload_digest.length() == DIGEST_LENGTH, EInvalidArgument);
    let verb = if (method == b"GET".to_string()) READ else WRITE;
    assert!(permits(&token.permissions, resource_type, verb), EUnauthorised);
    assert!(!registry.requests.contains(request_id), ERequestIdUsed);
    let token_id = object::id(token);
    registry
        .requests
        .add(request_id, RequestSlot { token: token_id, nautilus_endpoint, answered: false });
    event::emit(K8sAPIRequest {
        request_id,
        token: token_id,
        method,
        path,
        namespace,
        resource_type,
        payload_digest,
        requester: token.owner,
        nautilus_endpoint,
        timestamp_ms: clock.timestamp_ms(),
    });
}

// === Reading ===

/// True while the token is neither revoked nor expired and its stake is active.
public fun is_valid(token: &SealToken, record: &StakeRecord, clock: &Clock): bool {
    is_live(token, clock) && token.stake_record == object::id(record) && record.is_active()
}

public fun token_owner(token: &SealToken): address {
    token.owner
}

public fun token_stake_record(token: &SealToken): ID {
    token.stake_record
}

public fun token_node_id(token: &SealToken): String {
    token.node_id
}

public fun token_stake_amount(token: &SealToken): u64 {
    token.stake_amount
}

public fun token_stake_type(token: &SealToken): u8 {
    token.stake_type
}

public fun token_permissions(token: &SealToken): vector<String> {
    token.permissions
}

public fun token_issued_at(token: &SealToken): u64 {
    token.issued_at
}

public fun token_expires_at(token: &SealToken): u64 {
    token.expires_at
}

public fun token_revoked(token: &SealToken): bool {
    token.revoked
}

public fun token_endpoint(token: &SealToken): ID {
    token.nautilus_endpoint
}

public fun endpoint_url(endpoint: &NautilusEndpoint): String {
    endpoint.url
}

public fun endpoint_status(endpoint: &NautilusEndpoint): u8 {
    endpoint.status
}

public fun endpoint_public_key(endpoint: &NautilusEndpoint): vector<u8> {
    endpoint.public_key
}

public fun endpoint_key_version(endpoint: &NautilusEndpoint): u64 {
    endpoint.key_version
}

public fun endpoint_expected_pcrs(endpoint: &NautilusEndpoint): vector<vector<u8>> {
    endpoint.expected_pcrs
}

/// Unix seconds.
public fun endpoint_last_heartbeat(endpoint: &NautilusEndpoint): u64 {
    endpoint.last_heartbeat
}

public fun info_url(info: &NautilusInfo): String {
    info.url
}

public fun info_status(info: &NautilusInfo): u8 {
    info.status
}

public fun info_public_key(info: &NautilusInfo): vector<u8> {
    info.public_key
}

public fun info_key_version(info: &NautilusInfo): u64 {
    info.key_version
}

public fun info_expected_pcrs(info: &NautilusInfo): vector<vector<u8>> {
    info.expected_pcrs
}

/// Life of new tokens, in seconds.
public fun token_ttl(registry: &Registry): u64 {
    registry.token_ttl
}

public fun is_gateway_retired(registry: &Registry, gateway_cap: ID): bool {
    registry.revoked_gateways.contains(&gateway_cap)
}

public fun is_request_known(registry: &Registry, request_id: String): bool {
    registry.requests.contains(request_id)
}

/// False for a request that is not known.
public fun is_request_answered(registry: &Registry, request_id: String): bool {
    registry.requests.contains(request_id) && registry.requests[request_id].answered
}

// === Internals ===

/// `permissions` has `<resource>:<verb>` to the letter, or `*:*`.
public(package) fun permits(permissions: &vector<String>, resource: String, verb: vector<u8>): bool {
    let mut required = resource;
    required.append_utf8(b":");
    required.append_utf8(verb);
    permissions.contains(&required) || permissions.contains(&ANYTHING.to_string())
}

fun user_permissions(): vector<String> {
    vector[b"pods:read".to_string(), b"services:read".to_string()]
}

fun create_token(
    record: &StakeRecord,
    registry: &mut Registry,
    stake_type: u8,
    permissions: vector<String>,
    clock: &Clock,
    ctx: &mut TxContext,
) {
    let owner = ctx.sender();
    assert!(record.staker() == owner, EUnauthorised);
    assert!(record.is_active(), EInvalidSealToken);
    assert!(record.stake_type() == stake_type, EInvalidSealToken);
    assert!(record.amount() >= staking::minimum_stake(stake_type), EInsufficientStake);
    let count = registry.endpoints.length();
    assert!(count > 0, EEndpointUnavailable);

    let now = seconds(clock);
    let stake_record = object::id(record);
    if (registry.tokens.contains(stake_record)) {
        let slot = registry.tokens.remove(stake_record);
        assert!(slot.expires_at <= now, ETokenExists);
    };
    let token = SealToken {
        id: object::new(ctx),
        owner,
        stake_record,
        node_id: record.node_id(),
        stake_amount: record.amount(),
        stake_type,
        permissions,
        issued_at: now,
        expires_at: now + registry.token_ttl,
        revoked: false,
        nautilus_endpoint: registry.endpoints[count - 1],
    };
    let id = object::id(&token);
    registry.tokens.add(stake_record, TokenSlot { token: id, expires_at: token.expires_at });
    event::emit(SealTokenIssued {
        token: id,
        owner,
        stake_record,
        node_id: token.node_id,
        permissions,
        expires_at: token.expires_at,
        nautilus_endpoint: token.nautilus_endpoint,
    });
    transfer::share_object(token);
}

fun revoke(token: &mut SealToken, registry: &mut Registry) {
    assert!(!token.revoked, EInvalidSealToken);
    token.revoked = true;
    let id = object::id(token);
    let stake_record = token.stake_record;
    // An expired token may have a successor already, whose slot must stay.
    if (registry.tokens.contains(stake_record) && registry.tokens[stake_record].token == id) {
        registry.tokens.remove(stake_record);
    };
    event::emit(SealTokenRevoked { token: id, owner: token.owner, stake_record });
}

fun is_live(token: &SealToken, clock: &Clock): bool {
    !token.revoked && seconds(clock) < token.expires_at
}

fun assert_token(token: &SealToken, record: &StakeRecord, clock: &Clock) {
    assert!(is_valid(token, record, clock), EInvalidSealToken);
}

fun assert_master(cap: &MasterCap, endpoint: &NautilusEndpoint) {
    assert!(cap.endpoint == object::id(endpoint), EUnauthorised);
    assert!(endpoint.status != STATUS_OFFLINE, EEndpointUnavailable);
}

fun checked_pcrs(pcr0: vector<u8>, pcr1: vector<u8>, pcr2: vector<u8>): vector<vector<u8>> {
    assert!(pcr0.length() == PCR_LENGTH, EInvalidArgument);
    assert!(pcr1.length() == PCR_LENGTH, EInvalidArgument);
    assert!(pcr2.length() == PCR_LENGTH, EInvalidArgument);
    vector[pcr0, pcr1, pcr2]
}

/// Unix seconds.
fun seconds(clock: &Clock): u64 {
    clock.timestamp_ms() / 1000
}

fun is_request_id(text: &String): bool {
    let bytes = text.as_bytes();
    let n = bytes.length();
    if (n != REQUEST_ID_LENGTH) return false;
    let mut i = 0;
    while (i < n) {
        let c = bytes[i];
        if (!((c >= 48 && c <= 57) || (c >= 97 && c <= 102))) return false;
        i = i + 1;
    };
    true
}

fun is_method(text: &String): bool {
    let bytes = text.as_bytes();
    bytes == &b"GET" || bytes == &b"POST" || bytes == &b"PUT" || bytes == &b"PATCH" || bytes == &b"DELETE"
}

/// Starts with '/' and has no '?': a query may hold what must not be public.
fun is_path(text: &String): bool {
    let bytes = text.as_bytes();
    !bytes.is_empty() && bytes[0] == 47 && !bytes.contains(&63)
}

#[test_only]
public fun init_for_testing(ctx: &mut TxContext) {
    init(ctx)
}

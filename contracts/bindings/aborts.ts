// Generated from contracts/aborts.yaml by contracts/generate.ts; do not edit.

/** What one abort code of one module means. `http` is the status a server answers with. */
export interface ContractAbort {
  readonly module: string;
  readonly code: number;
  /** Constant in the Move source. */
  readonly name: string;
  /** For machines. */
  readonly reason: string;
  readonly http: number;
  /** For people. */
  readonly message: string;
}

/** Every abort code of the package. */
export const ABORTS = [
  {
    module: 'staking',
    code: 1,
    name: 'EInsufficientStake',
    reason: 'InsufficientStake',
    http: 403,
    message: 'the coin is worth less than the minimum of this kind of stake',
  },
  {
    module: 'staking',
    code: 2,
    name: 'ENotStaker',
    reason: 'NotStaker',
    http: 403,
    message: 'only the staker may withdraw the stake',
  },
  {
    module: 'staking',
    code: 3,
    name: 'EAlreadyStaked',
    reason: 'AlreadyStaked',
    http: 409,
    message: 'the address or the node id already has a stake',
  },
  {
    module: 'staking',
    code: 4,
    name: 'ELockedOrNotActive',
    reason: 'StakeLocked',
    http: 409,
    message: 'the stake is locked still, or is not in the state that the call needs',
  },
  {
    module: 'staking',
    code: 5,
    name: 'ENotAuthorised',
    reason: 'Forbidden',
    http: 403,
    message: 'only the holder of the slashing capability may do this',
  },
  {
    module: 'staking',
    code: 6,
    name: 'EInvalidNodeId',
    reason: 'InvalidNodeId',
    http: 400,
    message: 'the node id is not a DNS-1123 label',
  },
  {
    module: 'k8s_gateway',
    code: 1,
    name: 'EInsufficientStake',
    reason: 'InsufficientStake',
    http: 403,
    message: 'the stake is below the minimum of this kind of token',
  },
  {
    module: 'k8s_gateway',
    code: 2,
    name: 'EInvalidSealToken',
    reason: 'InvalidSealToken',
    http: 401,
    message: 'the seal token is revoked, expired, foreign or of the wrong kind, or its stake is not active',
  },
  {
    module: 'k8s_gateway',
    code: 3,
    name: 'EUnauthorised',
    reason: 'Forbidden',
    http: 403,
    message: 'the permission or the capability for this is missing',
  },
  {
    module: 'k8s_gateway',
    code: 4,
    name: 'EEndpointUnavailable',
    reason: 'EndpointUnavailable',
    http: 503,
    message: "the master's endpoint is not in service",
  },
  {
    module: 'k8s_gateway',
    code: 5,
    name: 'ERequestIdUsed',
    reason: 'ReplayDetected',
    http: 409,
    message: 'the request id was used before',
  },
  {
    module: 'k8s_gateway',
    code: 6,
    name: 'EUnknownRequest',
    reason: 'UnknownRequest',
    http: 404,
    message: 'no request with this id is on chain',
  },
  {
    module: 'k8s_gateway',
    code: 7,
    name: 'EAlreadyAnswered',
    reason: 'AlreadyAnswered',
    http: 409,
    message: 'the request has its result already',
  },
  {
    module: 'k8s_gateway',
    code: 8,
    name: 'ETokenExists',
    reason: 'TokenExists',
    http: 409,
    message: 'the stake has a live seal token already',
  },
  {
    module: 'k8s_gateway',
    code: 9,
    name: 'EInvalidArgument',
    reason: 'BadRequest',
    http: 400,
    message: 'an argument has the wrong length, form or range',
  },
  {
    module: 'k8s_interface',
    code: 1,
    name: 'ENotOwner',
    reason: 'Forbidden',
    http: 403,
    message: "only the cluster's owner may do this",
  },
  {
    module: 'k8s_interface',
    code: 2,
    name: 'EAlreadyAuthorised',
    reason: 'AlreadyAuthorised',
    http: 409,
    message: 'the user is authorised in this cluster already',
  },
  {
    module: 'k8s_interface',
    code: 3,
    name: 'ENotAuthorised',
    reason: 'UnknownUser',
    http: 404,
    message: 'the user is not authorised in this cluster',
  },
  {
    module: 'k8s_interface',
    code: 4,
    name: 'EInvalidArgument',
    reason: 'BadRequest',
    http: 400,
    message: 'an argument is empty, too long or out of range',
  },
] as const satisfies readonly ContractAbort[];

/** A reason that a contract may refuse for. */
export type AbortReason = (typeof ABORTS)[number]['reason'];

/** The entry of an abort code, undefined for one that the package does not have. */
export function abortFor(module: string, code: number | bigint): (typeof ABORTS)[number] | undefined {
  return ABORTS.find((abort) => abort.module === module && BigInt(abort.code) === BigInt(code));
}

/** The reason of an abort code, undefined for one that the package does not have. */
export function reasonOf(module: string, code: number | bigint): AbortReason | undefined {
  return abortFor(module, code)?.reason;
}

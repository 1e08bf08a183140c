import { EVENT_FIELDS } from './events.ts';
import { OBJECT_FIELDS } from './objects.ts';

/** Name of the Move package. */
export const PACKAGE = 'k3s_daas';

/** The functions that transactions call, by module. */
export const FUNCTIONS = {
  staking: [
    'stake_for_node',
    'stake_for_user',
    'stake_for_admin',
    'withdraw_stake',
    'slash_stake',
    'release_slashed_stake',
    'sweep_slashed',
  ],
  k8s_gateway: [
    'register_gateway',
    'retire_gateway',
    'register_endpoint',
    'set_endpoint_status',
    'set_expected_pcrs',
    'set_token_ttl',
    'register_enclave_key',
    'endpoint_heartbeat',
    'create_worker_seal_token',
    'create_user_seal_token',
    'create_admin_seal_token',
    'shorten_seal_token',
    'revoke_seal_token',
    'revoke_seal_token_as_admin',
    'execute_kubectl_command',
    'record_response',
    'get_nautilus_info_for_worker',
  ],
  k8s_interface: ['create_cluster', 'set_cluster_status', 'authorize_user', 'revoke_user', 'kubectl_request'],
} as const;

/** A module of the package. */
export type ModuleName = keyof typeof FUNCTIONS;

/** A function of a module. */
export type FunctionName<Module extends ModuleName> = (typeof FUNCTIONS)[Module][number];

/** A struct of a module. */
export type StructName<Module extends ModuleName> = (
  keyof (typeof EVENT_FIELDS)[Module] | keyof (typeof OBJECT_FIELDS)[Module]
) &
  string;

/** The modules of the package. */
export const MODULES = Object.keys(FUNCTIONS) as readonly ModuleName[];

/** The target of a Move call: `0xPACKAGE::module::function`. */
export function target<Module extends ModuleName>(
  packageId: string,
  module: Module,
  name: FunctionName<Module>,
): `${string}::${string}::${string}` {
  return `${packageId}::${module}::${name}`;
}

/** The full type of a struct: `0xPACKAGE::module::Name`. */
export function structType<Module extends ModuleName>(
  packageId: string,
  module: Module,
  name: StructName<Module>,
): string {
  return `${packageId}::${module}::${name}`;
}

/** Values of `StakeRecord.status`. */
export const STAKE_STATUS = { active: 1, slashed: 2, withdrawn: 3 } as const;
/** Values of `StakeRecord.stake_type` and `SealToken.stake_type`. */
export const STAKE_TYPE = { user: 1, node: 2, admin: 3 } as const;
/** Values of `NautilusEndpoint.status`. */
export const ENDPOINT_STATUS = { active: 1, maintenance: 2, offline: 3 } as const;
/** Values of `Cluster.status`. */
export const CLUSTER_STATUS = { active: 1, paused: 2 } as const;

/** Minimum stake in MIST. */
export const MINIMUM_STAKE = { user: 500_000_000n, node: 1_000_000_000n, admin: 10_000_000_000n } as const;
/** Lock of a stake in epochs. */
export const LOCK_EPOCHS = { user: 10, node: 100, admin: 50 } as const;

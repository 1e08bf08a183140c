import type { Argument } from '../../chain/transaction.ts';
import type { Address } from '../../vm/index.ts';
import { addressOf } from './call.ts';
import type { Call, Known } from './call.ts';
import type { Ptb } from './ptb.ts';

/** Where the contracts are. */
export interface Home {
  readonly package: Address;
  readonly caps: { readonly admin: Address; readonly slash: Address };
  readonly clock: Address;
  readonly known: readonly Known[];
}

const SUI_COIN = '0x2::sui::SUI';
const FRAMEWORK = addressOf(2n);

/** Adds a call's commands. Gives the indices of the commands whose first results are to be compared. */
export function buildCall(ptb: Ptb, call: Call, home: Home): number[] {
  const { n, t, sender } = call;
  const object = (at: number): Argument => ptb.object((home.known[Number(n[at])] as Known).id);
  const pool = (): Argument => ptb.object((home.known[0] as Known).id);
  const registry = (): Argument => ptb.object((home.known[1] as Known).id);
  const text = (at: number): Argument => ptb.bytes(t[at] as Uint8Array);
  const clock = (): Argument => ptb.object(home.clock);
  const admin = (): Argument => ptb.object(home.caps.admin);
  const slash = (): Argument => ptb.object(home.caps.slash);
  const who = (): Argument => ptb.address(addressOf(n[0] as bigint));
  const staking = (name: string, ...args: Argument[]): Argument =>
    ptb.call(home.package, `staking::${name}`, args);
  const gateway = (name: string, ...args: Argument[]): Argument =>
    ptb.call(home.package, `k8s_gateway::${name}`, args);
  const cluster = (name: string, ...args: Argument[]): Argument =>
    ptb.call(home.package, `k8s_interface::${name}`, args);
  const amount = (at: number): bigint => n[at] as bigint;
  const u8 = (at: number): Argument => ptb.pure(Uint8Array.of(Number(n[at])));
  const u16 = (at: number): Argument => ptb.pure(Uint8Array.of(Number(n[at]) & 255, Number(n[at]) >> 8));

  switch (call.op) {
    case 'stakeUser':
      staking('stake_for_user', pool(), ptb.mint(amount(0)));
      return [];
    case 'stakeNode':
      staking('stake_for_node', pool(), ptb.mint(amount(0)), text(0));
      return [];
    case 'stakeAdmin':
      staking('stake_for_admin', pool(), ptb.mint(amount(0)));
      return [];
    case 'withdraw':
      ptb.give(staking('withdraw_stake', pool(), object(0)), sender);
      return [0];
    case 'slash':
      staking('slash_stake', slash(), pool(), object(0), text(0));
      return [];
    case 'release':
      staking('release_slashed_stake', slash(), pool(), object(0));
      return [];
    case 'sweep':
      ptb.give(staking('sweep_slashed', slash(), pool()), sender);
      return [0];
    case 'recordOf':
      staking('record_of', pool(), who());
      return [0];
    case 'userToken':
    case 'workerToken':
    case 'adminToken': {
      const kind = { userToken: 'user', workerToken: 'worker', adminToken: 'admin' }[call.op];
      gateway(`create_${kind}_seal_token`, object(0), registry(), clock());
      return [];
    }
    case 'shorten':
      gateway('shorten_seal_token', object(0), registry(), ptb.u64(amount(1)), clock());
      return [];
    case 'revoke':
      gateway('revoke_seal_token', object(0), registry());
      return [];
    case 'revokeAsAdmin':
      gateway('revoke_seal_token_as_admin', admin(), object(0), registry());
      return [];
    case 'setTtl':
      gateway('set_token_ttl', admin(), registry(), ptb.u64(amount(0)));
      return [];
    case 'registerEndpoint':
      gateway('register_endpoint', admin(), registry(), text(0), text(1), text(2), text(3), who());
      return [];
    case 'registerGateway':
      gateway('register_gateway', admin(), registry(), who());
      return [];
    case 'retireGateway': {
      const cap = ptb.address((home.known[Number(n[0])] as Known).id);
      gateway('retire_gateway', admin(), registry(), cap);
      return [];
    }
    case 'setStatus':
      gateway('set_endpoint_status', admin(), registry(), object(0), u8(1));
      return [];
    case 'setPcrs':
      gateway('set_expected_pcrs', admin(), object(0), text(0), text(1), text(2));
      return [];
    case 'execute': {
      const [cap, token, record] = [object(0), object(1), object(2)];
      const texts = [0, 1, 2, 3, 4, 5].map(text);
      gateway('execute_kubectl_command', cap, registry(), token, record, ...texts, clock());
      return [];
    }
    case 'info':
      gateway('get_nautilus_info_for_worker', object(0), object(1), object(2), clock());
      return [0];
    case 'isAnswered':
      gateway('is_request_answered', registry(), text(0));
      return [0];
    case 'registerKey':
      gateway('register_enclave_key', object(0), object(1), text(0), clock());
      return [];
    case 'heartbeat':
      gateway('endpoint_heartbeat', object(0), object(1), clock());
      return [];
    case 'respond':
      gateway('record_response', object(0), registry(), object(1), text(0), u16(2), text(1), clock());
      return [];
    case 'createCluster':
      cluster('create_cluster', object(0), text(0), clock());
      return [];
    case 'setClusterStatus':
      cluster('set_cluster_status', object(0), u8(1));
      return [];
    case 'authorize':
      cluster('authorize_user', object(1), who(), ptb.strings(t));
      return [];
    case 'revokeUser':
      cluster('revoke_user', object(1), who());
      return [];
    case 'kubectl':
      cluster('kubectl_request', object(0), object(1), text(0), ptb.strings(t.slice(1)));
      return [0];
    case 'coins':
      return coins(ptb, n, sender);
    case 'clock':
    case 'epoch':
      return [];
  }
}

/** Two coins are made, one is split, and the parts are put together in another order. */
function coins(ptb: Ptb, n: readonly bigint[], sender: Address): number[] {
  const coin = (name: string, ...args: Argument[]): Argument =>
    ptb.call(FRAMEWORK, `coin::${name}`, args, [SUI_COIN]);
  const [a, b, c, d] = n as [bigint, bigint, bigint, bigint];
  const [first, second] = [ptb.mint(a), ptb.mint(b)];
  const part = coin('split', first, ptb.u64(c));
  const other = coin('split', second, ptb.u64(d));
  coin('join', part, other);
  coin('join', second, part);
  coin('value', first);
  coin('value', second);
  ptb.give(first, sender);
  ptb.give(second, sender);
  return [6, 7];
}

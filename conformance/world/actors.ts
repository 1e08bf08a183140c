import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import type { Signer } from '@mysten/sui/cryptography';
import type { SuiGrpcClient } from '@mysten/sui/grpc';
import type { ContractCalls, StakeKind } from '../drivers/chain/package.ts';
import { STAKES } from '../drivers/chain/package.ts';
import { createdOf, mustExecute } from '../drivers/chain/transactions.ts';
import { mintOneShot, mintSession, type Binding, type MintOptions } from '../drivers/credential.ts';
import type { Control } from '../target/control-methods.ts';

/** A wallet with a stake and a seal token: a user, an administrator, or the owner of a node. */
export interface Actor {
  readonly kind: StakeKind;
  readonly signer: Signer;
  readonly address: string;
  readonly record: string;
  readonly token: string;
  /** Empty unless the stake is a node's. */
  readonly nodeId: string;
}

export interface ActorsOptions {
  client: SuiGrpcClient;
  calls: ContractCalls;
  control: Control;
  audience: string;
}

/** Makes actors, and keeps one of each kind for checks that do it no harm. */
export class Actors {
  readonly #options: ActorsOptions;
  readonly #shared = new Map<StakeKind, Promise<Actor>>();

  constructor(options: ActorsOptions) {
    this.#options = options;
  }

  /** The actor of this kind that harmless checks share. */
  shared(kind: StakeKind): Promise<Actor> {
    const existing = this.#shared.get(kind);
    if (existing) return existing;
    const made = this.fresh(kind);
    this.#shared.set(kind, made);
    made.catch(() => this.#shared.delete(kind));
    return made;
  }

  /** A new wallet with coins and nothing else. */
  async wallet(mist = 20_000_000_000n): Promise<Ed25519Keypair> {
    return this.#funded(new Ed25519Keypair(), mist);
  }

  async #funded<S extends Signer>(signer: S, mist: bigint): Promise<S> {
    await this.#options.control.fund({ address: signer.toSuiAddress(), mist: String(mist) });
    return signer;
  }

  /** A new actor: funded, staked, with a live token. `signer` in place of a new Ed25519 wallet. */
  async fresh(
    kind: StakeKind,
    options: { nodeId?: string; mist?: bigint; signer?: Signer } = {},
  ): Promise<Actor> {
    const nodeId = kind === 'node' ? (options.nodeId ?? `n-${randomLabel()}`) : '';
    const mist = options.mist ?? STAKES[kind].minimum;
    const signer = await this.#funded(options.signer ?? new Ed25519Keypair(), mist + 10_000_000_000n);
    const { client, calls } = this.#options;
    const staked = await mustExecute(`staking as ${kind}`, client, signer, (tx) =>
      calls.stake(tx, kind, mist, nodeId),
    );
    const record = createdOf(staked, '::staking::StakeRecord').id;
    const sealed = await mustExecute(`making a ${kind} token`, client, signer, (tx) =>
      calls.createToken(tx, kind, record),
    );
    const token = createdOf(sealed, '::k8s_gateway::SealToken').id;
    return { kind, signer, address: signer.toSuiAddress(), record, token, nodeId };
  }

  /** The same stake with a new token, after the one before it was revoked or ran out. */
  async renewed(actor: Actor): Promise<Actor> {
    const { client, calls } = this.#options;
    const sealed = await mustExecute(`renewing a ${actor.kind} token`, client, actor.signer, (tx) =>
      calls.createToken(tx, actor.kind, actor.record),
    );
    return { ...actor, token: createdOf(sealed, '::k8s_gateway::SealToken').id };
  }

  /** A session credential of this actor. */
  session(actor: Actor, options: Partial<MintOptions> = {}): Promise<string> {
    return mintSession(actor.signer, { token: actor.token, audience: this.#options.audience, ...options });
  }

  /** A one-shot credential of this actor, bound to one request. */
  oneShot(actor: Actor, binding: Binding, options: Partial<MintOptions> = {}): Promise<string> {
    return mintOneShot(
      actor.signer,
      { token: actor.token, audience: this.#options.audience, ...options },
      binding,
    );
  }
}

/** A short label that fits in names of nodes and objects. */
export function randomLabel(): string {
  return Math.random().toString(36).slice(2, 10).padEnd(8, '0');
}

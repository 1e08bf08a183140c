import { STAKES, type StakeKind } from '../../drivers/chain/package.ts';

/** Modules and codes with which the chain may refuse a step: any of the conditions that the step breaks. */
export type Refusal = readonly `${'staking' | 'k8s_gateway'}::${number}`[];

export interface ModelRecord {
  id: string;
  wallet: number;
  kind: StakeKind;
  amount: bigint;
  lockedUntil: number;
  status: 'active' | 'slashed' | 'withdrawn';
}

export interface ModelToken {
  id: string;
  wallet: number;
  record: ModelRecord;
  revoked: boolean;
  expired: boolean;
}

/** The contracts as their specification describes them, for a few wallets and everything that belongs to them. */
export class Model {
  epoch: number;
  /** Slashed and not swept. */
  slashed = 0n;
  totalSlashed = 0n;
  /** What was there before the history is swept away, too. */
  swept = false;
  readonly records: ModelRecord[] = [];
  readonly tokens: ModelToken[] = [];
  /** Request ids, and whether they have a result. */
  readonly requests = new Map<string, boolean>();

  constructor(epoch: number) {
    this.epoch = epoch;
  }

  get staked(): bigint {
    return this.records.reduce((sum, { amount }) => sum + amount, 0n);
  }

  /** The latest stake of a wallet. */
  recordOf(wallet: number): ModelRecord | undefined {
    return this.records.findLast((record) => record.wallet === wallet);
  }

  /** The latest token of a wallet. */
  tokenOf(wallet: number): ModelToken | undefined {
    return this.tokens.findLast((token) => token.wallet === wallet);
  }

  stakeRefusal(wallet: number, kind: StakeKind, mist: bigint): Refusal {
    const held = this.recordOf(wallet);
    return [
      ...(mist < STAKES[kind].minimum ? (['staking::1'] as const) : []),
      ...(held !== undefined && held.status !== 'withdrawn' ? (['staking::3'] as const) : []),
    ];
  }

  withdrawRefusal(by: number, record: ModelRecord): Refusal {
    const open = record.status === 'active' && this.epoch >= record.lockedUntil;
    return [
      ...(by === record.wallet ? [] : (['staking::2'] as const)),
      ...(open ? [] : (['staking::4'] as const)),
    ];
  }

  slashRefusal(record: ModelRecord): Refusal {
    return record.status === 'withdrawn' ? ['staking::4'] : [];
  }

  releaseRefusal(record: ModelRecord): Refusal {
    return record.status === 'slashed' && this.epoch >= record.lockedUntil ? [] : ['staking::4'];
  }

  createRefusal(by: number, kind: StakeKind, record: ModelRecord): Refusal {
    const live = this.tokens.some((token) => token.record === record && !token.revoked && !token.expired);
    const fits = record.status === 'active' && record.kind === kind;
    return [
      ...(by === record.wallet ? [] : (['k8s_gateway::3'] as const)),
      // A stake that is slashed or of another kind may also be below the minimum of the token asked for.
      ...(fits ? [] : (['k8s_gateway::2', 'k8s_gateway::1'] as const)),
      ...(live ? (['k8s_gateway::8'] as const) : []),
    ];
  }

  revokeRefusal(by: number, token: ModelToken): Refusal {
    return [
      ...(by === token.wallet ? [] : (['k8s_gateway::3'] as const)),
      ...(token.revoked ? (['k8s_gateway::2'] as const) : []),
    ];
  }

  expireRefusal(token: ModelToken): Refusal {
    return token.revoked || token.expired ? ['k8s_gateway::2', 'k8s_gateway::9'] : [];
  }

  executeRefusal(token: ModelToken, write: boolean, resource: string, requestId: string): Refusal {
    const { kind, status } = token.record;
    const valid = !token.revoked && !token.expired && status === 'active';
    return [
      ...(valid ? [] : (['k8s_gateway::2'] as const)),
      ...(permitted(kind, write, resource) ? [] : (['k8s_gateway::3'] as const)),
      ...(this.requests.has(requestId) ? (['k8s_gateway::5'] as const) : []),
    ];
  }

  recordRefusal(requestId: string): Refusal {
    const answered = this.requests.get(requestId);
    return answered === undefined ? ['k8s_gateway::6'] : answered ? ['k8s_gateway::7'] : [];
  }

  slash(record: ModelRecord): void {
    const taken = record.amount / 10n;
    record.amount -= taken;
    record.status = 'slashed';
    this.slashed += taken;
    this.totalSlashed += taken;
  }

  close(record: ModelRecord): void {
    record.amount = 0n;
    record.status = 'withdrawn';
  }
}

function permitted(kind: StakeKind, write: boolean, resource: string): boolean {
  if (kind === 'admin') return true;
  if (!write) return resource === 'pods' || resource === 'services';
  return kind === 'node' && (resource === 'pods' || resource === 'nodes');
}

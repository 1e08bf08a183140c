import type { GrpcTypes, SuiGrpcClient } from '@mysten/sui/grpc';
import { pause } from '../wait.ts';

/** An event of the package under test, where it stands in the ledger and what it says. */
export interface TappedEvent {
  /** `module::Name`. */
  name: string;
  checkpoint: string;
  digest: string;
  index: number;
  sender: string;
  /** BCS contents, base64. */
  bcs: string;
}

const READ_MASK = {
  paths: ['sequence_number', 'transactions.digest', 'transactions.events', 'transactions.transaction'],
};

/**
 * Follows the chain from where it is now and keeps each event of one package, in order. It reads checkpoint by
 * checkpoint, so that nothing is left out when the node is away for a while.
 */
export class EventTap implements AsyncDisposable {
  readonly #client: SuiGrpcClient;
  readonly #package: string;
  readonly #events: TappedEvent[] = [];
  readonly #stop = new AbortController();
  #next = 0n;
  #loop: Promise<void> = Promise.resolve();
  readonly #pollMs: number;
  readonly #patienceMs: number;

  /** `patienceMs`: for one answer of the node, which is asked again then. */
  constructor(
    client: SuiGrpcClient,
    packageId: string,
    options: { pollMs?: number; patienceMs?: number } = {},
  ) {
    this.#client = client;
    this.#package = packageId;
    this.#pollMs = options.pollMs ?? 40;
    this.#patienceMs = options.patienceMs ?? 5_000;
  }

  /** Starts with the next checkpoint after the present one. */
  async start(): Promise<void> {
    const info = await this.#client.ledgerService.getServiceInfo({});
    this.#next = (info.response.checkpointHeight ?? 0n) + 1n;
    this.#loop = this.#follow();
  }

  /** Everything seen up to the chain's present height. */
  async events(): Promise<readonly TappedEvent[]> {
    const info = await this.#client.ledgerService.getServiceInfo({});
    const height = info.response.checkpointHeight ?? 0n;
    while (this.#next <= height && !this.#stop.signal.aborted) await pause(10, this.#stop.signal);
    return this.#events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #follow(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const checkpoint = await this.#read(this.#next);
      if (!checkpoint) {
        await pause(this.#pollMs, this.#stop.signal);
        continue;
      }
      for (const transaction of checkpoint.transactions) this.#keep(transaction);
      this.#next += 1n;
    }
  }

  async #read(sequence: bigint): Promise<GrpcTypes.Checkpoint | undefined> {
    try {
      const { response } = await this.#client.ledgerService.getCheckpoint(
        { checkpointId: { oneofKind: 'sequenceNumber', sequenceNumber: sequence }, readMask: READ_MASK },
        { abort: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(this.#patienceMs)]) },
      );
      // A node behind a balancer may answer with what it last told somebody else.
      return response.checkpoint?.sequenceNumber === sequence ? response.checkpoint : undefined;
    } catch {
      // Not there yet, or the node is away or silent for the moment: the loop asks again.
      return undefined;
    }
  }

  #keep(transaction: GrpcTypes.ExecutedTransaction): void {
    for (const [index, event] of (transaction.events?.events ?? []).entries()) {
      if (event.packageId !== this.#package) continue;
      const [, module = '', name = ''] = (event.eventType ?? '').split('::');
      this.#events.push({
        name: `${module}::${name}`,
        checkpoint: String(this.#next),
        digest: transaction.digest ?? '',
        index,
        sender: event.sender ?? '',
        bcs: Buffer.from(event.contents?.value ?? []).toString('base64'),
      });
    }
  }
}

import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Kube } from '../conformance/checks/gateway/kube.ts';
import type { Watch } from '../conformance/checks/gateway/watch.ts';
import type { HttpAnswer } from '../conformance/drivers/http.ts';
import { HarnessError } from '../conformance/errors.ts';
import type { CheckContext } from '../conformance/runner/context.ts';
import { eventually, status } from '../conformance/runner/expectations.ts';
import type { WorkerStarted } from '../conformance/target/worker-pool.ts';
import type { World } from '../conformance/target/world.ts';
import type { Actor } from '../conformance/world/actors.ts';
import { joinedRequest, type SentRequest } from '../conformance/world/joined-request.ts';
import type { GatewayIdentity } from '../conformance/world/master-api.ts';
import type { Writer } from '../conformance/world/writer.ts';
import type { Evidence } from './model.ts';
import type { Faults } from './providers/provider.ts';

/** What is on while a scenario plays: the system, and all that its steps made so far, by the names they gave. */
export class Stage {
  readonly t: CheckContext;
  readonly world: World;
  readonly faults: Faults;
  /** Nodes that were there before and run nothing of a scenario. */
  readonly othersNodes: readonly string[];
  readonly actors = new Map<string, Actor>();
  readonly workers = new Map<string, WorkerStarted>();
  readonly writers = new Map<string, Writer>();
  readonly watches = new Map<string, Watch>();
  /** Values of placeholders in later steps. */
  readonly values = new Map<string, string>();
  readonly evidence: Evidence[] = [];
  /** What is known of the request that made an object, by the object's name. */
  readonly effects = new Map<string, Evidence>();
  /** When a part was last killed, Unix milliseconds: what must be over in time is over since then. */
  killedAt: number | undefined;
  /** What the present step has to say, for the report. */
  notes: string[] = [];
  #namespace: string | undefined;

  constructor(t: CheckContext, world: World, faults: Faults, othersNodes: readonly string[] = []) {
    this.t = t;
    this.othersNodes = othersNodes;
    this.world = world;
    this.faults = faults;
  }

  note(text: string): void {
    this.notes.push(text);
  }

  actor(name: string): Actor {
    return found(this.actors, 'actor', name);
  }

  worker(name: string): WorkerStarted {
    return found(this.workers, 'worker', name);
  }

  writer(name: string): Writer {
    return found(this.writers, 'writer', name);
  }

  watch(name: string): Watch {
    return found(this.watches, 'watch', name);
  }

  /** The scenario's own namespace. It goes with the scenario. */
  get namespace(): string {
    if (this.#namespace === undefined) throw new HarnessError('no administrator has made the namespace yet');
    return this.#namespace;
  }

  /** Makes the namespace, once, as the first administrator. */
  async makeNamespace(admin: Actor): Promise<void> {
    if (this.#namespace !== undefined) return;
    const name = this.t.name('scenario');
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    // A gateway that has just started first attests the master.
    const kube = new Kube(this.t, admin, '');
    await eventually(
      'the scenario’s namespace',
      async () => {
        const made = await kube.send('POST', '/api/v1/namespaces', { body });
        if (made.status === 503 || made.status === 504) return undefined;
        status(made, [201, 409]);
        return true;
      },
      { withinMs: 20_000, intervalMs: 250, signal: this.t.signal },
    );
    this.#namespace = name;
    this.values.set('namespace', name);
    // The parts go with their folder unless they are somebody else's.
    if (this.world.servers.get('master')?.part.startable) return;
    this.t.defer(async () => {
      await this.t.gateway.as(admin, 'DELETE', `/api/v1/namespaces/${name}`).catch(() => undefined);
    });
  }

  /** What the scenario made in the cluster that does not go with it by itself. */
  made(): { namespaces: string[]; nodes: string[] } {
    return {
      namespaces: this.#namespace === undefined ? [] : [this.#namespace],
      nodes: [...this.workers.values()].map(({ nodeId }) => nodeId),
    };
  }

  kube(actor: string): Kube {
    return new Kube(this.t, this.actor(actor), this.namespace);
  }

  /** Sends a write as a client would, and keeps what each hop has of it when it is accepted. */
  async write(actor: string, method: string, target: string, body: object | undefined, type?: string) {
    const text = body === undefined ? '' : JSON.stringify(body);
    const contentType = body === undefined ? '' : (type ?? 'application/json');
    const answer = await this.kube(actor).send(method, target, {
      ...(contentType && { headers: { 'content-type': contentType } }),
      ...(text && { body: text }),
    });
    if (answer.status < 300) {
      await this.join({ actor: this.actor(actor), method, target, contentType, body: text }, answer);
    }
    return answer;
  }

  /** Follows an accepted write through the chain and the enclave. */
  async join(sent: SentRequest, answer: HttpAnswer): Promise<Evidence> {
    const joined: Evidence = await joinedRequest(this.t, sent, answer, this.#gatewayIdentity());
    this.evidence.push(joined);
    const signed = joined.enclave ? `, signed with enclave key ${joined.enclave.key_version}` : '';
    this.note(`${joined.request_id}: ${sent.method} ${joined.path} is on chain and answered${signed}`);
    return joined;
  }

  /** The identity of the gateway under test, when the suite made its wallet. */
  #gatewayIdentity(): GatewayIdentity | undefined {
    const key = this.world.values.get('wallet.gateway.secret_key');
    const cap = this.world.values.get('chain.gateway_cap');
    if (key === undefined || cap === undefined) return undefined;
    return { signer: Ed25519Keypair.fromSecretKey(key), cap };
  }
}

function found<T>(map: ReadonlyMap<string, T>, kind: string, name: string): T {
  const value = map.get(name);
  // Names are checked when a scenario is read.
  if (value === undefined) throw new HarnessError(`no step made the ${kind} ${name}`);
  return value;
}

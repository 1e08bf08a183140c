import { pause } from '../drivers/wait.ts';
import type { CheckContext } from '../runner/context.ts';
import { asObject, at, equal, eventually, ok, status } from '../runner/expectations.ts';
import { randomLabel, type Actor } from './actors.ts';

/** A write that the gateway acknowledged. */
export interface Acknowledged {
  /** Which write of the writer it is. */
  number: number;
  requestId: string;
  uid: unknown;
  /** Unix milliseconds. */
  atMs: number;
}

export interface WriterOptions {
  namespace?: string;
  /** Writes at a time, 2 unless told. */
  lanes?: number;
}

const LABEL = 'daas.test/writer';
const NUMBER = 'daas.test/number';
const PAUSE_MS = 80;
const REQUEST_MS = 6_000;

/**
 * Writes through the gateway without an end, each write once: a ConfigMap whose name the server makes up, so that one
 * that ran twice would be there twice. What was acknowledged is remembered and compared at the end.
 */
export class Writer {
  readonly acknowledged: Acknowledged[] = [];
  /** How often each other outcome came, by status or `no answer`. */
  readonly others = new Map<string, number>();
  readonly #t: CheckContext;
  readonly #actor: Actor;
  readonly #path: string;
  readonly #id = randomLabel();
  readonly #stop = new AbortController();
  #sent = 0;
  #lanes: Promise<unknown> = Promise.resolve();

  private constructor(t: CheckContext, actor: Actor, namespace: string) {
    this.#t = t;
    this.#actor = actor;
    this.#path = `/api/v1/namespaces/${namespace}/configmaps`;
  }

  /** Begins to write; it ends with the check at the latest. */
  static start(t: CheckContext, actor: Actor, options: WriterOptions = {}): Writer {
    const writer = new Writer(t, actor, options.namespace ?? 'default');
    const lanes = Array.from({ length: options.lanes ?? 2 }, () => writer.#write());
    writer.#lanes = Promise.all(lanes);
    t.defer(() => writer.stop());
    return writer;
  }

  /** Waits for so many acknowledgements more than there are now. */
  async more(count: number, withinMs: number): Promise<void> {
    const wanted = this.acknowledged.length + count;
    await eventually(
      `${count} more acknowledged writes (others: ${JSON.stringify(Object.fromEntries(this.others))})`,
      () => (this.acknowledged.length >= wanted ? true : undefined),
      { withinMs, intervalMs: 30, signal: this.#t.signal },
    );
  }

  /** Ends after the writes under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#lanes;
  }

  /**
   * Fails when an acknowledged write is not there, or any write is there twice, or has not exactly one request and one
   * result on chain. `actor` reads, the writer itself unless told.
   */
  async verify(actor: Actor = this.#actor): Promise<void> {
    await this.stop();
    const stored = await this.#stored(actor);
    const counts = new Map<string, number>();
    for (const { number } of stored) counts.set(number, (counts.get(number) ?? 0) + 1);
    const twice = [...counts].filter(([, count]) => count > 1).map(([number]) => number);
    equal('writes that ran twice', twice, []);
    const uids = new Map(stored.map(({ number, uid }) => [number, uid]));
    const lost = this.acknowledged.filter(({ number, uid }) => uids.get(String(number)) !== uid);
    ok(`none of ${this.acknowledged.length} acknowledged writes is lost`, lost.length === 0, {
      wanted: { lost: [] },
      got: { lost },
    });
    await this.#onChain();
  }

  /** Each acknowledged request has exactly one request and one result on chain. */
  async #onChain(): Promise<void> {
    const last = this.acknowledged.at(-1);
    if (last) await this.#t.chain.event('K8sAPIResult', { request_id: last.requestId });
    const requests = byRequest(await this.#t.chain.events('K8sAPIRequest', { token: this.#actor.token }));
    const results = byRequest(await this.#t.chain.events('K8sAPIResult'));
    const odd = this.acknowledged
      .map(({ requestId }) => ({
        requestId,
        requests: requests.get(requestId) ?? 0,
        results: results.get(requestId) ?? 0,
      }))
      .filter((one) => one.requests !== 1 || one.results !== 1);
    equal('acknowledged writes without exactly one request and one result on chain', odd, []);
  }

  async #stored(actor: Actor): Promise<{ number: string; uid: unknown }[]> {
    const query = `labelSelector=${encodeURIComponent(`${LABEL}=${this.#id}`)}`;
    const answer = await this.#t.gateway.as(actor, 'GET', `${this.#path}?${query}`);
    status(answer, 200);
    const items = at(answer.json, 'items');
    return (Array.isArray(items) ? items : []).map((item: unknown) => ({
      number: String(asObject(at(item, 'metadata', 'labels'))[NUMBER]),
      uid: at(item, 'metadata', 'uid'),
    }));
  }

  async #write(): Promise<void> {
    while (!this.#stop.signal.aborted && !this.#t.signal.aborted) {
      const number = (this.#sent += 1);
      const metadata = { generateName: 'w-', labels: { [LABEL]: this.#id, [NUMBER]: String(number) } };
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { number: String(number) } };
      const answer = await this.#t.gateway
        .as(this.#actor, 'POST', this.#path, { body, timeoutMs: REQUEST_MS })
        .catch(() => undefined);
      if (answer?.status === 201) {
        const requestId = answer.headers['audit-id'] ?? '';
        const uid = at(answer.json, 'metadata', 'uid');
        this.acknowledged.push({ number, requestId, uid, atMs: Date.now() });
        continue;
      }
      const what = answer ? String(answer.status) : 'no answer';
      this.others.set(what, (this.others.get(what) ?? 0) + 1);
      await pause(PAUSE_MS, this.#stop.signal);
    }
  }
}

function byRequest(events: readonly { data: { request_id: string } }[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { data } of events) found.set(data.request_id, (found.get(data.request_id) ?? 0) + 1);
  return found;
}

import { Agent, request } from 'undici';

export interface EtcdClientOptions {
  /** Base URLs of the members; the one that answered last is asked first. */
  endpoints: readonly string[];
  /** Longest wait for one answer, milliseconds; default 2000. */
  timeoutMs?: number;
}

/** An entry as etcd has it. */
export interface EtcdEntry {
  key: string;
  value: Buffer;
  /** etcd's own revision of the last change. */
  modRevision: string;
  /** etcd's own revision of the creation. */
  createRevision: string;
}

/** What must hold for a transaction to take effect. */
export type Condition = { key: string; createRevision: string } | { key: string; modRevision: string };

export type Write = { put: string; value: Uint8Array; lease?: string } | { remove: string };

/** No member answered, or one refused; `code` is etcd's gRPC status where there is one. */
export class EtcdError extends Error {
  override readonly name = 'EtcdError';
  readonly code: number | undefined;
  constructor(message: string, options: { cause?: unknown; code?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
  }
}

const PAGE = 500;

/**
 * The few calls of etcd's v3 API that a store and an election need, over its JSON gateway: keys and values are base64,
 * numbers are strings.
 */
export class EtcdClient {
  readonly #endpoints: readonly string[];
  readonly #timeoutMs: number;
  readonly #agent = new Agent({ keepAliveTimeout: 30_000, pipelining: 1 });
  #preferred = 0;

  constructor({ endpoints, timeoutMs = 2_000 }: EtcdClientOptions) {
    this.#endpoints = endpoints.map((url) => url.replace(/\/$/, ''));
    this.#timeoutMs = timeoutMs;
  }

  /** Every entry under a prefix in key order, all as of one revision of etcd. */
  async list(prefix: string): Promise<EtcdEntry[]> {
    const entries: EtcdEntry[] = [];
    const end = encode(after(prefix));
    let revision: string | undefined;
    for (let from = prefix; ;) {
      const answer = await this.#call('kv/range', {
        key: encode(from),
        range_end: end,
        limit: PAGE,
        ...(revision !== undefined && { revision }),
      });
      const page = entriesOf(answer);
      entries.push(...page);
      revision ??= String((answer['header'] as Record<string, unknown>)['revision']);
      if (answer['more'] !== true) return entries;
      from = `${page.at(-1)?.key}\0`;
    }
  }

  async get(key: string): Promise<EtcdEntry | undefined> {
    return entriesOf(await this.#call('kv/range', { key: encode(key) }))[0];
  }

  /** Does all the writes when all the conditions hold, else none. Answers whether they held. */
  async commit(conditions: readonly Condition[], writes: readonly Write[]): Promise<boolean> {
    const answer = await this.#call('kv/txn', {
      compare: conditions.map((condition) => {
        const key = encode(condition.key);
        return 'createRevision' in condition
          ? { key, target: 'CREATE', result: 'EQUAL', create_revision: condition.createRevision }
          : { key, target: 'MOD', result: 'EQUAL', mod_revision: condition.modRevision };
      }),
      success: writes.map((write) =>
        'put' in write
          ? {
              request_put: {
                key: encode(write.put),
                value: Buffer.from(write.value).toString('base64'),
                ...(write.lease !== undefined && { lease: write.lease }),
              },
            }
          : { request_delete_range: { key: encode(write.remove) } },
      ),
    });
    return answer['succeeded'] === true;
  }

  /** A lease that ends after so many seconds unless it is kept alive; answers its id. */
  async grant(seconds: number): Promise<string> {
    return String((await this.#call('lease/grant', { TTL: seconds }))['ID']);
  }

  /** Answers the seconds the lease has again; 0 when it is over. */
  async keepAlive(lease: string): Promise<number> {
    const answer = await this.#call('lease/keepalive', { ID: lease });
    const result = answer['result'] as Record<string, unknown> | undefined;
    return Number(result?.['TTL'] ?? 0);
  }

  async revoke(lease: string): Promise<void> {
    await this.#call('lease/revoke', { ID: lease });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #call(path: string, body: object): Promise<Record<string, unknown>> {
    let last: unknown;
    for (let tried = 0; tried < this.#endpoints.length; tried += 1) {
      const index = (this.#preferred + tried) % this.#endpoints.length;
      try {
        const answer = await this.#send(`${this.#endpoints[index]}/v3/${path}`, body);
        this.#preferred = index;
        return answer;
      } catch (error) {
        // A refusal with a reason would be the same at every member.
        if (error instanceof EtcdError) throw error;
        last = error;
      }
    }
    throw new EtcdError(`no etcd answers at ${this.#endpoints.join(', ')}`, { cause: last });
  }

  async #send(url: string, body: object): Promise<Record<string, unknown>> {
    const answer = await request(url, {
      dispatcher: this.#agent,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(this.#timeoutMs),
    });
    const json = (await answer.body.json()) as Record<string, unknown>;
    if (answer.statusCode === 200) return json;
    const code = Number(json['code']);
    const message = `etcd refused: ${String(json['error'] ?? json['message'])} (${answer.statusCode})`;
    // Unavailable: another member may do better.
    if (code === 14) throw new Error(message);
    throw new EtcdError(message, { code });
  }
}

function entriesOf(answer: Record<string, unknown>): EtcdEntry[] {
  const list = (answer['kvs'] ?? []) as Record<string, string>[];
  return list.map((one) => ({
    key: Buffer.from(one['key'] ?? '', 'base64').toString(),
    value: Buffer.from(one['value'] ?? '', 'base64'),
    modRevision: one['mod_revision'] ?? '0',
    createRevision: one['create_revision'] ?? '0',
  }));
}

function encode(key: string): string {
  return Buffer.from(key).toString('base64');
}

/** The first key after all those with this prefix. Prefixes here end in a slash. */
function after(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCodePoint(prefix.codePointAt(prefix.length - 1)! + 1);
}

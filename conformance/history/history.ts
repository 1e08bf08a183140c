import { HttpDriver } from '../drivers/http.ts';
import { poll } from '../drivers/wait.ts';
import type { Session } from '../runner/context.ts';
import type { Actor } from '../world/actors.ts';
import { appendedObjects, chainRequests } from './aftermath.ts';
import { HistoryClient } from './client.ts';
import type { RunRecord } from './judge.ts';
import { Objects } from './objects.ts';
import type { Random } from './random.ts';
import { Recorder } from './recorder.ts';
import { isAfter } from './watch.ts';
import { Watcher } from './watcher.ts';

export interface HistoryOptions {
  session: Session;
  /** The gateway, straight; `clientsUrl` is the way that clients and watch take. */
  gateway: { url: string; ca?: string };
  clientsUrl: string;
  /** One client each; administrators. */
  wallets: readonly [Actor, ...Actor[]];
  random: Random;
  /** Label of the run on its objects. */
  run: string;
}

const ANSWER_MS = 5_000;
const WATCH_MS = 5_000;

/** What a history knows of itself when all is over. */
export type Recorded = Pick<RunRecord, 'operations' | 'requests' | 'appended' | 'watches'>;

/** Clients at work on the same objects, and a watch on them: all that they did and were told is noted. */
export class History implements AsyncDisposable {
  readonly recorder = new Recorder();
  readonly objects: Objects;
  readonly #options: HistoryOptions;
  readonly #http: HttpDriver;
  readonly #direct: HttpDriver;
  readonly #watcher: Watcher;
  readonly #watching = new AbortController();
  #watched: Promise<void> = Promise.resolve();

  constructor(options: HistoryOptions) {
    const { gateway, clientsUrl, run } = options;
    this.#options = options;
    this.objects = new Objects(run);
    this.#http = new HttpDriver({ baseUrl: clientsUrl, ca: gateway.ca });
    this.#direct = new HttpDriver({ baseUrl: gateway.url, ca: gateway.ca });
    this.#watcher = new Watcher({
      http: this.#http.recording(() => undefined),
      credential: this.#credential,
      run,
    });
  }

  readonly #credential = (): Promise<string> =>
    this.#options.session.actors.session(this.#options.wallets[0]);

  /** Lets the clients work until `over` aborts; the watch goes on. */
  async work(over: AbortSignal): Promise<void> {
    const { wallets, session, random } = this.#options;
    this.#watched = this.#watcher.run(this.#watching.signal);
    await Promise.all(
      wallets.map((wallet, index) =>
        this.#client(`c${index + 1}`, this.#http, random.fork(`client ${index}`), () =>
          session.actors.session(wallet),
        ).run(over),
      ),
    );
  }

  /** Reads every object once more, and what the chain and the watch have to tell. Ends the watch. */
  async gather(signal: AbortSignal): Promise<Recorded> {
    const { session, run, random } = this.#options;
    const { operations } = this.recorder;
    const requests = await chainRequests(session, operations, session.world.timings.request_ttl_seconds);
    const reader = this.#client('last', this.#direct, random, this.#credential);
    for (const name of signal.aborted ? [] : this.objects.names) await reader.perform('read', name);
    const { appended, resourceVersion } = await appendedObjects(this.#direct, this.#credential, run);
    const caughtUp = (): true | undefined => {
      const { reached } = this.#watcher;
      return reached !== undefined && (reached === resourceVersion || isAfter(reached, resourceVersion))
        ? true
        : undefined;
    };
    await poll(caughtUp, { timeoutMs: WATCH_MS, signal });
    this.#watching.abort();
    await this.#watched;
    return { operations, requests, appended, watches: this.#watcher.segments };
  }

  #client(name: string, http: HttpDriver, random: Random, credential: () => Promise<string>): HistoryClient {
    const { recorder, objects } = this;
    const { session, run } = this.#options;
    const timeoutMs = session.world.timings.request_deadline_ms + ANSWER_MS;
    return new HistoryClient({ name, http, credential, recorder, objects, random, run, timeoutMs });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watching.abort();
    await this.#watched;
    await Promise.all([this.#http[Symbol.asyncDispose](), this.#direct[Symbol.asyncDispose]()]);
  }
}

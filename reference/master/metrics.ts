import Counter from 'prom-client/lib/counter.js';
import Gauge from 'prom-client/lib/gauge.js';
import Histogram from 'prom-client/lib/histogram.js';
import Registry from 'prom-client/lib/registry.js';
import type { Verdict } from '../protocol/verifier-types.ts';

/** Values that are read when the metrics are. */
export interface MetricSources {
  workers: () => readonly { state: string }[];
  requests: () => { pending: number; finished: number };
  store: () => { entries: number; bytes: number; revision: number };
}

/** What the master tells Prometheus. */
export class MasterMetrics {
  readonly #registry = new Registry();
  readonly #published: (text: string) => string;
  readonly #requests = new Counter({
    name: 'k3s_daas_requests_total',
    help: 'HTTP requests answered',
    labelNames: ['endpoint', 'method', 'code'],
    registers: [this.#registry],
  });
  readonly #latency = new Histogram({
    name: 'k3s_daas_request_duration_seconds',
    help: 'Time from request to answer (watches: to their headers)',
    labelNames: ['endpoint'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30],
    registers: [this.#registry],
  });
  readonly #validations = new Counter({
    name: 'k3s_daas_token_validations_total',
    help: 'Credentials checked, by result',
    labelNames: ['role', 'result'],
    registers: [this.#registry],
  });
  readonly #replays = new Counter({
    name: 'k3s_daas_replays_refused_total',
    help: 'Credentials refused because they were used before',
    registers: [this.#registry],
  });
  readonly #stakes = new Counter({
    name: 'k3s_daas_stake_operations_total',
    help: 'Staking events seen on chain',
    labelNames: ['operation'],
    registers: [this.#registry],
  });
  readonly #events = new Counter({
    name: 'k3s_daas_chain_events_total',
    help: 'Chain events processed',
    labelNames: ['name'],
    registers: [this.#registry],
  });
  readonly #lag = new Gauge({
    name: 'k3s_daas_event_lag_seconds',
    help: 'Age of the newest checkpoint when it was processed',
    registers: [this.#registry],
  });
  readonly #executions = new Counter({
    name: 'k3s_daas_kubectl_requests_total',
    help: 'Requests from the chain that were run, by status code',
    labelNames: ['code'],
    registers: [this.#registry],
  });

  /** `published` gets the text and answers what is told. */
  constructor(published: (text: string) => string = (text) => text) {
    this.#published = published;
  }

  /** Registers the gauges that look at live objects. */
  observe(sources: MetricSources): void {
    const registers = this.#registry;
    gauge(registers, 'k3s_daas_store_entries', 'Entries in the store', () => sources.store().entries);
    gauge(registers, 'k3s_daas_store_bytes', 'Bytes in the store', () => sources.store().bytes);
    gauge(registers, 'k3s_daas_store_revision', 'Revision of the store', () => sources.store().revision);
    gauge(
      registers,
      'k3s_daas_requests_pending',
      'Requests without a result',
      () => sources.requests().pending,
    );
    gauge(
      registers,
      'k3s_daas_responses_kept',
      'Results kept for readers',
      () => sources.requests().finished,
    );
    const workers = new Gauge({
      name: 'k3s_daas_workers',
      help: 'Workers by state',
      labelNames: ['state'],
      collect() {
        for (const state of ['pending', 'active', 'busy', 'offline', 'slashed']) this.set({ state }, 0);
        for (const { state } of sources.workers()) this.inc({ state });
      },
      registers: [],
    });
    this.#registry.registerMetric(workers);
  }

  request(endpoint: string, method: string, code: number, seconds: number): void {
    this.#requests.inc({ endpoint, method, code });
    this.#latency.observe({ endpoint }, seconds);
  }

  tokenValidation(role: 'worker' | 'gateway', verdict: Verdict): void {
    const result = verdict.ok ? 'accepted' : verdict.reason;
    this.#validations.inc({ role, result });
    if (result === 'ReplayDetected') this.#replays.inc();
  }

  stakeOperation(operation: string): void {
    this.#stakes.inc({ operation });
  }

  chainEvent(name: string): void {
    this.#events.inc({ name });
  }

  eventLag(seconds: number): void {
    this.#lag.set(Math.max(0, seconds));
  }

  executed(code: number): void {
    this.#executions.inc({ code });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Prometheus text. */
  async render(): Promise<string> {
    return this.#published(await this.#registry.metrics());
  }
}

function gauge(registry: Registry, name: string, help: string, value: () => number): void {
  const metric = new Gauge({
    name,
    help,
    registers: [],
    collect() {
      this.set(value());
    },
  });
  registry.registerMetric(metric);
}

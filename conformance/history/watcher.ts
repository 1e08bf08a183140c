import type { RecordedHttp } from '../drivers/http.ts';
import { pause } from '../drivers/wait.ts';
import { at } from '../runner/expectations.ts';
import { bearer } from '../world/gateway-api.ts';
import { observedIn } from './client.ts';
import type { WatchEvent, WatchSegment } from './watch.ts';
import { COLLECTION, RUN_LABEL } from './requests.ts';

export interface WatcherOptions {
  http: RecordedHttp;
  credential: () => Promise<string>;
  run: string;
}

const AGAIN_MS = 100;

/** Watches the objects of a run from beginning to end, resuming where a stream broke off. */
export class Watcher {
  readonly segments: WatchSegment[] = [];
  readonly #options: WatcherOptions;

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  /** The last resourceVersion that the watch has come to; undefined before the first list. */
  get reached(): string | undefined {
    return this.segments.at(-1)?.to;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const segment = this.segments.at(-1);
      // Whatever breaks a stream off, the next one starts where it ended.
      await (segment ? this.#follow(segment, signal) : this.#begin(signal)).catch(() => undefined);
      await pause(AGAIN_MS, signal);
    }
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const answer = await this.#options.http.send('GET', `${COLLECTION}?${this.#selector}`, {
      headers: bearer(await this.#options.credential(), {}),
      signal,
    });
    const from = at(answer.json, 'metadata', 'resourceVersion');
    if (answer.status === 200 && typeof from === 'string') this.segments.push({ from, to: from, events: [] });
  }

  async #follow(segment: WatchSegment, signal: AbortSignal): Promise<void> {
    const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${segment.to}&${this.#selector}`;
    await using stream = await this.#options.http.stream(`${COLLECTION}?${query}`, {
      headers: bearer(await this.#options.credential(), {}),
      signal,
    });
    if (stream.status === 410) this.segments.push(...(await this.#relisted(signal)));
    if (stream.status !== 200) return;
    for await (const line of stream.lines()) {
      const message: unknown = JSON.parse(line);
      const type = at(message, 'type');
      const object = at(message, 'object');
      const version = at(object, 'metadata', 'resourceVersion');
      if (type === 'ERROR') {
        if (at(object, 'code') === 410) this.segments.push(...(await this.#relisted(signal)));
        return;
      }
      if (typeof version !== 'string') continue;
      const event = eventOf(type, object);
      if (event) segment.events.push(event);
      segment.to = version;
    }
  }

  /** After a gap that the server admits, a new stretch begins with a new list. */
  async #relisted(signal: AbortSignal): Promise<WatchSegment[]> {
    const before = this.segments.length;
    await this.#begin(signal);
    return this.segments.splice(before);
  }

  get #selector(): string {
    return `labelSelector=${encodeURIComponent(`${RUN_LABEL}=${this.#options.run}`)}`;
  }
}

function eventOf(type: unknown, object: unknown): WatchEvent | undefined {
  const observed = observedIn(object);
  const name = at(object, 'metadata', 'name');
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return undefined;
  if (!observed || typeof name !== 'string') return undefined;
  return { type, object: name, ...observed };
}

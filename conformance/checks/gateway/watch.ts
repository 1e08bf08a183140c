import type { HttpStream } from '../../drivers/http.ts';
import { at, eventually } from '../../runner/expectations.ts';
import { CheckFailure } from '../../runner/outcome.ts';
import { describeError } from '../../errors.ts';

/** One event of a watch. */
export interface WatchEvent {
  type: string;
  object: unknown;
  /** Unix milliseconds at which its line was read. */
  atMs: number;
}

const UNTIL_MS = 5_000;

/** A watch that is read as it comes; what it said so far is in `events`. */
export class Watch {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly events: WatchEvent[] = [];
  /** Lines that are no event. */
  readonly nonsense: string[] = [];
  /** How it ended: `clean`, or why it broke off. Undefined while it goes on. */
  ending: string | undefined;
  readonly ended: Promise<string>;
  readonly #stream: HttpStream;

  constructor(stream: HttpStream) {
    this.#stream = stream;
    this.status = stream.status;
    this.headers = stream.headers;
    this.ended = this.#read();
  }

  /** `TYPE name` of each event, bookmarks left out. */
  get seen(): string[] {
    return this.events.filter(({ type }) => type !== 'BOOKMARK').map(labelOf);
  }

  /** Events about one object. */
  of(name: string): WatchEvent[] {
    return this.events.filter(({ object }) => at(object, 'metadata', 'name') === name);
  }

  /** Waits for an event that fits. */
  until(what: string, fits: (event: WatchEvent) => boolean, withinMs = UNTIL_MS): Promise<WatchEvent> {
    return eventually(`in the watch, ${what}`, () => this.events.find(fits), { withinMs, intervalMs: 10 });
  }

  /** Waits for an event of this type about the object of this name. */
  untilNamed(type: string, name: string, withinMs = UNTIL_MS): Promise<WatchEvent> {
    return this.until(
      `${type} of ${name}`,
      (event) => event.type === type && at(event.object, 'metadata', 'name') === name,
      withinMs,
    );
  }

  async close(): Promise<void> {
    this.#stream.close();
    await this.ended;
  }

  async #read(): Promise<string> {
    try {
      for await (const line of this.#stream.lines()) this.#take(line);
      this.ending = 'clean';
    } catch (error) {
      this.ending = describeError(error);
    }
    return this.ending;
  }

  #take(line: string): void {
    let event: unknown;
    try {
      event = JSON.parse(line);
    } catch {
      // Kept as it came.
    }
    const type = at(event, 'type');
    if (typeof type === 'string') this.events.push({ type, object: at(event, 'object'), atMs: Date.now() });
    else this.nonsense.push(line);
  }
}

const labelOf = ({ type, object }: WatchEvent): string => `${type} ${String(at(object, 'metadata', 'name'))}`;

/**
 * What a client holds after these events, by name: a fault when one does not fit the state before it, such as ADDED for
 * what is there or a resourceVersion that goes back.
 */
export function rebuild(
  events: readonly WatchEvent[],
  start: ReadonlyMap<string, unknown> = new Map(),
  from = '0',
): Map<string, unknown> {
  const held = new Map(start);
  let last = Number(from);
  for (const { type, object } of events) {
    if (type === 'BOOKMARK') continue;
    const name = String(at(object, 'metadata', 'name'));
    const version = Number(at(object, 'metadata', 'resourceVersion'));
    const fits = type === 'ADDED' ? !held.has(name) : held.has(name);
    if (!fits || version <= last || !['ADDED', 'MODIFIED', 'DELETED'].includes(type)) {
      throw new CheckFailure(`the event ${type} of ${name} does not follow from those before it`, {
        wanted: { 'resourceVersion above': last, held: held.has(name) ? name : undefined },
        got: { type, resourceVersion: version },
      });
    }
    // Not all servers count with numbers.
    if (Number.isFinite(version)) last = version;
    if (type === 'DELETED') held.delete(name);
    else held.set(name, object);
  }
  return held;
}

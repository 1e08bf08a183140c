import type { CheckContext } from '../../runner/context.ts';
import { at, eventually, ok } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';

const TELLING_MS = 5_000;
const OPEN_MS = 60_000;

/** A watch through the gateway that somebody reads all the time. */
export class Followed {
  /** Names of the objects that its events told of, in their order. */
  readonly names: string[] = [];
  /** When it ended, by performance.now(); undefined as long as it is open. */
  endedAt: number | undefined;

  private constructor(lines: AsyncIterable<string>) {
    void this.#read(lines);
  }

  /** `target`: path and query of a list; the watch goes on from there. */
  static async open(t: CheckContext, actor: Actor, target: string): Promise<Followed> {
    const list = await t.gateway.as(actor, 'GET', target);
    const from = String(at(list.json, 'metadata', 'resourceVersion'));
    const query = `${target.includes('?') ? '&' : '?'}watch=true&resourceVersion=${from}`;
    const stream = await t.gateway.stream(actor, target + query, { timeoutMs: OPEN_MS });
    t.defer(() => stream.close());
    ok('the watch is open', stream.status === 200, { got: stream.status });
    return new Followed(stream.lines());
  }

  /** Waits until it told of a name that `fits`, or ended: what it may not do is to stay open and silent. */
  async toldOrEnded(fits: (name: string) => boolean): Promise<void> {
    const seen = (): true | undefined =>
      this.endedAt !== undefined || this.names.some(fits) ? true : undefined;
    await eventually('the change, told by the watch, or its end', seen, { withinMs: TELLING_MS });
  }

  async #read(lines: AsyncIterable<string>): Promise<void> {
    try {
      for await (const line of lines) {
        if (line !== '') this.names.push(String(at(JSON.parse(line), 'object', 'metadata', 'name')));
      }
    } catch {
      // Broken off is ended, too.
    }
    this.endedAt = performance.now();
  }
}

import type { CheckContext } from '../../runner/context.ts';
import { at, eventually, ok, status } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import { CONFIG_MAPS, configMap } from './config-map.ts';

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

  /** A watch on ConfigMaps that has told of one already: what ends it later is not what went before. */
  static async telling(t: CheckContext, actor: Actor): Promise<Followed> {
    const watch = await Followed.open(t, actor, CONFIG_MAPS);
    const name = t.name('told');
    status(await t.gateway.as(actor, 'POST', CONFIG_MAPS, { body: configMap(name) }), 201);
    const told = (): true | undefined => (watch.names.includes(name) ? true : undefined);
    await eventually(`${name}, told by the watch`, told, { withinMs: TELLING_MS });
    ok('the watch is open still', watch.endedAt === undefined);
    return watch;
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

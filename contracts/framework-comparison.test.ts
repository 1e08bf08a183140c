import { MovePackageFetcher } from '@zktx.io/sui-move-builder/full';
import { describe, expect, it } from 'vitest';
import { MoveBuildError, buildContracts, offlineFetcher } from './build.ts';
import type { SourceFiles } from './build.ts';
import { compareFrameworks } from './framework-comparison.ts';

/** Our subset with changes, where Sui's framework would be. */
class StandIn extends MovePackageFetcher {
  readonly #change: (files: SourceFiles) => SourceFiles;
  constructor(change: (files: SourceFiles) => SourceFiles) {
    super();
    this.#change = change;
  }
  override async fetch(git: string, rev: string, subdir?: string): Promise<SourceFiles> {
    return this.#change(await offlineFetcher().fetch(git, rev, subdir));
  }
  override async fetchFile(): Promise<string | null> {
    return null;
  }
  override getResolvedSha(_git: string, rev: string): string {
    return rev;
  }
}

const edited =
  (path: string, from: string, to: string) =>
  (files: SourceFiles): SourceFiles => {
    const text = files[path];
    if (text === undefined) return files;
    expect(text).toContain(from);
    return { ...files, [path]: text.replace(from, to) };
  };
const CLOCK = 'sources/clock.move';

describe('the contracts against another framework (a stand-in for Sui’s, which needs a network)', () => {
  it('have the same digest when it has more in it and other bodies', async () => {
    const more = edited(
      CLOCK,
      'public fun timestamp_ms(clock: &Clock): u64 {',
      'public fun twice(clock: &Clock): u64 { 2 * timestamp_ms(clock) }\npublic fun timestamp_ms(clock: &Clock): u64 { assert!(clock.timestamp_ms < 1 << 60);',
    );
    const result = await compareFrameworks(new StandIn(more));
    expect(result).toMatchObject({ verdict: 'same', suiVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    const { digest } = await buildContracts();
    expect(result.own).toBe(Buffer.from(digest).toString('hex'));
  });

  it('have another digest when a type has other abilities', async () => {
    const stored = edited(CLOCK, 'public struct Clock has key {', 'public struct Clock has key, store {');
    const result = await compareFrameworks(new StandIn(stored));
    expect(result.verdict).toBe('different');
    expect('sui' in result && result.sui).not.toBe(result.own);
  });

  it('do not compile when a function is missing', async () => {
    const without = edited(CLOCK, 'public fun timestamp_ms(', 'public fun millis(');
    await expect(compareFrameworks(new StandIn(without))).rejects.toThrow(MoveBuildError);
  });

  it('are not compared, with the reason, when it cannot be fetched', async () => {
    const unreachable = new StandIn(() => {
      throw new TypeError('fetch failed');
    });
    expect(await compareFrameworks(unreachable)).toMatchObject({
      verdict: 'not compared',
      reason: expect.stringContaining('fetch failed'),
    });
  });
});

import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedBuild, packageVersion } from './build-cache.ts';
import type { FrameworkPackage } from './build.ts';
import { cacheDir } from './cache-dir.ts';

const made: FrameworkPackage[] = [{ address: '0x1', modules: [Uint8Array.of(1, 2, 3)] }];
const input = { sources: [{ 'a.move': 'module a::a;' }], compilerVersion: '1.0.0' };

describe('the cache of what was compiled', () => {
  let dir: string;
  let compiled: number;
  beforeEach(async () => {
    dir = join(await mkdtemp(join(tmpdir(), 'build-')), 'cache');
    compiled = 0;
  });
  afterEach(() => rm(join(dir, '..'), { recursive: true }));

  const get = (given = input, where = dir): Promise<FrameworkPackage[]> =>
    cachedBuild({
      name: 'framework',
      input: given,
      compile: () => Promise.resolve((compiled++, made)),
      dir: where,
    });

  it('compiles once for the same sources and compiler', async () => {
    expect(await get()).toEqual(made);
    expect(await get()).toEqual(made);
    expect(compiled).toBe(1);
  });

  it('compiles anew after a change of a source or of the compiler', async () => {
    await get();
    await get({ ...input, sources: [{ 'a.move': 'module a::a; ' }] });
    await get({ ...input, compilerVersion: '1.0.1' });
    expect(compiled).toBe(3);
  });

  it.each([
    ['torn', (text: string) => text.slice(0, -5)],
    ['altered', (text: string) => text.replace('AQID', 'AQIE')],
    ['empty', () => ''],
  ])('does not use a file that is %s', async (_what, damage) => {
    await get();
    const [name] = (await readdir(dir)) as [string];
    await writeFile(join(dir, name), damage(await readFile(join(dir, name), 'utf8')));
    expect(await get()).toEqual(made);
    expect(await get()).toEqual(made);
    expect(compiled).toBe(2);
    expect(await readdir(dir)).toEqual([name]);
  });

  it('does without a folder that cannot be made', async () => {
    const file = join(dir, '..', 'file');
    await writeFile(file, '');
    expect(await get(input, join(file, 'cache'))).toEqual(made);
  });

  it('stands where the environment says', () => {
    expect(cacheDir({ K3S_DAAS_CACHE_DIR: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
    expect(cacheDir({ XDG_CACHE_HOME: '/b' })).toBe(join('/b', 'k3s-daas'));
    expect(cacheDir({})).toMatch(/k3s-daas$/);
  });

  it('knows the compiler by its version', async () => {
    expect(await packageVersion('@zktx.io/sui-move-builder/full')).toMatch(/^\d+\.\d+\.\d+/);
  });
});

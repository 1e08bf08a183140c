import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { abortFor, reasonOf } from './bindings/aborts.ts';
import { contractSources } from './build.ts';
import { generateAborts, generatedPath, readAborts } from './generate.ts';

describe('the abort table', () => {
  it('is what bindings/aborts.ts was generated from', async () => {
    expect(await readFile(generatedPath, 'utf8')).toBe(await generateAborts());
  });

  it('has exactly the abort codes of the Move sources', async () => {
    const declared: string[] = [];
    for (const [path, source] of Object.entries(await contractSources({ tests: false }))) {
      const module = /^module k3s_daas::(\w+);/mu.exec(source)?.[1];
      if (module === undefined) continue;
      expect(path).toBe(`sources/${module}.move`);
      for (const [, name, code] of source.matchAll(/^const (E[A-Za-z]+): u64 = (\d+);/gmu)) {
        declared.push(`${module} ${name} ${code}`);
      }
    }
    const rows = (await readAborts()).map(({ module, name, code }) => `${module} ${name} ${code}`);
    expect(rows.toSorted()).toEqual(declared.toSorted());
  });

  it('blames the server in no entry but for an endpoint out of service', async () => {
    const blamed = (await readAborts()).filter(({ http }) => http >= 500);
    expect(blamed.map(({ reason, http }) => `${reason} ${http}`)).toEqual(['EndpointUnavailable 503']);
  });

  it('gives one status to a reason', async () => {
    const rows = await readAborts();
    const pairs = new Set(rows.map(({ reason, http }) => `${reason} ${http}`));
    expect(pairs.size).toBe(new Set(rows.map(({ reason }) => reason)).size);
  });

  it('is looked up by module and code', () => {
    expect(abortFor('k8s_gateway', 2)).toMatchObject({ reason: 'InvalidSealToken', http: 401 });
    expect(abortFor('k8s_gateway', 2n)).toBe(abortFor('k8s_gateway', 2));
    expect(reasonOf('staking', 1)).toBe('InsufficientStake');
    expect(abortFor('staking', 99)).toBeUndefined();
    expect(reasonOf('balance', 2)).toBeUndefined();
  });
});

import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../errors.ts';
import { readJson } from '../paths.ts';
import { loadCatalogue } from '../requirements/catalogue.ts';
import { loadBundled } from './bundled.ts';
import { loadTarget, parseAnyTarget, parseTarget } from './load.ts';

const minimal = `schema_version: 1
name: acme
chain: { provider: embedded }
gateway: { url: "https://127.0.0.1:8443" }
`;

/** The words of the error that a text gives. */
async function faultOf(text: string): Promise<string> {
  const error: unknown = await parseTarget(text, 't.yaml').then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UsageError);
  return (error as UsageError).message;
}

describe('a target file', () => {
  it('may be as short as a name, a chain and one part', async () => {
    await expect(parseTarget(minimal, 't.yaml')).resolves.toMatchObject({ name: 'acme' });
  });

  it('may name a cluster in place of parts, for `daas run` alone', async () => {
    const text = 'schema_version: 1\nname: acme\nkubernetes: { kubeconfig: k, context: c }\n';
    await expect(parseAnyTarget(text, 't.yaml')).resolves.toMatchObject({ kubernetes: { context: 'c' } });
    expect(await faultOf(text)).toMatch(/names a cluster/);
    expect(await faultOf(`${text}chain: { provider: embedded }\n`)).toBe(
      't.yaml:4:8: chain: cannot stand beside "kubernetes", which names a whole cluster; remove one of the two',
    );
    expect(await faultOf(text.replace('kubeconfig', 'config'))).toMatch(/unknown field "config"/);
  });

  it('of two masters is bundled too', async () => {
    const { file } = await loadTarget(join(import.meta.dirname, 'bundled/ha.yaml'));
    expect(file.features).toContain('HighAvailability');
    expect([typeof file.standby, typeof file.store]).toEqual(['object', 'object']);
  });

  it('is the bundled one without --target', async () => {
    const { file } = await loadBundled();
    expect(file.chain.provider).toBe('embedded');
    expect(Object.keys(file)).toEqual(expect.arrayContaining(['gateway', 'master', 'worker']));
  });

  it('knows every feature that the catalogue names', async () => {
    const schema = await readJson('conformance/schemas/target.schema.json');
    const properties = schema['properties'] as { features: { items: { enum: string[] } } };
    const { requirements } = await loadCatalogue();
    const named = new Set(requirements.flatMap(({ feature }) => feature ?? []));
    expect(properties.features.items.enum.toSorted()).toEqual([...named].toSorted());
  });

  it.each([
    [
      'a misspelt field',
      minimal + 'gatway: {}\n',
      't.yaml:5:9: the file: unknown field "gatway"; remove it or correct its spelling',
    ],
    [
      'a missing field',
      'schema_version: 1\nname: acme\n',
      't.yaml:1:1: the file: the field "chain" is missing; add it',
    ],
    ['another version', minimal.replace('1', '7'), 't.yaml:1:17: schema_version: must be 1, got 7'],
    [
      'an unknown provider',
      minimal.replace('embedded', 'moon'),
      't.yaml:3:20: chain.provider: must be one of embedded, url, sui, container, got "moon"',
    ],
    [
      'plain HTTP',
      minimal.replace('https', 'http'),
      't.yaml:4:17: gateway.url: must match ^https://, got "http://127.0.0.1:8443"',
    ],
    ['no part', minimal.split('gateway')[0]!, 't.yaml:1:1: names no part to check'],
    ['a list', '[]', 't.yaml:1:1: the file: must be object'],
  ])('with %s is refused with line, column and fix', async (_, text, fault) => {
    expect(await faultOf(text)).toBe(fault);
  });

  it('that was cut off half-way is refused where it ends', async () => {
    expect(await faultOf(minimal.slice(0, minimal.indexOf('8443')))).toMatch(/^t\.yaml:4:\d+: .*quote/);
  });

  it('with an alias of nothing is refused by its name', async () => {
    expect(await faultOf(`${minimal}worker: *nobody\n`)).toMatch(/t\.yaml: .*nobody/);
  });

  it('that does not exist is refused with what to do', async () => {
    await expect(loadTarget('/nowhere/t.yaml')).rejects.toMatchObject({
      exitCode: 2,
      hint: expect.stringContaining('daas init'),
    });
  });

  it('of any text gives a target or a UsageError, never another error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.nat(minimal.length).map((at) => minimal.slice(0, at)),
        ),
        async (text) => {
          await parseTarget(text, 't.yaml').catch((error: unknown) =>
            expect(error).toBeInstanceOf(UsageError),
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});

import { isDeepStrictEqual } from 'node:util';
import { check, defineChecks } from '../../runner/check.ts';
import { asObject, at, ok } from '../../runner/expectations.ts';
import { groupVersions, pathOf, read, resourcesOf, type Resource } from './discovered.ts';

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, object>>;
}

/** The document has a patch of the resource that says its kind and knows fieldValidation. */
function isDescribed({ paths }: OpenApi, groupVersion: string, { name, kind }: Resource): void {
  const [version, group = ''] = groupVersion.split('/').toReversed();
  const wanted = asSorted({ group, kind, version });
  const [path, operations] =
    Object.entries(paths).find(
      ([target, { patch }]) =>
        target.endsWith(`/${name}/{name}`) &&
        isDeepStrictEqual(asSorted(at(patch, 'x-kubernetes-group-version-kind')), wanted),
    ) ?? [];
  ok(`a patch operation of ${name} says its kind`, operations !== undefined, { wanted });
  const parameters = [...list(at(operations, 'patch', 'parameters')), ...list(operations['parameters'])];
  ok(
    `the patch of ${name} knows fieldValidation`,
    parameters.some(
      (each) =>
        at(each, 'name') === 'fieldValidation' || String(at(each, '$ref')).includes('fieldValidation'),
    ),
    { got: { path, parameters: parameters.slice(0, 5) } },
  );
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Entries in one order, so that two objects compare as text. */
const asSorted = (value: unknown): [string, unknown][] =>
  Object.entries(asObject(value)).toSorted(([a], [b]) => (a < b ? -1 : 1));

export default defineChecks([
  check(
    'GW-DSC-006',
    '/openapi/v3 has an index, and documents whose patches carry kind and fieldValidation',
    { mutants: ['openapi-without-kinds'] },
    async (t) => {
      const { paths } = (await read(t, '/openapi/v3')) as {
        paths: Record<string, { serverRelativeURL: string }>;
      };
      for (const groupVersion of await groupVersions(t)) {
        const key = pathOf(groupVersion).slice(1);
        const url = paths[key]?.serverRelativeURL;
        ok(`the index has ${key}`, typeof url === 'string' && url.startsWith('/openapi/v3/'), { got: paths });
        const document = (await read(t, url)) as OpenApi;
        ok('it is an OpenAPI 3 document', document.openapi.startsWith('3.'), { got: document.openapi });
        for (const resource of await resourcesOf(t, groupVersion))
          if (!resource.name.includes('/') && resource.verbs.includes('patch'))
            isDescribed(document, groupVersion, resource);
      }
    },
  ),
]);

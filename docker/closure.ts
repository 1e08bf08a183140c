import { cp, mkdir, readFile, readdir, utimes, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * Copies what one entry point needs, and nothing else, to a folder: the sources it imports, the packages those import,
 * the packages these depend on, and a list of them (SPDX). All files get the time of SOURCE_DATE_EPOCH, so that the same
 * sources give the same bytes.
 *
 *     node docker/closure.ts --out DIR ENTRY… [--data PATH]…
 *
 * `npm sbom` cannot be used: it fails on any peer dependency that does not fit, and lists what an image does not hold.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    data: { type: 'string', multiple: true, default: [] },
  },
});
const root = process.cwd();
const out = resolve(values.out ?? 'app');
const epoch = Number(process.env['SOURCE_DATE_EPOCH'] ?? 0);

/** What a module imports when it runs; types are gone by then. */
const IMPORTS =
  /^\s*(?:import|export)\s(?!type\s)[^'"`;]*?from\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;
/** Files of packages that nothing reads at run time. */
const USELESS =
  /(?:\.map|\.d\.[mc]?ts|\.md|\.markdown|\.flow)$|\/(?:test|tests|__tests__|docs|example|examples)\//;

const sources = new Set<string>();
const packages = new Map<string, { name: string; version: string; license: string }>();

for (const entry of positionals) await follow(resolve(entry));
for (const path of [...sources, 'package.json']) await copy(path);
for (const path of values.data) await copy(resolve(path));
for (const path of packages.keys()) await copy(path);
await writeBom();
await setTimes(out);
process.stdout.write(`${sources.size} sources and ${packages.size} packages in ${out}\n`);

/** A source file and all that it imports. */
async function follow(file: string): Promise<void> {
  if (sources.has(file)) return;
  sources.add(file);
  if (file.endsWith('.json')) return;
  const text = await readFile(file, 'utf8');
  for (const [, from, bare, dynamic] of text.matchAll(IMPORTS)) {
    const name = from ?? bare ?? dynamic ?? '';
    if (name.startsWith('.')) await follow(resolve(dirname(file), name));
    else if (!name.startsWith('node:')) await require(packageName(name), dirname(file));
  }
}

/** A package and those it depends on, as Node finds them from `from`. An optional one may be absent. */
async function require(name: string, from: string, optional = false): Promise<void> {
  let dir = from;
  while (!existsSync(join(dir, 'node_modules', name, 'package.json'))) {
    const parent = dirname(dir);
    if (parent === dir) {
      if (optional) return;
      throw new Error(`${name}, which ${relative(root, from)} needs, is not installed`);
    }
    dir = parent;
  }
  const path = join(dir, 'node_modules', name);
  if (packages.has(path)) return;
  const manifest = JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as Record<string, unknown>;
  const license = typeof manifest['license'] === 'string' ? manifest['license'] : 'NOASSERTION';
  packages.set(path, { name, version: String(manifest['version']), license });
  for (const [field, may] of [
    ['dependencies', false],
    ['optionalDependencies', true],
  ] as const) {
    for (const one of Object.keys((manifest[field] ?? {}) as object)) await require(one, path, may);
  }
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

async function copy(path: string): Promise<void> {
  const target = join(out, relative(root, resolve(path)));
  await mkdir(dirname(target), { recursive: true });
  const isPackage = packages.has(path);
  await cp(path, target, {
    recursive: true,
    dereference: true,
    // Packages inside a package are there only when somebody needs them.
    filter: (file) =>
      !isPackage || (!USELESS.test(file) && !file.slice(path.length).includes('/node_modules')),
  });
}

/** The packages as SPDX 2.3, with the checksums of the lock file. */
async function writeBom(): Promise<void> {
  const own = JSON.parse(await readFile('package.json', 'utf8')) as {
    name: string;
    version: string;
    license: string;
  };
  const lock = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
    packages: Record<string, { integrity?: string }>;
  };
  const listed = [...packages]
    .map(([path, one]) => ({ ...one, integrity: lock.packages[relative(root, path)]?.integrity }))
    .toSorted((a, b) => `${a.name}@${a.version}`.localeCompare(`${b.name}@${b.version}`));
  const described = (name: string, version: string, license: string, integrity?: string) => ({
    name,
    SPDXID: idOf(name, version),
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseDeclared: license,
    externalRefs: [
      {
        referenceCategory: 'PACKAGE-MANAGER',
        referenceType: 'purl',
        referenceLocator: `pkg:npm/${name.replace('@', '%40')}@${version}`,
      },
    ],
    ...(integrity?.startsWith('sha512-') && {
      checksums: [
        { algorithm: 'SHA512', checksumValue: Buffer.from(integrity.slice(7), 'base64').toString('hex') },
      ],
    }),
  });
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `${own.name}@${own.version}`,
    documentNamespace: `https://spdx.org/spdxdocs/${own.name}-${own.version}-${positionals.join('-').replaceAll('/', '.')}-${epoch}`,
    creationInfo: { created: new Date(epoch * 1000).toISOString(), creators: ['Tool: docker/closure.ts'] },
    documentDescribes: [idOf(own.name, own.version)],
    packages: [
      described(own.name, own.version, own.license),
      ...listed.map(({ name, version, license, integrity }) => described(name, version, license, integrity)),
    ],
    relationships: listed.map(({ name, version }) => ({
      spdxElementId: idOf(own.name, own.version),
      relationshipType: 'DEPENDS_ON',
      relatedSpdxElement: idOf(name, version),
    })),
  };
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'sbom.spdx.json'), `${JSON.stringify(document, null, 1)}\n`);
}

async function setTimes(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const one = join(path, entry.name);
    if (entry.isDirectory()) await setTimes(one);
    await utimes(one, epoch, epoch);
  }
  await utimes(path, epoch, epoch);
}

function idOf(name: string, version: string): string {
  return `SPDXRef-${`${name}-${version}`.replaceAll(/[^A-Za-z0-9.-]/g, '-')}`;
}

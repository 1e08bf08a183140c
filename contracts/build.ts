import { readFile, readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Worker } from 'node:worker_threads';
import {
  MovePackageFetcher,
  dumpMovePackage,
  initMovePackageBuilder,
  resolveMovePackageDependencies,
} from '@zktx.io/sui-move-builder/full';
import { MoveBuildError, MoveTestTimeout } from './build-errors.ts';
import { readModule } from './compiled-module.ts';
import { cachedBuild, packageVersion, type BuildInput } from './build-cache.ts';
import { mutated, type ContractMutant } from './mutants.ts';

export { MoveBuildError, MoveTestTimeout } from './build-errors.ts';

/** A package ready to publish: modules whose own address is 0x0, the ids they link to, and Sui's package digest. */
export interface CompiledPackage {
  readonly modules: Uint8Array[];
  /** `0x` and 64 hex digits each: 0x…01 (std) and 0x…02 (sui). */
  readonly dependencies: string[];
  /** Blake2b-256, 32 bytes; an upgrade ticket carries it. */
  readonly digest: Uint8Array;
}

/** One genesis package: compiled at its own address. */
export interface FrameworkPackage {
  readonly address: '0x1' | '0x2';
  readonly modules: Uint8Array[];
}

/** Outcome of a run of Move unit tests. `name` is `module::function`. */
export interface MoveTestRun {
  readonly passed: boolean;
  /** What the Move test runner printed, with the snippets of failures. */
  readonly output: string;
  readonly tests: readonly { readonly name: string; readonly passed: boolean }[];
}

/** Path inside the package (`sources/a.move`) → text. */
export type SourceFiles = Record<string, string>;

const STD = 'framework/move-stdlib';
const SUI = 'framework/sui-framework';

/** The folder `contracts/`: beside this file in a checkout, two levels up in the compiled package. */
const root = [import.meta.dirname, join(import.meta.dirname, '../../contracts')].find((folder) =>
  existsSync(join(folder, 'Move.toml')),
);

/** The Move sources and manifests below a folder of `contracts/`, read anew each time. */
async function readSources(
  folder: string,
  keep: (path: string) => boolean = () => true,
): Promise<SourceFiles> {
  if (root === undefined) throw new MoveBuildError('contracts/Move.toml is missing', 'input_validation');
  const base = join(root, folder);
  const names = await readdir(base, { recursive: true });
  const wanted = names
    .map((name) => name.split(sep).join('/'))
    .filter((name) => (name === 'Move.toml' || name.endsWith('.move')) && keep(name))
    .toSorted();
  return Object.fromEntries(
    await Promise.all(wanted.map(async (name) => [name, await readFile(join(base, name), 'utf8')] as const)),
  );
}

/** Answers the compiler's requests for std and sui from our framework, so that nothing is fetched. */
class OfflineFetcher extends MovePackageFetcher {
  override async fetch(_git: string, _rev: string, subdir = ''): Promise<SourceFiles> {
    return readSources(subdir.endsWith('move-stdlib') ? STD : SUI);
  }
  override async fetchFile(): Promise<string | null> {
    return null;
  }
  override getResolvedSha(_git: string, rev: string): string {
    return rev;
  }
}

/** The fetcher that serves `contracts/framework` for std and sui. */
export const offlineFetcher = (): MovePackageFetcher => new OfflineFetcher();

let ready: Promise<void> | undefined;
/** Loads the compiler once a process. */
const initialise = (): Promise<void> => (ready ??= initMovePackageBuilder());

const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

async function compile(input: Parameters<typeof dumpMovePackage>[0]): Promise<CompiledPackage> {
  await initialise();
  const built = await dumpMovePackage({ silenceWarnings: true, ...input });
  if ('error' in built) throw new MoveBuildError(built.error, built.category ?? 'unknown');
  return {
    modules: built.modules.map(bytes),
    dependencies: built.dependencies,
    digest: Uint8Array.from(built.digest),
  };
}

/** The sources of `k3s_daas`, with its unit tests when asked for. */
export const contractSources = (options: { readonly tests: boolean }): Promise<SourceFiles> =>
  readSources(
    '.',
    (path) =>
      path === 'Move.toml' || path.startsWith('sources/') || (options.tests && path.startsWith('tests/')),
  );

/**
 * Compiles `k3s_daas` for publishing, with a mutant's defect when one is given. `fetcher` brings std and sui; without one they
 * are those of `contracts/framework`, so that builds are the same everywhere, and what was built is kept on disk. Throws
 * MoveBuildError.
 */
export async function buildContracts(
  options: {
    readonly mutant?: ContractMutant | undefined;
    readonly fetcher?: MovePackageFetcher | undefined;
  } = {},
): Promise<CompiledPackage> {
  const sources = await contractSources({ tests: false });
  const files = options.mutant === undefined ? sources : mutated(sources, options.mutant);
  const { fetcher } = options;
  if (fetcher !== undefined) return compile({ files, fetcher });
  return cachedBuild({
    name: 'k3s-daas',
    input: await inputOf(files),
    compile: () => compile({ files, fetcher: offlineFetcher() }),
  });
}

/** What a build against our framework depends on. */
async function inputOf(...own: SourceFiles[]): Promise<BuildInput> {
  const [std, sui, compilerVersion] = await Promise.all([
    readSources(STD),
    readSources(SUI),
    packageVersion('@zktx.io/sui-move-builder/full'),
  ]);
  return { sources: [std, sui, ...own], compilerVersion };
}

/**
 * Compiles other Move sources against the framework, as tests do. Files are `sources/x.move` or plain `x.move`; a
 * manifest that gives `name` the address 0x0 is added when there is none. Throws MoveBuildError.
 */
export async function buildPackage(files: SourceFiles, name: string): Promise<CompiledPackage> {
  return compile({ files: withManifest(files, name), fetcher: offlineFetcher() });
}

function withManifest(files: SourceFiles, name: string): SourceFiles {
  const placed = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path.includes('/') || path === 'Move.toml' ? path : `sources/${path}`,
      text,
    ]),
  );
  return {
    'Move.toml': `[package]\nname = "${name}"\nedition = "2024"\n\n[addresses]\n${name} = "0x0"\n`,
    ...placed,
  };
}

let framework: Promise<FrameworkPackage[]> | undefined;

/**
 * Compiles the framework subset: std at 0x1 and sui at 0x2, in that order. Built once, and kept on disk for as long as
 * neither sources nor compiler change. Throws MoveBuildError.
 */
export const buildFramework = (): Promise<FrameworkPackage[]> => (framework ??= frameworkFromDisk());

async function frameworkFromDisk(): Promise<FrameworkPackage[]> {
  const input = await inputOf();
  const [std = {}, sui = {}] = input.sources;
  return cachedBuild({ name: 'framework', input, compile: () => compileFramework(std, sui) });
}

async function compileFramework(std: SourceFiles, sui: SourceFiles): Promise<FrameworkPackage[]> {
  const files: SourceFiles = {
    'Move.toml': '[package]\nname = "fw"\nedition = "2024"\n\n[addresses]\nstd = "0x1"\nsui = "0x2"\n',
  };
  for (const [prefix, sources] of [
    ['std', std],
    ['sui', sui],
  ] as const) {
    for (const [path, text] of Object.entries(sources)) {
      if (path.endsWith('.move')) files[path.replace('sources/', `sources/${prefix}-`)] = text;
    }
  }
  // The framework must not get itself as a dependency to compile against, but the lock-file writer of the compiler
  // insists on the two implicit ones: resolve them for the lock file alone.
  await initialise();
  const { lockfileDependencies } = await resolveMovePackageDependencies({
    files: { 'Move.toml': '[package]\nname = "fw"\nedition = "2024"\n\n[addresses]\nfw = "0x0"\n' },
    fetcher: offlineFetcher(),
  });
  const { modules } = await compile({
    files,
    resolvedDependencies: { files: JSON.stringify(files), dependencies: '[]', lockfileDependencies },
  });
  return (['0x1', '0x2'] as const).map((address) => ({
    address,
    modules: modules.filter((module) => readModule(module).address === BigInt(address)),
  }));
}

/**
 * Runs Move unit tests: those of `k3s_daas`, or those of `files` (see `buildPackage`). The Move VM of the compiler has no
 * gas bound, so the run has a thread of its own, which is ended at the deadline.
 * Throws MoveBuildError when the sources do not compile and MoveTestTimeout at the deadline.
 */
export async function testMove(
  options: { readonly files?: SourceFiles; readonly name?: string; readonly deadlineMs?: number } = {},
): Promise<MoveTestRun> {
  const { files, name = 'moved_tests', deadlineMs = 60_000 } = options;
  const sources = files === undefined ? await contractSources({ tests: true }) : withManifest(files, name);
  const output = stripVTControlCharacters(await runInThread(sources, deadlineMs));
  const tests = [...output.matchAll(/^\[ (PASS|FAIL) +\] \S+?::(\S+)$/gmu)].map((line) => ({
    name: line[2] ?? '',
    passed: line[1] === 'PASS',
  }));
  return { passed: tests.length > 0 && tests.every((test) => test.passed), output, tests };
}

/** What the thread answers. */
export type WorkerAnswer =
  { readonly output: string } | { readonly error: string; readonly category: string };

async function runInThread(files: SourceFiles, deadlineMs: number): Promise<string> {
  const worker = new Worker(new URL(`./test-worker${extname(import.meta.filename)}`, import.meta.url), {
    workerData: files,
  });
  const { promise, resolve, reject } = Promise.withResolvers<WorkerAnswer>();
  const timer = setTimeout(() => reject(new MoveTestTimeout(deadlineMs)), deadlineMs);
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', (code) =>
    reject(new MoveBuildError(`the test thread ended with code ${code}`, 'test_runner')),
  );
  try {
    const answer = await promise;
    if ('error' in answer) throw new MoveBuildError(answer.error, answer.category);
    return answer.output;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

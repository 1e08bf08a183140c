import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const run = promisify(execFile);
const HERE = import.meta.dirname;
const ROOT = join(HERE, '..');

interface Service {
  image: string;
  profiles?: string[];
  entrypoint?: string[];
  depends_on?: Record<string, { condition: string }>;
}

let services: Record<string, Service> = {};
let dockerfile = '';
let dir = '';
beforeAll(async () => {
  services = (parse(await readFile(join(HERE, 'compose.yaml'), 'utf8')) as { services: typeof services })
    .services;
  dockerfile = await readFile(join(HERE, 'Dockerfile'), 'utf8');
  dir = await mkdtemp(join(tmpdir(), 'daas-docker-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('compose.yaml', () => {
  it('starts the whole system without a profile, in the order in which the parts need each other', () => {
    const always = Object.entries(services).filter(([, { profiles }]) => profiles === undefined);
    expect(always.map(([name]) => name).toSorted()).toEqual([
      'gateway',
      'localnet',
      'master',
      'setup',
      'worker',
    ]);
    expect(services['gateway']?.depends_on).toEqual({ master: { condition: 'service_healthy' } });
    expect(services['master']?.depends_on).toEqual({
      setup: { condition: 'service_completed_successfully' },
    });
  });

  it('uses images that the Dockerfile has a target for, and scripts that are there', async () => {
    const targets = [...dockerfile.matchAll(/^FROM base AS (\S+)$/gm)].map(([, name]) => name);
    for (const { image, entrypoint } of Object.values(services)) {
      expect(targets).toContain(/^k3s-daas-([a-z]+):\$\{TAG:-latest\}$/.exec(image)?.[1]);
      if (entrypoint) await expect(stat(join(ROOT, entrypoint[1] ?? ''))).resolves.toBeDefined();
    }
  });

  it('depends on nothing that is not there', () => {
    const named = Object.values(services).flatMap(({ depends_on: on }) => Object.keys(on ?? {}));
    expect(named.filter((name) => services[name] === undefined)).toEqual([]);
  });

  it('is accepted by every compose that this machine has', async (context) => {
    const commands = [
      ['docker-compose', []],
      ['docker', ['compose']],
    ] as const;
    const found = await Promise.all(
      commands.map(([command, args]) =>
        run(command, [...args, 'version']).then(
          () => [command, args] as const,
          () => undefined,
        ),
      ),
    );
    const present = found.filter((one) => one !== undefined);
    if (present.length === 0) context.skip('no compose on this machine');
    for (const [command, args] of present) {
      const { stdout } = await run(command, [
        ...args,
        '-f',
        join(HERE, 'compose.yaml'),
        'config',
        '--services',
      ]);
      expect(stdout).toContain('localnet');
    }
  });
});

describe('the Dockerfile', () => {
  it('runs nothing as root and says what each image is', () => {
    const base = dockerfile.slice(dockerfile.indexOf('AS base'));
    expect(base).toMatch(/^USER 1000:1000$/m);
    expect(base).not.toMatch(/^USER (?!1000:1000$)/m);
    for (const name of ['gateway', 'master', 'worker', 'localnet', 'suite'])
      expect(dockerfile).toContain(`org.opencontainers.image.title="k3s-daas-${name}"`);
  });
});

describe('closure.ts', () => {
  it('copies what an entry point needs, so that it runs there, with a list of its packages', async () => {
    const out = join(dir, 'one');
    await close(out);
    const failure = await run(process.execPath, ['reference/worker/main.ts', '--config', '/none'], {
      cwd: out,
    }).then(
      () => 'it ran',
      (error: { stderr: string }) => error.stderr,
    );
    expect(failure).toContain('cannot read /none');
    const bom = JSON.parse(await readFile(join(out, 'sbom.spdx.json'), 'utf8')) as {
      spdxVersion: string;
      packages: { name: string; versionInfo: string; checksums?: unknown[] }[];
    };
    expect(bom.spdxVersion).toBe('SPDX-2.3');
    const names = bom.packages.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['k3s-daas-conformance', '@mysten/sui', 'pino', 'valibot']));
    expect(names).not.toEqual(expect.arrayContaining(['vitest', 'typescript']));
    expect((await stat(join(out, 'sbom.spdx.json'))).mtimeMs).toBe(1_700_000_000_000);
    await expect(stat(join(out, 'conformance'))).rejects.toThrow('ENOENT');
  });

  it('gives the same bytes each time', async () => {
    const sums = await Promise.all(
      ['two', 'three'].map(async (name) => {
        await close(join(dir, name));
        const list = 'find . -type f -printf "%p %s %T@ " -exec sha256sum {} + | sort | sha256sum';
        return (await run('sh', ['-c', list], { cwd: join(dir, name) })).stdout;
      }),
    );
    expect(sums[0]).toBe(sums[1]);
  });
});

/** Runs closure.ts for the worker. */
function close(out: string): Promise<unknown> {
  return run(process.execPath, ['docker/closure.ts', '--out', out, 'reference/worker/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, SOURCE_DATE_EPOCH: '1700000000' },
  });
}

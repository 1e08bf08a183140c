import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBundled } from '../target/bundled.ts';
import type { ServerConfig } from '../target/types.ts';
import type { Report } from '../report/model.ts';
import { daas } from '../testing/daas.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daas-foreign-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('a target file of somebody else’s gateway', { timeout: 120_000 }, () => {
  it('gets chain, contracts, wallets, master and worker from the suite and is started by its own command', async () => {
    const bundled = (await loadBundled()).file.gateway as ServerConfig;
    const [settings = ''] = Object.values(bundled.files ?? {});
    // A start script in another language than ours, beside the target file.
    await writeFile(
      join(dir, 'start-gateway.sh'),
      'echo started > "$1.started"\nexec "$NODE_BINARY" "$ENTRY" --config "$1"\n',
    );
    const gateway: ServerConfig = {
      url: 'https://127.0.0.1:{{gateway.port}}',
      ca: '{{gateway.dir}}/ca.crt',
      start: {
        command: ['/bin/sh', 'start-gateway.sh', '{{gateway.dir}}/acme.json'],
        env: { NODE_BINARY: '{{node}}', ENTRY: '{{bundled.gateway}}' },
      },
      files: { '{{gateway.dir}}/acme.json': settings },
    };
    const file = {
      schema_version: 1,
      name: 'acme',
      chain: { provider: 'embedded' },
      gateway,
      master: 'bundled',
      worker: 'bundled',
    };
    const path = join(dir, 'target.yaml');
    await writeFile(path, JSON.stringify(file));
    const reports = join(dir, 'reports');
    const { code, stdout, stderr } = await daas([
      'run',
      '--target',
      path,
      '--report-dir',
      reports,
      '--format',
      'json',
      '--only',
      'GW-AUTH-*',
      'E2E-POD-001',
      '--seed',
      '3',
    ]);
    expect(code, stderr).toBe(0);
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({ conformant: true, seed: 3, target: { name: 'acme' } });
    expect(report.counts.pass).toBeGreaterThan(0);
    expect(JSON.parse(await readFile(join(reports, 'report.json'), 'utf8'))).toEqual(report);
  });
});

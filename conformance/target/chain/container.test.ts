import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { containerChain } from './container.ts';
import { standInHead, standInSui } from './testing/stand-in-sui.ts';

const BASE = process.env['LOCALNET_IMAGE'] ?? 'k3s-daas-localnet:latest';
const run = promisify(execFile);
const docker = async (...args: string[]): Promise<string> => (await run('docker', args)).stdout.trim();
/** Ids of the containers of an image. */
const left = (image: string): Promise<string> => docker('ps', '-aq', '--filter', `ancestor=${image}`);
const present = await docker('image', 'inspect', '--format', '{{.Id}}', BASE).then(
  () => true,
  () => false,
);

// Where there is no such image this says "skipped": Docker is missing, or docker/build.sh was not run.
describe.skipIf(!present)(
  `containers by testcontainers (stand-ins for mysten/sui-tools, made of ${BASE}: needs docker/build.sh)`,
  () => {
    const tag = `daas-stand-in-sui-${process.pid}`;
    const images = { good: `${tag}:good`, broken: `${tag}:broken` };
    let dir: string;
    beforeAll(async () => {
      // Its helper would be fetched from a registry.
      vi.stubEnv('TESTCONTAINERS_RYUK_DISABLED', 'true');
      dir = await mkdtemp(join(tmpdir(), 'stand-in-sui-'));
      const node = '/usr/local/bin/node';
      const programs = {
        [images.good]: standInSui({ node, localnet: '/app/reference/localnet/main.ts', host: '0.0.0.0' }),
        [images.broken]: `${standInHead(node)}\nconsole.error('genesis is broken'); process.exit(7);`,
      };
      await writeFile(
        join(dir, 'Dockerfile'),
        `FROM ${BASE}\nCOPY sui /usr/local/bin/sui\nHEALTHCHECK NONE\nENTRYPOINT []\n`,
      );
      for (const [image, program] of Object.entries(programs)) {
        await writeFile(join(dir, 'sui'), program);
        await chmod(join(dir, 'sui'), 0o755);
        await run('docker', ['build', '-q', '-t', image, dir], {
          env: { ...process.env, DOCKER_BUILDKIT: '0' },
        });
      }
    }, 60_000);
    afterAll(async () => {
      await docker('image', 'rm', '--force', images.good, images.broken);
      await rm(dir, { recursive: true });
      vi.unstubAllEnvs();
    });

    it('one is started on free ports, gives coins that the node shows, and is gone afterwards', async () => {
      const said: string[] = [];
      const node = await containerChain({ image: images.good, timeoutSeconds: 60 }).start({
        progress: (line) => said.push(line),
      });
      try {
        expect(new URL(node.url).port).not.toBe(new URL(node.faucet ?? '').port);
        const client = new SuiGrpcClient({ network: 'localnet', baseUrl: node.url });
        expect(await client.core.getChainIdentifier()).toMatchObject({ chainIdentifier: expect.any(String) });
        expect(await left(images.good)).not.toBe('');
      } finally {
        await node[Symbol.asyncDispose]();
      }
      expect(said).toEqual([`starting a Sui network in a container of ${images.good}`]);
      expect(await left(images.good)).toBe('');
    }, 90_000);

    it('one that ends by itself is a fault of the harness at once, with its last words, and is gone', async () => {
      const start = containerChain({ image: images.broken, timeoutSeconds: 60 }).start({
        progress: () => {},
      });
      await expect(start).rejects.toMatchObject({
        name: 'HarnessError',
        message: expect.stringMatching(/ended by itself: [^]*genesis is broken/u),
      });
      expect(await left(images.broken)).toBe('');
    }, 30_000);

    it('one of an image that is nowhere is a fault of the harness, with the next step', async () => {
      const start = containerChain({ image: 'localhost:9/none/such:1' }).start({ progress: () => {} });
      await expect(start).rejects.toMatchObject({
        name: 'HarnessError',
        message: expect.stringContaining('no container of localhost:9/none/such:1: '),
        hint: expect.stringContaining('docker info'),
      });
    }, 30_000);
  },
);

import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HarnessError } from '../../errors.ts';
import { modulePath } from '../../paths.ts';
import { LocalnetProcess } from '../localnet.ts';
import { parseTarget } from '../load.ts';
import { containerChain, DEFAULT_IMAGE } from './container.ts';
import type { ContainerRequest } from './container.ts';
import { waitForFunds } from './funded.ts';
import { chainProvider } from './index.ts';
import { suiBinaryChain } from './sui-binary.ts';
import { standInHead, standInSui } from './testing/stand-in-sui.ts';

const never = new Promise<never>(() => {});
const quiet = { progress: () => {} };

async function fault(promise: Promise<unknown>): Promise<HarnessError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(HarnessError);
  return thrown as HarnessError;
}

function chainId(url: string): Promise<unknown> {
  return new SuiGrpcClient({ network: 'localnet', baseUrl: url }).getChainIdentifier();
}

describe('the sui program (a stand-in: a script that starts our localnet on the ports it is told)', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'fake-sui-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  /** A program called sui. It notes its arguments and its configuration folder, then runs this. */
  async function fakeSui(body: string): Promise<Record<string, string | undefined>> {
    const note = `require('node:fs').writeFileSync(${JSON.stringify(join(dir, 'seen.json'))}, JSON.stringify({ args: process.argv.slice(2), pid: process.pid, home: process.env.SUI_CONFIG_DIR }));`;
    await writeFile(join(dir, 'sui'), body.replace('\n', `\n${note}\n`));
    await chmod(join(dir, 'sui'), 0o755);
    return { ...process.env, PATH: dir };
  }
  const LOCALNET = standInSui({
    node: process.execPath,
    localnet: modulePath('reference/localnet/main.ts'),
    host: '127.0.0.1',
  });
  const seen = async (): Promise<{ args: string[]; pid: number; home: string }> =>
    JSON.parse(await readFile(join(dir, 'seen.json'), 'utf8')) as {
      args: string[];
      pid: number;
      home: string;
    };

  it('is started afresh with a faucet, waited for until coins come, and stopped', async () => {
    const env = await fakeSui(LOCALNET);
    const node = await suiBinaryChain({ env, timeoutSeconds: 60 }).start(quiet);
    try {
      expect(await chainId(node.url)).toMatchObject({ chainIdentifier: expect.any(String) });
      expect(node.faucet).not.toBe(node.url);
    } finally {
      await node[Symbol.asyncDispose]();
    }
    const { args, pid, home } = await seen();
    expect(args[0]).toBe('start');
    expect(args).toContain('--force-regenesis');
    expect(() => process.kill(pid, 0)).toThrow();
    expect(home).toMatch(/daas-sui-/);
    await expect(readFile(home)).rejects.toThrow(/ENOENT/);
    await expect(chainId(node.url)).rejects.toThrow();
  }, 90_000);

  it('that ends by itself is a fault of the harness, with its last words', async () => {
    const env = await fakeSui(
      `${standInHead(process.execPath)}\nconsole.error('genesis is broken'); process.exit(7);`,
    );
    const error = await fault(suiBinaryChain({ env }).start(quiet));
    expect(error.message).toContain('genesis is broken');
    expect(error.hint).toContain('provider: embedded');
  });

  it('that gives no coins in time is a fault of the harness, and is stopped', async () => {
    const env = await fakeSui(`${standInHead(process.execPath)}\nsetInterval(() => {}, 1000);`);
    const error = await fault(suiBinaryChain({ env, timeoutSeconds: 2 }).start(quiet));
    expect(error.message).toContain('gave no coins within 2 s');
    const { pid } = await seen();
    expect(() => process.kill(pid, 0)).toThrow();
  });

  it('that is missing is a fault of the harness, with the next step', async () => {
    const error = await fault(suiBinaryChain({ env: { PATH: dir } }).start(quiet));
    expect(error.message).toBe('there is no program sui on PATH');
    expect(error.hint).toContain('install the Sui command line program');
    expect(error.exitCode).toBe(3);
  });
});

describe('a container (a stand-in: an injected starter whose ports are those of our localnet)', () => {
  it('is asked for with both ports and a faucet, waited for until coins come, and stopped', async () => {
    await using localnet = await LocalnetProcess.start();
    const { hostname, port } = new URL(localnet.url);
    const requests: ContainerRequest[] = [];
    let stopped = 0;
    const stop = (): Promise<void> => Promise.resolve(void (stopped += 1));
    const provider = containerChain({
      timeoutSeconds: 30,
      starter: (request) => {
        requests.push(request);
        return Promise.resolve({ host: hostname, port: () => Number(port), ended: never, stop });
      },
    });
    const node = await provider.start(quiet);
    expect(node.url).toBe(localnet.url);
    expect(requests).toEqual([
      {
        image: DEFAULT_IMAGE,
        command: ['sui', 'start', '--force-regenesis', '--with-faucet=0.0.0.0:9123'],
        ports: [9000, 9123],
        env: { RUST_LOG: 'off,sui_node=info' },
        startupMs: 30_000,
      },
    ]);
    expect(stopped).toBe(0);
    await node[Symbol.asyncDispose]();
    expect(stopped).toBe(1);
  }, 60_000);

  it('that gives no coins is stopped', async () => {
    let stopped = 0;
    const stop = (): Promise<void> => Promise.resolve(void (stopped += 1));
    const provider = containerChain({
      timeoutSeconds: 1,
      // Nothing listens at the discard port.
      starter: () => Promise.resolve({ host: '127.0.0.1', port: () => 9, ended: never, stop }),
    });
    expect((await fault(provider.start(quiet))).message).toContain('gave no coins within 1 s');
    expect(stopped).toBe(1);
  });

  it('that cannot be started is a fault of the harness, with the next step', async () => {
    const provider = containerChain({
      image: 'x/y:1',
      starter: () => Promise.reject(new Error('Could not find a working container runtime strategy')),
    });
    const error = await fault(provider.start(quiet));
    expect(error.message).toContain('no container of x/y:1: Could not find');
    expect(error.hint).toContain('docker info');
  });
});

it('waiting for coins ends when its caller gives up', async () => {
  const stop = new AbortController();
  const waiting = waitForFunds({
    name: 'nothing',
    url: 'http://127.0.0.1:9',
    faucet: 'http://127.0.0.1:9',
    timeoutMs: 60_000,
    signal: stop.signal,
  });
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});

it('a chain at a URL is used as it is', async () => {
  const ids = { package: '0x1', pool: '0x1', registry: '0x1', cluster: '0x1', endpoint: '0x1' };
  const node = await chainProvider({ provider: 'url', url: 'https://node.example', ...ids }).start(quiet);
  expect(node.url).toBe('https://node.example');
  expect(node.faucet).toBeUndefined();
});

it.each(['sui', 'sui, binary: /opt/sui, timeout_seconds: 60', 'container', 'container, image: "a/b:1"'])(
  'a target file may ask for provider %s',
  async (chain) => {
    const text = `schema_version: 1\nname: acme\nchain: { provider: ${chain} }\ngateway: bundled\n`;
    await expect(parseTarget(text, 't.yaml')).resolves.toMatchObject({ name: 'acme' });
    await expect(parseTarget(text.replace(' }', ', image2: x }'), 't.yaml')).rejects.toThrow(
      /unknown field "image2"/,
    );
  },
);

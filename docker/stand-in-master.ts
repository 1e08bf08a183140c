import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { CheckContext, Session } from '../conformance/runner/context.ts';
import { loadBundled } from '../conformance/target/bundled.ts';
import { fill, withValues } from '../conformance/target/template.ts';
import type { WorkerConfig } from '../conformance/target/types.ts';
import { World } from '../conformance/target/world.ts';
import { FakeMaster } from '../conformance/world/fake-master.ts';

/**
 * A chain and a stand-in master for a worker that runs without the others. Writes the worker's configuration to
 * /data/config and prints each request of the worker as one line of JSON. Container of the worker: the same network.
 */
const CONFIG = '/data/config';
const bundled = await loadBundled();
const { gateway: _gateway, master: _master, ...rest } = bundled.file;
const stop = new AbortController();
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      stop.abort();
      resolve();
    });
});
const target = { ...bundled, file: { ...rest, features: rest.features ?? [] } };
await using world = await World.start({
  target,
  seed: 1,
  strict: false,
  progress: (line) => void process.stderr.write(`${line}\n`),
  signal: stop.signal,
});
await using session = new Session(world.info);
await using t = new CheckContext(session, 1, stop.signal);
const master = await FakeMaster.start(t);

await mkdir(CONFIG, { recursive: true });
const wallet = new Ed25519Keypair();
await t.control.fund({ address: wallet.toSuiAddress(), mist: '20000000000' });
const values = withValues(world.values, {
  ...master.values,
  'worker.dir': '/data/worker',
  'worker.node_id': 'node-1',
  'worker.stake_mist': '2000000000',
  'wallet.worker.address': wallet.toSuiAddress(),
  'wallet.worker.secret_key': wallet.getSecretKey(),
  'master.ca': join(CONFIG, 'ca.crt'),
  'attestation.root': join(CONFIG, 'root.crt'),
});
for (const name of ['master.ca', 'attestation.root'] as const)
  await copyFile(master.values[name] ?? '', values.get(name) ?? '');
const [text = ''] = Object.values((bundled.file.worker as WorkerConfig).files ?? {});
const file = join(CONFIG, 'staker-config.json');
await writeFile(file, fill(text, values, 'staker-config.json'), { mode: 0o600 });
await chmod(file, 0o600);
await writeFile('/data/config/ready', '');
process.stderr.write(`stand-in master at ${master.url}\n`);

let told = 0;
const telling = setInterval(() => {
  for (const { method, target: path } of master.requests.slice(told)) {
    told += 1;
    process.stdout.write(`${JSON.stringify({ method, path })}\n`);
  }
}, 200);
await stopped;
clearInterval(telling);

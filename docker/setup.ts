import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { loadBundled } from '../conformance/target/bundled.ts';
import { bootstrapChain, chainClient, type Bootstrapped } from '../conformance/target/bootstrap.ts';
import { ContractCalls, STAKES, type StakeKind } from '../conformance/drivers/chain/package.ts';
import { createdOf, mustExecute } from '../conformance/drivers/chain/transactions.ts';
import { fill, type Values } from '../conformance/target/template.ts';
import { DEFAULT_TIMINGS, ORDINARY_VALUES, type PartConfig } from '../conformance/target/types.ts';
import { selfSigned } from '../conformance/world/certificates.ts';

/**
 * Prepares a chain for the parts of compose.yaml: publishes the contracts, registers gateway, master and cluster, makes
 * wallets with stakes and tokens, and writes the configuration files of all parts to /data/config. Done once for a chain.
 */
const CONFIG = process.env['CONFIG_DIR'] ?? '/data/config';
const CHAIN = process.env['CHAIN_URL'] ?? 'http://localnet:9000';
const PCRS = ['a', 'b', 'c'].map((digit) => digit.repeat(96));
const GATEWAY = 8443;
const MASTER = 8444;
const WORKER_MIST = 2_000_000_000n;

async function main(): Promise<void> {
  const marker = join(CONFIG, 'setup.json');
  const client = chainClient(CHAIN);
  const chain = (await client.core.getChainIdentifier()).chainIdentifier;
  if (existsSync(marker)) {
    const done = JSON.parse(await readFile(marker, 'utf8')) as { chain: string };
    if (done.chain === chain) {
      process.stdout.write('this chain is prepared already\n');
      return;
    }
    throw new Error('the volume belongs to another chain; `docker compose down --volumes` starts anew');
  }
  await mkdir(CONFIG, { recursive: true });
  const keys = { gateway: new Ed25519Keypair(), master: new Ed25519Keypair(), worker: new Ed25519Keypair() };
  const made = await bootstrapChain({
    chainUrl: CHAIN,
    faucetUrl: CHAIN,
    masterUrl: `https://master:${MASTER}`,
    pcrs: PCRS.map((pcr) => Buffer.from(pcr, 'hex')),
    masterAddress: keys.master.toSuiAddress(),
    gatewayAddress: keys.gateway.toSuiAddress(),
  });
  await made.operator.fund(keys.worker.toSuiAddress(), 20_000_000_000n);
  for (const kind of ['admin', 'user'] as const) await writeWallet(kind, made);
  const values = valuesOf(made, keys);
  const { file } = await loadBundled();
  await writeConfig(file.master as PartConfig, values, 'master.json');
  await writeConfig(file.gateway as PartConfig, values, 'gateway.json');
  await writeConfig(file.worker as PartConfig, values, 'staker-config.json');
  await writeLonelyGateway(values);
  const operator = { secret_key: made.operatorKey.getSecretKey() };
  await secret('operator.json', operator);
  await writeFile(marker, JSON.stringify({ chain, ids: made.ids }, null, 2));
  process.stdout.write(`package ${made.ids.package} is published, configuration is in ${CONFIG}\n`);
}

/** Stake and token of a kubectl user. */
async function writeWallet(kind: StakeKind, { operator, ids }: Bootstrapped): Promise<void> {
  const signer = new Ed25519Keypair();
  const client = chainClient(CHAIN);
  const calls = new ContractCalls(ids);
  const { minimum } = STAKES[kind];
  await operator.fund(signer.toSuiAddress(), minimum + 10_000_000_000n);
  const staked = await mustExecute(`staking as ${kind}`, client, signer, (tx) =>
    calls.stake(tx, kind, minimum),
  );
  const record = createdOf(staked, '::staking::StakeRecord').id;
  const sealed = await mustExecute(`making a ${kind} token`, client, signer, (tx) =>
    calls.createToken(tx, kind, record),
  );
  const token = createdOf(sealed, '::k8s_gateway::SealToken').id;
  await secret(`${kind}.json`, { secret_key: signer.getSecretKey(), token, cluster: ids.cluster });
}

/** The placeholders of the bundled target file, as they are in containers. */
function valuesOf(made: Bootstrapped, keys: Record<'gateway' | 'master' | 'worker', Ed25519Keypair>): Values {
  const values: [string, string][] = [
    ['chain.url', CHAIN],
    ...Object.entries(made.ids).map(([name, id]): [string, string] => [`chain.${name}`, id]),
    ...Object.entries({ ...DEFAULT_TIMINGS, ...ORDINARY_VALUES }).map(([name, value]): [string, string] => [
      name in DEFAULT_TIMINGS ? `timings.${name}` : name,
      String(value),
    ]),
    ['timings.heartbeat_interval_seconds', '5'],
    ['timings.offline_after_seconds', '20'],
    ...PCRS.map((pcr, index): [string, string] => [`attestation.pcr${index}`, pcr]),
    ['attestation.root', '/data/master/attestation-root.crt'],
    ['gateway.port', String(GATEWAY)],
    ['gateway.dir', '/data/gateway'],
    ['master.port', String(MASTER)],
    ['master.port2', '9464'],
    ['master.dir', '/data/master'],
    ['master.url', `https://master:${MASTER}`],
    ['master.ca', '/data/master/ca.crt'],
    ['worker.dir', '/data/worker'],
    ['worker.node_id', 'node-1'],
    ['worker.stake_mist', String(WORKER_MIST)],
    ['wallet.worker.address', keys.worker.toSuiAddress()],
    ...Object.entries(keys).map(([name, key]): [string, string] => [
      `wallet.${name}.secret_key`,
      key.getSecretKey(),
    ]),
  ];
  return new Map(values);
}

/** A part's configuration as the bundled target file has it, but listening where other containers reach it. */
async function writeConfig(part: PartConfig, values: Values, name: string): Promise<void> {
  const [text = ''] = Object.values(part.files ?? {});
  const config = JSON.parse(fill(text, values, name)) as Record<string, unknown>;
  if (name === 'gateway.json') config['public_url'] = `https://localhost:${GATEWAY}`;
  for (const one of [config, config['metrics']] as { listen?: { host: string } }[])
    if (one?.listen) one.listen.host = '0.0.0.0';
  await secret(name, config);
}

/** A gateway whose master nobody runs: for looking at it alone. */
async function writeLonelyGateway(values: Values): Promise<void> {
  const config = JSON.parse(await readFile(join(CONFIG, 'gateway.json'), 'utf8')) as Record<string, unknown>;
  const ca = join(CONFIG, 'nobody.crt');
  const { cert } = await selfSigned();
  await writeFile(ca, cert);
  config['master'] = { urls: [values.get('master.url')], ca };
  config['attestation_root'] = ca;
  await secret('gateway-alone.json', config);
}

async function secret(name: string, content: object): Promise<void> {
  const path = join(CONFIG, name);
  await writeFile(path, JSON.stringify(content, null, 2), { mode: 0o600 });
  await chmod(path, 0o600);
}

await main();

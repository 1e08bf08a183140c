import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSuiPrivateKey } from '@mysten/sui/cryptography';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Secp256k1Keypair } from '@mysten/sui/keypairs/secp256k1';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WorkerConfig } from './config.ts';
import { loadWorkerConfig, parseWorkerConfig } from './config.ts';
import { loadWallet } from './wallet-key.ts';

const pair = new Ed25519Keypair();
const id = (digit: string): string => `0x${digit.repeat(64)}`;
const good = {
  node_id: 'node-1',
  sui_wallet_address: pair.toSuiAddress(),
  sui_private_key: pair.getSecretKey(),
  sui_rpc_endpoint: 'http://127.0.0.1:9000',
  stake_amount: 1_000_000_000,
  contract_address: id('1'),
  nautilus_endpoint: 'https://master.example:8443',
  container_runtime: 'containerd',
  min_stake_amount: 1_000_000_000,
  pool: id('2'),
  registry: id('3'),
  cluster: id('4'),
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'worker-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode });
  chmodSync(path, mode);
  return path;
}

describe('staker-config.json', () => {
  test('is read with its defaults', () => {
    const config = loadWorkerConfig(file('good.json', JSON.stringify(good)));
    expect(config).toMatchObject({
      stake_amount: 1_000_000_000n,
      agent: 'simulated',
      heartbeat_interval_seconds: 30,
    });
    expect(loadWallet(config).toSuiAddress()).toBe(good.sui_wallet_address);
  });

  test.each([
    ['an unknown field', { colour: 'red' }, /colour/],
    ['a missing field', { node_id: undefined }, /node_id/],
    ['a node id that is no label', { node_id: 'Node_1' }, /node_id/],
    [
      'a stake below the configured minimum',
      { stake_amount: 2e9, min_stake_amount: 3e9 },
      /stake_amount.*minimum/,
    ],
    [
      'a stake below the contract’s minimum',
      { stake_amount: 1_000, min_stake_amount: 1_000 },
      /stake_amount.*1000000000/,
    ],
    ['a negative stake', { stake_amount: -1 }, /stake_amount/],
    ['a broken address', { sui_wallet_address: '0x1' }, /sui_wallet_address/],
  ])('is refused for %s', (_what, change, message) => {
    expect(() => parseWorkerConfig({ ...good, ...change }, folder)).toThrow(message);
  });

  test.each([0o644, 0o640, 0o604])('with a key in it is refused at mode %o', (mode) => {
    expect(() => loadWorkerConfig(file(`open-${mode}.json`, JSON.stringify(good), mode))).toThrow(
      /private key/,
    );
  });

  test('that cannot be read never quotes what it holds', () => {
    const path = file('broken.json', `{"sui_private_key": "${good.sui_private_key}"`);
    const error = (() => {
      try {
        return loadWorkerConfig(path);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(String(error)).toMatch(/not JSON/);
    expect(String(error)).not.toContain(good.sui_private_key.slice(0, 20));
    expect(() => parseWorkerConfig({ ...good, sui_private_key: 5 }, folder)).toThrow(/sui_private_key/);
  });
});

describe('the wallet', () => {
  test('may stand in a key file, as one line or as a keystore', () => {
    const line = file('line.key', `${pair.getSecretKey()}\n`);
    expect(loadWallet(configured({ keystore: line })).toSuiAddress()).toBe(pair.toSuiAddress());
    const other = new Secp256k1Keypair();
    const entries = [new Ed25519Keypair(), other].map((item) => keystoreEntry(item));
    const store = file('sui.keystore', JSON.stringify(entries));
    expect(loadWallet(configured({ keystore: 'sui.keystore' }, other.toSuiAddress())).toSuiAddress()).toBe(
      other.toSuiAddress(),
    );
    expect(store).toContain(folder);
  });

  test('is refused when it is another one’s, open to others, or no key', () => {
    expect(() => loadWallet(configured(new Ed25519Keypair().getSecretKey()))).toThrow(/not the key of/);
    expect(() => loadWallet(configured('suiprivkey1nonsense'))).toThrow(/not a Sui private key/);
    file('open.key', pair.getSecretKey(), 0o644);
    expect(() => loadWallet(configured({ keystore: 'open.key' }))).toThrow(/others may read/);
    expect(() => loadWallet(configured({ keystore: 'absent.key' }))).toThrow(/cannot read/);
    file('empty.keystore', '[1]');
    expect(() => loadWallet(configured({ keystore: 'empty.keystore' }))).toThrow(/not a keystore/);
  });
});

/** Sui's own format: base64 of flag and secret. */
function keystoreEntry(item: Ed25519Keypair | Secp256k1Keypair): string {
  const flag = item.getKeyScheme() === 'ED25519' ? 0 : 1;
  const { secretKey } = decodeSuiPrivateKey(item.getSecretKey());
  return Buffer.concat([Buffer.from([flag]), secretKey]).toString('base64');
}

function configured(key: unknown, address = good.sui_wallet_address): WorkerConfig {
  return parseWorkerConfig({ ...good, sui_private_key: key, sui_wallet_address: address }, folder);
}

import { mkdir } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { modulePath, PACKAGE_ROOT } from '../paths.ts';
import type { EffectiveTarget } from './effective-target.ts';
import { freePorts } from './free-port.ts';
import type { LoadedTarget } from './load.ts';
import { fill, withValues, type Values } from './template.ts';
import { ORDINARY_VALUES } from './types.ts';
import { loadWallet } from './wallets.ts';

/** Values of the placeholders of one run; what comes up adds its own. */
export class RunValues {
  readonly #targetDir: string;
  #all: Values = new Map();

  constructor(targetDir: string) {
    this.#targetDir = targetDir;
  }

  /** Ports, folders, wallets and figures: all that is known before anything is up. Makes the servers' folders. */
  async begin(target: LoadedTarget, effective: EffectiveTarget, runDir: string): Promise<void> {
    const [gateway, gateway2, master, master2, spare, standby, standby2, store, store2] = await freePorts(9);
    const [pcr0, pcr1, pcr2] = effective.pcrs;
    this.set({
      node: process.execPath,
      suite: PACKAGE_ROOT,
      'target.dir': target.dir,
      'run.dir': runDir,
      'gateway.port': gateway,
      'gateway.port2': gateway2,
      'master.port': master,
      'master.port2': master2,
      'spare.port': spare,
      'standby.port': standby,
      'standby.port2': standby2,
      'standby.dir': join(runDir, 'standby'),
      'store.port': store,
      'store.port2': store2,
      'store.dir': join(runDir, 'store'),
      ...ORDINARY_VALUES,
      ...named('attestation', { pcr0, pcr1, pcr2 }),
      ...named('timings', effective.timings),
    });
    for (const part of ['gateway', 'master', 'worker'] as const) {
      this.set({
        [`${part}.dir`]: join(runDir, part),
        [`bundled.${part}`]: modulePath(`reference/${part}/main.ts`),
      });
    }
    for (const name of ['gateway', 'master'] as const) {
      const source = target.file.wallets?.[name];
      const key = source ? await loadWallet(name, source, target.dir) : new Ed25519Keypair();
      this.set(named(`wallet.${name}`, { address: key.toSuiAddress(), secret_key: key.getSecretKey() }));
      await mkdir(join(runDir, name), { recursive: true });
    }
    for (const name of ['master', 'gateway', 'standby'] as const) {
      const config = effective[name];
      if (!config) continue;
      this.set({ [`${name}.url`]: this.fill(config.url, `${name}.url`) });
      if (config.ca) this.set({ [`${name}.ca`]: this.path(config.ca) });
    }
    const { attestationRoot: root } = effective;
    if (root) this.set({ 'attestation.root': this.path(root) });
  }

  get all(): Values {
    return this.#all;
  }

  /** Private keys made or read for this run. */
  get secretKeys(): string[] {
    return [...this.#all].filter(([name]) => name.endsWith('.secret_key')).map(([, value]) => value);
  }

  get(name: string): string | undefined {
    return this.#all.get(name);
  }

  set(more: Record<string, string | number | undefined>): void {
    this.#all = withValues(this.#all, more);
  }

  /** Throws UsageError for a placeholder without a value; `where` is the field of the target file. */
  fill(template: string, where: string): string {
    return fill(template, this.#all, where);
  }

  /** A path of the target file, which is relative to its folder. */
  path(template: string): string {
    const path = this.fill(template, 'paths');
    return isAbsolute(path) ? path : resolve(this.#targetDir, path);
  }
}

/** Values that all belong to one thing: `chain` and `package` become `chain.package`. */
export function named<T extends object>(prefix: string, values: T): Record<string, T[keyof T]> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));
}

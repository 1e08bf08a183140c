import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../errors.ts';
import { freePorts } from './free-port.ts';
import { Part } from './part.ts';
import { probeServer } from './probe.ts';
import { fill, withValues, type Values } from './template.ts';
import type { ServerConfig } from './types.ts';

export interface GatewayRequest {
  /** Placeholders that stand in for the target's own, for instance `master.url` and the ids of another cluster. */
  values: Record<string, string>;
}

export interface GatewayStarted {
  /** Its name as a part. */
  id: string;
  url: string;
  /** PEM. */
  ca?: string;
}

export interface GatewayPoolOptions {
  config: ServerConfig;
  values: Values;
  targetDir: string;
  runDir: string;
  env: Record<string, string>;
}

/** Starts further gateways of the implementation under test, each with a port and a folder of its own. */
export class GatewayPool implements AsyncDisposable {
  readonly #options: GatewayPoolOptions;
  readonly #gateways = new Map<string, Part>();
  #count = 1;

  constructor(options: GatewayPoolOptions) {
    this.#options = options;
  }

  /** Waits until it serves. */
  async start(request: GatewayRequest): Promise<GatewayStarted> {
    const { config, targetDir, runDir, env } = this.#options;
    if (!config.start || !config.url.includes('gateway.port'))
      throw new HarnessError('the target file does not say how to start a gateway on another port');
    this.#count += 1;
    const id = `gateway-${this.#count}`;
    const dir = join(runDir, id);
    await mkdir(dir, { recursive: true });
    const [port, port2] = await freePorts(2);
    const places = withValues(this.#options.values, {
      'gateway.dir': dir,
      'gateway.port': port,
      'gateway.port2': port2,
      ...request.values,
    });
    const url = fill(config.url, places, 'gateway.url');
    const caFile = config.ca && fill(config.ca, places, 'gateway.ca');
    const values = withValues(places, { 'gateway.url': url, 'gateway.ca': caFile });
    const part = new Part({ name: id, config, values, targetDir, dir, env });
    this.#gateways.set(id, part);
    await part.start();
    await probeServer({ name: 'gateway', url, caFile, part });
    return { id, url, ...(caFile !== undefined && { ca: await readFile(caFile, 'utf8') }) };
  }

  get(id: string): Part | undefined {
    return this.#gateways.get(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#gateways.values()].map((gateway) => gateway.kill()));
  }
}

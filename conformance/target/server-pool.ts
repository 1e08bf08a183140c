import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HarnessError } from '../errors.ts';
import { freePorts } from './free-port.ts';
import { Part } from './part.ts';
import { probeServer } from './probe.ts';
import { fill, withValues, type Values } from './template.ts';
import type { ServerConfig } from './types.ts';

export interface ServerRequest {
  /** Placeholders that stand in for the target's own, for instance `master.url` and the ids of another cluster. */
  values: Record<string, string>;
  /** What the suite presents, PEM, to see whether it serves. */
  client?: { cert: string; key: string };
}

export interface ServerStarted {
  /** Its name as a part. */
  id: string;
  url: string;
  /** PEM. */
  ca?: string;
  /** Where it publishes metrics, when the target file says so. */
  metricsUrl?: string;
  /** Path of the root that its attestation chains to, when the target file names one. */
  attestationRoot?: string;
}

export interface ServerPoolOptions {
  role: 'gateway' | 'master';
  config: ServerConfig;
  values: Values;
  targetDir: string;
  runDir: string;
  env: Record<string, string>;
  /** Path of the root that attestation of a server chains to, with placeholders. */
  attestationRoot?: string | undefined;
}

/** Starts further servers of the implementation under test, each with a port and a folder of its own. */
export class ServerPool implements AsyncDisposable {
  readonly #options: ServerPoolOptions;
  readonly #servers = new Map<string, Part>();
  #count = 1;

  constructor(options: ServerPoolOptions) {
    this.#options = options;
  }

  /** Waits until it serves. */
  async start(request: ServerRequest): Promise<ServerStarted> {
    const { role, config, targetDir, runDir, env, attestationRoot } = this.#options;
    if (!config.start || !config.url.includes(`${role}.port`))
      throw new HarnessError(`the target file does not say how to start a ${role} on another port`);
    this.#count += 1;
    const id = `${role}-${this.#count}`;
    const dir = join(runDir, id);
    await mkdir(dir, { recursive: true });
    const [port, port2] = await freePorts(2);
    const places = withValues(this.#options.values, {
      [`${role}.dir`]: dir,
      [`${role}.port`]: port,
      [`${role}.port2`]: port2,
      ...request.values,
    });
    const url = fill(config.url, places, `${role}.url`);
    const caFile = config.ca && fill(config.ca, places, `${role}.ca`);
    const values = withValues(places, { [`${role}.url`]: url, [`${role}.ca`]: caFile });
    const part = new Part({ name: id, config, values, targetDir, dir, env });
    this.#servers.set(id, part);
    await part.start();
    await probeServer({ name: role, url, caFile, part, ...(request.client && { client: request.client }) });
    const metricsUrl = config.metrics_url && fill(config.metrics_url, places, `${role}.metrics_url`);
    return {
      id,
      url,
      ...(caFile !== undefined && { ca: await readFile(caFile, 'utf8') }),
      ...(metricsUrl !== undefined && { metricsUrl }),
      ...(attestationRoot !== undefined && {
        attestationRoot: resolve(targetDir, fill(attestationRoot, places, 'attestation.root')),
      }),
    };
  }

  get(id: string): Part | undefined {
    return this.#servers.get(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.kill()));
  }
}

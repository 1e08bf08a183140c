import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Agent } from 'undici';
import { parse } from 'yaml';
import * as v from 'valibot';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Clock } from '../../protocol/clock.ts';
import { ConfigError } from '../../protocol/config-file.ts';

export interface ClusterSessionOptions {
  /** Path of the kubeconfig. */
  file: string;
  /** Its current context unless told. */
  context?: string | undefined;
  clock: Clock;
}

/** How to reach the cluster at this moment. */
export interface ClusterAccess {
  /** Origin and base path, no slash at the end. */
  readonly server: string;
  readonly dispatcher: Agent;
  /** Headers that say who the master is, when that is not its certificate. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What TLS to the cluster needs, as Node names it. */
interface TlsOptions {
  ca?: Buffer | string;
  cert?: Buffer | string;
  key?: Buffer | string;
  servername?: string;
  rejectUnauthorized?: boolean;
}

/** Milliseconds after which files and plugins of the kubeconfig are asked again: tokens and certificates are renewed. */
const RENEW_MS = 60_000;
const CONNECT_MS = 5_000;
const ANSWER_MS = 30_000;

/**
 * The master's identity at a cluster that it was given a kubeconfig of: certificates, tokens, token files and exec plugins,
 * read anew every minute and after a 401.
 */
export class ClusterSession implements AsyncDisposable {
  readonly #options: ClusterSessionOptions;
  #access: Promise<ClusterAccess> | undefined;
  #renewAtMs = 0;
  #agent: { agent: Agent; fingerprint: string } | undefined;

  constructor(options: ClusterSessionOptions) {
    this.#options = options;
  }

  /** Throws ConfigError when the kubeconfig cannot be used. */
  access(): Promise<ClusterAccess> {
    const now = this.#options.clock.nowMs();
    if (this.#access === undefined || now >= this.#renewAtMs) {
      this.#renewAtMs = now + RENEW_MS;
      const opened = this.#open();
      this.#access = opened;
      opened.catch(() => this.expire());
    }
    return this.#access;
  }

  /** The next access reads everything again. */
  expire(): void {
    this.#access = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent?.agent.destroy();
  }

  async #open(): Promise<ClusterAccess> {
    const config = await load(this.#options);
    const cluster = config.getCurrentCluster();
    if (!cluster) throw new ConfigError('k8s_backend: the context of the kubeconfig names no cluster');
    if (cluster.proxyUrl !== undefined)
      throw new ConfigError(
        'k8s_backend: a kubeconfig with proxy-url is not supported; name the server itself',
      );
    const told: TlsOptions & { headers?: Record<string, string> } = {};
    if (!cluster.server.startsWith('https:') && !cluster.skipTLSVerify)
      throw new ConfigError('k8s_backend: the server of the kubeconfig must be an https URL');
    try {
      await config.applyToHTTPSOptions(told);
    } catch {
      // What a plugin printed may hold its token.
      throw new ConfigError('k8s_backend: the certificates or the exec plugin of the kubeconfig failed');
    }
    return {
      server: cluster.server.replace(/\/+$/, ''),
      dispatcher: this.#agentFor(told),
      headers: lowerCase(told.headers ?? {}),
    };
  }

  /** Connections are kept for as long as certificates stay the same. */
  #agentFor({ ca, cert, key, servername, rejectUnauthorized }: TlsOptions): Agent {
    const tls = {
      ...(ca && { ca }),
      ...(cert && { cert }),
      ...(key && { key }),
      ...(servername && { servername }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    };
    const hash = createHash('sha256');
    for (const [name, value] of Object.entries(tls)) hash.update(`${name}=${String(value)}\n`);
    const fingerprint = hash.digest('hex');
    if (this.#agent?.fingerprint === fingerprint) return this.#agent.agent;
    // What runs on the old connections goes on to its end.
    void this.#agent?.agent.close();
    const agent = new Agent({
      connect: { ...tls, timeout: CONNECT_MS },
      headersTimeout: ANSWER_MS,
      // A watch may be silent for as long as it likes; other answers are timed by their caller.
      bodyTimeout: 0,
    });
    this.#agent = { agent, fingerprint };
    return agent;
  }
}

async function load({ file, context }: ClusterSessionOptions): Promise<KubeConfig> {
  // A large package, which a master with a cluster of its own does not need.
  const client = await import('@kubernetes/client-node');
  const config = new client.KubeConfig();
  try {
    config.loadFromString(JSON.stringify(await withTokens(file)));
    config.makePathsAbsolute(dirname(file));
  } catch (cause) {
    // The parser's message may quote the file, which holds keys.
    const why = (cause as NodeJS.ErrnoException).code ?? 'it is no kubeconfig';
    throw new ConfigError(`k8s_backend: cannot read the kubeconfig ${file}: ${why}`);
  }
  if (context !== undefined) {
    const names = config.getContexts().map(({ name }) => name);
    if (!names.includes(context))
      throw new ConfigError(
        `k8s_backend: no context ${context} in ${file}; contexts are ${names.join(', ')}`,
      );
    config.setCurrentContext(context);
  }
  return config;
}

/** The kubeconfig with the tokens that it keeps in files, as kubectl names them and the client library does not. */
async function withTokens(file: string): Promise<unknown> {
  const config = v.parse(kubeconfig, parse(await readFile(file, 'utf8')));
  const users = config.users.map(async (one) => {
    const { tokenFile } = one.user;
    if (tokenFile === undefined) return one;
    const token = (await readFile(resolve(dirname(file), tokenFile), 'utf8')).trim();
    return { ...one, user: { ...one.user, token } };
  });
  return { ...config, users: await Promise.all(users) };
}

const kubeconfig = v.looseObject({
  users: v.array(v.looseObject({ user: v.looseObject({ tokenFile: v.optional(v.string()) }) })),
});

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import type { KubeConfig } from '@kubernetes/client-node';
import { UsageError } from '../errors.ts';
import { HttpDriver } from './http.ts';

/** A cluster as a kubeconfig names it. */
export interface ClusterSource {
  /** Path of the kubeconfig. */
  kubeconfig: string;
  /** Its current context unless told. */
  context?: string;
}

/** What TLS to a cluster takes, PEM; `servername` when it is not the host of the URL. */
export interface ClusterTls {
  ca?: string;
  client?: { cert: string; key: string };
  servername?: string;
}

/** How a kubeconfig says that its cluster is reached: by certificate, token, token file or exec plugin. */
export class ClusterConnection implements AsyncDisposable {
  /** Scheme, host and port. */
  readonly origin: string;
  /** What stands before each path, for clusters behind a proxy; mostly empty. */
  readonly prefix: string;
  readonly tls: ClusterTls;
  readonly http: HttpDriver;
  readonly #config: KubeConfig;

  private constructor(server: URL, tls: ClusterTls, config: KubeConfig) {
    this.origin = server.origin;
    this.prefix = server.pathname.replace(/\/+$/, '');
    this.tls = tls;
    this.#config = config;
    this.http = new HttpDriver({ baseUrl: server.origin, ...tls });
  }

  /** Reads the kubeconfig; nothing is sent yet. Throws UsageError when it cannot be used. */
  static async open(source: ClusterSource): Promise<ClusterConnection> {
    const config = await load(source);
    const name = config.getCurrentContext();
    const where = `the context ${name} of ${source.kubeconfig}`;
    const cluster = config.getCurrentCluster();
    if (!cluster) throw unusable(`${where} names no cluster of it`, 'correct its `cluster`');
    if (!URL.canParse(cluster.server) || !cluster.server.startsWith('https:'))
      throw unusable(`the server of ${where} is ${cluster.server}`, 'it must be an https URL');
    if (cluster.skipTLSVerify)
      throw unusable(
        `${where} has insecure-skip-tls-verify`,
        'name the authority of its certificate as certificate-authority-data instead',
      );
    if (cluster.proxyUrl !== undefined)
      throw unusable(`${where} has a proxy-url`, 'name the address of the server itself');
    const { ca, cert, key, servername } = await applied(config, where);
    const tls: ClusterTls = {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && key !== undefined && { client: { cert, key } }),
      ...(servername !== undefined && { servername }),
    };
    return new ClusterConnection(new URL(cluster.server), tls, config);
  }

  /** Headers that say who asks, when that is not a certificate. An exec plugin is asked anew when its answer has run out. */
  async identity(): Promise<Record<string, string>> {
    return (await applied(this.#config, 'the kubeconfig')).headers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.http[Symbol.asyncDispose]();
  }
}

async function load({ kubeconfig, context }: ClusterSource): Promise<KubeConfig> {
  const text = await readFile(kubeconfig, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`cannot read the kubeconfig ${kubeconfig}`, {
      cause,
      hint: 'its path starts from the folder of the target file; or give an absolute one',
    });
  });
  // A large package, which a target without a cluster does not need.
  const client = await import('@kubernetes/client-node');
  const config = new client.KubeConfig();
  try {
    config.loadFromString(JSON.stringify(await withTokens(parse(text), dirname(kubeconfig))));
    config.makePathsAbsolute(dirname(kubeconfig));
  } catch {
    // The parser's message may quote the file, which holds keys.
    throw unusable(
      `${kubeconfig} is no kubeconfig`,
      '`kubectl config view --raw --minify --flatten` prints one',
    );
  }
  const names = config.getContexts().map(({ name }) => name);
  const chosen = context ?? config.getCurrentContext();
  if (!names.includes(chosen))
    throw unusable(
      chosen ? `${kubeconfig} has no context ${chosen}` : `${kubeconfig} has no current context`,
      `set kubernetes.context in the target file to one of ${names.join(', ') || '(there is none)'}`,
    );
  config.setCurrentContext(chosen);
  return config;
}

/** The kubeconfig with the tokens that it keeps in files, as kubectl names them and the client library does not. */
async function withTokens(config: unknown, dir: string): Promise<unknown> {
  if (typeof config !== 'object' || config === null || !('users' in config)) return config;
  const { users } = config as { users: { user: { tokenFile?: string } }[] };
  const read = users.map(async (one) => {
    const { tokenFile } = one.user;
    if (tokenFile === undefined) return one;
    const token = (await readFile(resolve(dir, tokenFile), 'utf8')).trim();
    return { ...one, user: { ...one.user, token } };
  });
  return { ...config, users: await Promise.all(read) };
}

interface Applied {
  ca?: string;
  cert?: string;
  key?: string;
  servername?: string;
  headers: Record<string, string>;
}

async function applied(config: KubeConfig, where: string): Promise<Applied> {
  const told: Partial<Record<keyof Omit<Applied, 'headers'>, Buffer | string>> & {
    headers?: Record<string, string>;
  } = {};
  try {
    await config.applyToHTTPSOptions(told);
  } catch {
    // What a plugin printed may hold its token.
    throw unusable(
      `certificates or exec plugin of ${where} failed`,
      'does `kubectl get namespaces` work with it?',
    );
  }
  const { headers = {}, ...tls } = told;
  const texts = (['ca', 'cert', 'key', 'servername'] as const)
    .filter((name) => tls[name] !== undefined)
    .map((name) => [name, String(tls[name])] as const);
  return {
    ...(Object.fromEntries(texts) as Omit<Applied, 'headers'>),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  };
}

function unusable(message: string, hint: string): UsageError {
  return new UsageError(message, { hint });
}

import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { systemClock } from '../../protocol/clock.ts';
import { MemoryStore } from '../../store/memory-store.ts';
import { ensureServerCertificate } from '../../tls/index.ts';
import { tlsUse } from '../../x509/extensions.ts';
import { generateKeyPair, issueCertificate, privateKeyPem } from '../../x509/issue.ts';
import { readDetails } from '../../x509/read.ts';
import { createKubernetesApi, type KubernetesApi } from '../api.ts';
import type { Authorize } from '../authorization.ts';
import { bootstrapCluster } from '../bootstrap.ts';
import { startControllers } from '../controllers/start.ts';
import type { UserInfo } from '../types.ts';
import { serveApi } from './http-shim.ts';

export interface HttpsClusterOptions {
  /** Where certificates are kept. */
  dir: string;
  host?: string;
  /** 0 for any that is free. */
  port?: number;
  /** Names and addresses in the certificate. */
  hosts?: readonly string[];
  /** Default: everybody who is somebody may do everything. */
  authorize?: Authorize;
  /** Told each request before it is answered. */
  onRequest?: (request: IncomingMessage, user: UserInfo | undefined) => void;
}

/** A cluster that is there already, for whoever has a kubeconfig of it: this folder's API behind HTTPS, in memory. */
export interface HttpsCluster extends AsyncDisposable {
  readonly api: KubernetesApi;
  readonly url: string;
  /** Text of an administrator's kubeconfig, who identifies with a certificate or a token. */
  kubeconfig(by: 'certificate' | 'token', server?: string): string;
  /** The same identity as PEM texts and a token. */
  readonly identity: { ca: string; cert: string; key: string; token: string };
}

const HOUR = 3_600_000;
const ADMIN: UserInfo = { name: 'system:admin', groups: ['system:masters'] };

/** Starts it, with controllers and scheduler. */
export async function startHttpsCluster(options: HttpsClusterOptions): Promise<HttpsCluster> {
  const { dir, host = '127.0.0.1', port = 0, hosts = ['127.0.0.1', 'localhost'] } = options;
  const tls = await ensureServerCertificate(dir, hosts);
  const client = clientCertificate(tls.ca, await readFile(join(dir, 'ca.key'), 'utf8'));
  const token = randomBytes(24).toString('base64url');
  const store = new MemoryStore({ clock: systemClock });
  const api = createKubernetesApi({
    store,
    clock: systemClock,
    random: randomBytes,
    ...(options.authorize && { authorize: options.authorize }),
  });
  await bootstrapCluster(api.objects);
  const stop = new AbortController();
  const controllers = startControllers({ api, clock: systemClock, signal: stop.signal });
  const server = await serveApi(api, {
    host,
    port,
    tls: { key: tls.key, cert: tls.cert, ca: tls.ca, requestCert: true, rejectUnauthorized: false },
    user: (request) => {
      const user = userOf(request, token);
      options.onRequest?.(request, user);
      return user;
    },
  });
  return {
    api,
    url: server.url,
    identity: { ca: tls.ca, ...client, token },
    kubeconfig: (by, url = server.url) =>
      kubeconfig(url, tls.ca, by === 'token' ? { token } : { certificate: client }),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await controllers;
      await server[Symbol.asyncDispose]();
      await store.close();
    },
  };
}

/** Who asks: an administrator may ask for somebody else. Undefined for nobody. */
function userOf(request: IncomingMessage, token: string): UserInfo | undefined {
  const isKnown =
    (request.socket as TLSSocket).authorized || request.headers.authorization === `Bearer ${token}`;
  if (!isKnown) return undefined;
  const name = request.headers['impersonate-user'];
  if (typeof name !== 'string') return ADMIN;
  const groups = request.rawHeaders.filter(
    (_, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === 'impersonate-group',
  );
  return { name, groups };
}

function clientCertificate(caPem: string, caKeyPem: string): { cert: string; key: string } {
  const keys = generateKeyPair('P-256');
  const now = Date.now();
  const certificate = issueCertificate({
    subject: { CN: 'system:admin', O: 'system:masters' },
    issuer: readDetails(new X509Certificate(caPem)).subject,
    from: now - HOUR,
    to: now + 24 * HOUR,
    serial: randomBytes(16),
    publicKey: keys.publicKey,
    signingKey: createPrivateKey(caKeyPem),
    hash: 'sha256',
    extensions: [tlsUse('client')],
  });
  return { cert: certificate.toString(), key: privateKeyPem(keys) };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function kubeconfig(
  server: string,
  ca: string,
  by: { token: string } | { certificate: { cert: string; key: string } },
): string {
  const user =
    'token' in by
      ? { token: by.token }
      : {
          'client-certificate-data': base64(by.certificate.cert),
          'client-key-data': base64(by.certificate.key),
        };
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'default',
      clusters: [{ name: 'default', cluster: { server, 'certificate-authority-data': base64(ca) } }],
      users: [{ name: 'default', user }],
      contexts: [{ name: 'default', context: { cluster: 'default', user: 'default' } }],
    },
    null,
    2,
  );
}

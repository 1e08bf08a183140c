import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { HttpDriver } from '../drivers/http.ts';
import { poll } from '../drivers/wait.ts';
import { TargetError, UsageError, describeError } from '../errors.ts';
import type { Part } from './part.ts';

export interface ProbeOptions {
  name: 'gateway' | 'master';
  url: string;
  caFile: string | undefined;
  part: Part;
  /** To present to it, PEM. */
  client?: { cert: string; key: string };
  signal?: AbortSignal | undefined;
}

const HEALTH_PATH = { gateway: '/readyz', master: '/health' } as const;
const PROBE_MS = 3_000;
const REMOTE_MS = 10_000;

/**
 * Waits until a server answers over TLS with the authority given. Whatever it answers, except 503, will do: what the answer
 * should be is for the checks to say. Throws TargetError when it does not come up, hangs, or shows another certificate.
 */
export async function probeServer(options: ProbeOptions): Promise<void> {
  const { name, part } = options;
  let last: unknown;
  const attempt = async (): Promise<boolean> => {
    const ca = await readAuthority(options);
    if (ca === 'not yet') return false;
    await using http = new HttpDriver({
      baseUrl: options.url,
      ca,
      timeoutMs: PROBE_MS,
      ...(options.client && { client: options.client }),
    });
    try {
      const answer = await http.send('GET', HEALTH_PATH[name]);
      last = new TargetError(`it answers ${answer.status} to GET ${HEALTH_PATH[name]}`);
      return answer.status !== 503;
    } catch (error) {
      if (isTlsFault(error)) throw error;
      last = error;
      return false;
    }
  };
  if (part.startable) {
    await part.ready(attempt, options.signal);
    return;
  }
  const up = await poll(async () => ((await attempt()) ? true : undefined), {
    timeoutMs: REMOTE_MS,
    intervalMs: 250,
    signal: options.signal,
  });
  if (!up) {
    throw new TargetError(
      `the ${name} at ${options.url} did not answer within ${REMOTE_MS / 1000} s: ${describeError(last)}`,
      {
        hint: `start it, or correct ${name}.url in the target file`,
      },
    );
  }
}

async function readAuthority(options: ProbeOptions): Promise<string | undefined | 'not yet'> {
  if (options.caFile === undefined) return undefined;
  const pem = await readFile(options.caFile, 'utf8').catch(() => undefined);
  if (pem === undefined) {
    if (options.part.startable) return 'not yet';
    throw new UsageError(`${options.name}.ca: there is no file ${options.caFile}`, {
      hint: 'name the PEM file of the authority that signed the server’s certificate',
    });
  }
  try {
    return new X509Certificate(pem).toString() === '' ? undefined : pem;
  } catch (cause) {
    if (options.part.startable) return 'not yet';
    throw new UsageError(`${options.name}.ca: ${options.caFile} holds no PEM certificate`, { cause });
  }
}

function isTlsFault(error: unknown): boolean {
  return /certificate|self-signed|unable to verify|altname|issuer/i.test(describeError(error));
}

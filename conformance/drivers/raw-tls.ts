import { connect as connectTcp } from 'node:net';
import { connect as connectTls, type SecureVersion, type TLSSocket } from 'node:tls';
import type { Socket } from 'node:net';
import { describeError } from '../errors.ts';
import { pause } from './wait.ts';

/** A server's URL and the authority it is trusted by. */
export interface RawServer {
  url: string;
  /** PEM. */
  ca?: string | undefined;
}

export interface RawOptions {
  /** Milliseconds until the connection is given up; 5000 unless told. */
  timeoutMs?: number;
  /** Milliseconds between the pieces, when there are several. */
  paceMs?: number;
  /** Without TLS. */
  plain?: boolean;
  signal?: AbortSignal;
}

/** What came back over one connection. */
export interface RawAnswer {
  /** Statuses of all responses, in order. */
  statuses: number[];
  /** Everything received, as Latin-1. */
  text: string;
  /** The first response's body, as far as it came. */
  body: string;
  /** The first response's headers, lower-case names. */
  headers: Record<string, string>;
  /** Whether the server closed the connection in time. */
  closed: boolean;
  ms: number;
}

/** Sends exactly these bytes over one connection and collects what comes until the server closes it or time is up. */
export async function sendRaw(
  server: RawServer,
  pieces: string | readonly (string | Uint8Array)[],
  options: RawOptions = {},
): Promise<RawAnswer> {
  const started = Date.now();
  const socket = openRaw(server, options.plain ?? false);
  const chunks: Buffer[] = [];
  const ended = Promise.withResolvers<boolean>();
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A reset is as much of a close as a polite end.
  socket.on('close', () => ended.resolve(true));
  socket.on('error', () => ended.resolve(true));
  const timer = setTimeout(() => ended.resolve(false), options.timeoutMs ?? 5_000);
  options.signal?.addEventListener('abort', () => ended.resolve(false), { once: true });
  void write(socket, typeof pieces === 'string' ? [pieces] : pieces, options.paceMs ?? 0);
  try {
    const closed = await ended.promise;
    return { ...parseRaw(Buffer.concat(chunks).toString('latin1')), closed, ms: Date.now() - started };
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** How a TLS handshake went: the version agreed on, or why there is none. */
export type Handshake = { ok: true; version: string; authorized: boolean } | { ok: false; error: string };

/** Tries a TLS handshake with these versions. */
export async function handshake(
  server: RawServer,
  versions: { min?: SecureVersion; max?: SecureVersion } = {},
): Promise<Handshake> {
  const { hostname, port } = new URL(server.url);
  const result = Promise.withResolvers<Handshake>();
  const socket: TLSSocket = connectTls({
    host: hostname,
    port: Number(port),
    ...(server.ca && { ca: server.ca }),
    ...(versions.min && { minVersion: versions.min }),
    ...(versions.max && { maxVersion: versions.max }),
  });
  socket.setTimeout(5_000, () => result.resolve({ ok: false, error: 'no answer to the handshake' }));
  socket.on('error', (error) => result.resolve({ ok: false, error: describeError(error) }));
  socket.on('secureConnect', () =>
    result.resolve({ ok: true, version: socket.getProtocol() ?? '', authorized: socket.authorized }),
  );
  try {
    return await result.promise;
  } finally {
    socket.destroy();
  }
}

/** A connection to the server, not open yet; over TLS it says so by `secureConnect`. */
export function openRaw(server: RawServer, plain = false): Socket {
  const { hostname, port } = new URL(server.url);
  const address = { host: hostname, port: Number(port) };
  if (plain) return connectTcp(address);
  return connectTls({ ...address, ALPNProtocols: ['http/1.1'], ...(server.ca && { ca: server.ca }) });
}

async function write(
  socket: Socket,
  pieces: readonly (string | Uint8Array)[],
  paceMs: number,
): Promise<void> {
  for (const piece of pieces) {
    if (!socket.writable) return;
    socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
    if (paceMs > 0) await pause(paceMs);
  }
}

/** Reads what came over one connection: all statuses, headers and body of the first response. */
export function parseRaw(text: string): Pick<RawAnswer, 'statuses' | 'text' | 'body' | 'headers'> {
  const statuses = [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => Number(status));
  const end = text.indexOf('\r\n\r\n');
  const lines = (end < 0 ? text : text.slice(0, end)).split('\r\n').slice(1);
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { statuses, text, headers, body: end < 0 ? '' : text.slice(end + 4) };
}

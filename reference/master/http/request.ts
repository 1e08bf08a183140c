import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { RequestLine } from '../../http/request-line.ts';
import { headersOf, requestLineOf } from '../../http/request-line.ts';
import { ProtocolError } from '../../protocol/status.ts';

/** Headers that decide who the caller is: two of them are two claims, and neither is believed. */
const IDENTITY = new Set([
  'authorization',
  'x-seal-token',
  'x-gateway-credential',
  'x-remote-user',
  'x-remote-group',
]);

/** A request as the handlers see it. */
export interface HttpRequest extends RequestLine {
  /** Path and query exactly as on the request line. */
  target: string;
  /** Lower-case names; each identity header occurs once at most. */
  headers: Readonly<Record<string, string>>;
  /** Aborts when the client has gone or has its answer. */
  signal: AbortSignal;
  /** Address of the peer, for rate limits. */
  peer: string;
  /** Wallet that the client certificate of this connection names, '' when it names none; undefined without one. */
  clientName: string | undefined;
  /** Reads the whole body, at most `limit` bytes. Rejects with ProtocolError PayloadTooLarge or BadRequest. */
  readBody(limit: number): Promise<Uint8Array>;
}

/** Takes in what node parsed. Throws ProtocolError for a request line or headers that could mean two things. */
export function toHttpRequest(
  message: IncomingMessage,
  signal: AbortSignal,
  readBody: (limit: number) => Promise<Uint8Array>,
): HttpRequest {
  return {
    ...requestLineOf(message),
    target: message.url ?? '',
    headers: singleHeaders(message),
    signal,
    peer: message.socket.remoteAddress ?? '',
    clientName: clientNameOf(message),
    readBody,
  };
}

/** How a subject alternative name names a wallet: as URI `sui:0x…`. */
const WALLET = 'URI:sui:';

function clientNameOf({ socket }: IncomingMessage): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const names = (socket.getPeerCertificate().subjectaltname ?? '').split(', ');
  const wallets = names.filter((name) => name.startsWith(WALLET));
  // Several wallets are as good as none of them.
  return wallets.length === 1 ? (wallets[0] ?? '').slice(WALLET.length) : '';
}

function singleHeaders(message: IncomingMessage): Record<string, string> {
  const seen = new Set<string>();
  // node joins or drops repeated headers; only the raw list shows that there were two.
  for (let i = 0; i < message.rawHeaders.length; i += 2) {
    const name = message.rawHeaders[i]!.toLowerCase();
    if (!IDENTITY.has(name)) continue;
    if (seen.has(name)) throw new ProtocolError('MalformedCredential', `more than one ${name} header`);
    seen.add(name);
  }
  return headersOf(message);
}

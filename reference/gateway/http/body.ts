import type { IncomingMessage } from 'node:http';
import { ProtocolError } from '../../protocol/status.ts';

/** Reads a body of at most `limit` bytes. Rejects with ProtocolError. */
export async function readBody(message: IncomingMessage, limit: number): Promise<Uint8Array> {
  const encoding = message.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    // A digest of compressed bytes would say nothing about what the master runs.
    throw new ProtocolError('UnsupportedMediaType', 'compressed request bodies are not accepted');
  }
  if (Number(message.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // The socket stays: the refusal still has to travel over it.
    for await (const chunk of message.iterator({ destroyOnReturn: false })) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > limit) throw tooLarge(limit);
      chunks.push(bytes);
    }
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    throw new ProtocolError('BadRequest', 'the body broke off', { cause: error });
  }
  return Buffer.concat(chunks, size);
}

function tooLarge(limit: number): ProtocolError {
  return new ProtocolError('PayloadTooLarge', `Request entity too large: limit is ${limit} bytes`);
}

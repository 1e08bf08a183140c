import type { IncomingMessage } from 'node:http';
import { ProtocolError } from '../protocol/status.ts';

const NOTHING = new Uint8Array();

/** Reads a body of at most `limit` bytes. Rejects with ProtocolError PayloadTooLarge, BadRequest or UnsupportedMediaType. */
export async function readBody(message: IncomingMessage, limit: number): Promise<Uint8Array> {
  const { headers } = message;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return NOTHING;
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    // A digest of compressed bytes would say nothing about what is run.
    throw new ProtocolError('UnsupportedMediaType', 'compressed request bodies are not accepted');
  }
  if (Number(headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    // The socket must outlive a refusal, or nobody reads the answer.
    for await (const chunk of message.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > limit) throw tooLarge(limit);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    throw new ProtocolError('BadRequest', 'the body cannot be read', { cause: error });
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}

function tooLarge(limit: number): ProtocolError {
  return new ProtocolError('PayloadTooLarge', `Request entity too large: limit is ${limit} bytes`);
}

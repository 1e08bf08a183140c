import type { IncomingMessage } from 'node:http';
import { ProtocolError } from '../../protocol/status.ts';

const NOTHING = new Uint8Array();

/** Reads a body of at most `limit` bytes. Rejects with ProtocolError PayloadTooLarge or BadRequest. */
export async function readBody(message: IncomingMessage, limit: number): Promise<Uint8Array> {
  const { headers } = message;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return NOTHING;
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new ProtocolError('UnsupportedMediaType', 'content encodings are not supported');
  }
  if (Number(headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // The socket must outlive a refusal, or nobody reads the answer.
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
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}

function tooLarge(limit: number): ProtocolError {
  return new ProtocolError('PayloadTooLarge', `the body is larger than ${limit} bytes`);
}

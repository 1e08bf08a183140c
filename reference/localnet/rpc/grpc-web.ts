import { GRPC_CODES, RpcFailure } from './status.ts';
import type { GrpcCode } from './status.ts';

/** How bytes are carried: `text` is base64 in both directions. */
export type WireFormat = 'text' | 'binary';

const DATA = 0x00;
const COMPRESSED = 0x01;
const TRAILER = 0x80;
const HEADER_BYTES = 5;
/** The greatest request that a node takes; a transaction is at most 128 KiB. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** The format a request's content type asks for; undefined when it is not gRPC-web. */
export function wireFormat(contentType: string | undefined): WireFormat | undefined {
  switch (contentType?.split(';', 1)[0]?.trim().toLowerCase()) {
    case 'application/grpc-web-text':
    case 'application/grpc-web-text+proto':
      return 'text';
    case 'application/grpc-web':
    case 'application/grpc-web+proto':
      return 'binary';
    default:
      return undefined;
  }
}

export function contentTypeOf(format: WireFormat): string {
  return format === 'text' ? 'application/grpc-web-text+proto' : 'application/grpc-web+proto';
}

/**
 * The single message of a request body.
 * Throws RpcFailure INVALID_ARGUMENT for a broken frame, OUT_OF_RANGE for a great one and UNIMPLEMENTED for compression.
 */
export function decodeRequest(body: Uint8Array, format: WireFormat): Uint8Array {
  const bytes = format === 'text' ? Buffer.from(Buffer.from(body).toString('latin1'), 'base64') : body;
  if (bytes.length < HEADER_BYTES) throw new RpcFailure('INVALID_ARGUMENT', 'incomplete gRPC-web frame');
  if (bytes[0] === COMPRESSED) throw new RpcFailure('UNIMPLEMENTED', 'compressed messages are not supported');
  if (bytes[0] !== DATA) throw new RpcFailure('INVALID_ARGUMENT', 'expected a gRPC-web data frame');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  if (length > MAX_MESSAGE_BYTES)
    throw new RpcFailure(
      'OUT_OF_RANGE',
      `Error, decoded message length too large: found ${length} bytes, the limit is: ${MAX_MESSAGE_BYTES} bytes`,
    );
  if (bytes.length !== HEADER_BYTES + length)
    throw new RpcFailure('INVALID_ARGUMENT', 'frame length differs from the body');
  return bytes.subarray(HEADER_BYTES);
}

export function dataFrame(message: Uint8Array, format: WireFormat): Uint8Array {
  return encode(frame(DATA, message), format);
}

/** The frame that ends every answer. The message is percent-encoded as gRPC requires. */
export function trailerFrame(code: GrpcCode, message: string, format: WireFormat): Uint8Array {
  const text = `grpc-status: ${GRPC_CODES[code]}\r\n${message === '' ? '' : `grpc-message: ${percentEncode(message)}\r\n`}`;
  return encode(frame(TRAILER, Buffer.from(text, 'latin1')), format);
}

function frame(flag: number, payload: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  out[0] = flag;
  out.writeUInt32BE(payload.length, 1);
  out.set(payload, HEADER_BYTES);
  return out;
}

function encode(bytes: Buffer, format: WireFormat): Uint8Array {
  return format === 'text' ? Buffer.from(bytes.toString('base64'), 'latin1') : bytes;
}

/** Printable ASCII other than `%` stays; everything else is one escape a UTF-8 byte. */
function percentEncode(text: string): string {
  let out = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    out +=
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

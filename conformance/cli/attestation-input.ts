import { UsageError } from '../errors.ts';

/** Fields that masters put a document in, when they answer JSON. */
const JSON_FIELDS = ['document', 'attestation'] as const;

/**
 * The document in what a user has at hand: the binary itself, hex, base64 of either alphabet, or JSON with one of these
 * in a field. Binary documents begin with 0x84 or 0xd2, so that no text is taken for one.
 */
export function documentIn(content: Uint8Array): Uint8Array {
  if (content.some((byte) => byte > 0x7e)) return content;
  const text = Buffer.from(content).toString('latin1').trim();
  const found = text.startsWith('{') ? fieldOf(text) : text;
  return binaryOf('the document', found.replaceAll(/\s+/g, ''));
}

/** Bytes spelled in hex or base64; a UsageError says what was given. With `length`, the text must spell that many bytes. */
export function binaryOf(what: string, text: string, length?: number): Uint8Array {
  const spellings = [asHex(text), asBase64(text)].filter((bytes) => bytes !== undefined);
  const found = length === undefined ? spellings[0] : spellings.find((bytes) => bytes.length === length);
  if (found && found.length > 0) return found;
  const wanted = length === undefined ? 'hex or base64' : `${length} bytes in hex or base64`;
  throw new UsageError(`${what} must be ${wanted}, not "${text.slice(0, 40)}${text.length > 40 ? '…' : ''}"`);
}

function asHex(text: string): Uint8Array | undefined {
  return /^([0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : undefined;
}

function asBase64(text: string): Uint8Array | undefined {
  const bare = text
    .replace(/={1,2}$/, '')
    .replaceAll('+', '-')
    .replaceAll('/', '_');
  if (!/^[\w-]+$/.test(bare) || bare.length % 4 === 1) return undefined;
  return Buffer.from(bare, 'base64url');
}

function fieldOf(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError('the document begins like JSON, but is none', { cause });
  }
  const fields = value as Readonly<Record<string, unknown>>;
  for (const name of JSON_FIELDS) {
    const found = fields[name];
    if (typeof found === 'string') return found;
  }
  throw new UsageError(`the JSON has no text in a field ${JSON_FIELDS.join(' or ')}`);
}

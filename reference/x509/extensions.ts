import { isIP } from 'node:net';
import { bits, boolean, element, integer, objectId, octets, sequence } from './der.ts';

export const BASIC_CONSTRAINTS = objectId('2.5.29.19');
export const KEY_USAGE = objectId('2.5.29.15');

/** Bits of the key usage, the first of its string as the highest of a byte. */
export const KeyUsage = { digitalSignature: 0x80, keyCertSign: 0x04, crlSign: 0x02 } as const;

/** Whether it may issue certificates, and how many authorities may follow below it. */
export function basicConstraints(authority: boolean, pathLength?: number): Buffer {
  const content = sequence(
    ...(authority ? [boolean(true)] : []),
    ...(pathLength === undefined ? [] : [integer(Buffer.of(pathLength))]),
  );
  return extension(BASIC_CONSTRAINTS, content, true);
}

/** What the key may be used for: bits of KeyUsage, one at least. */
export function keyUsage(usages: number): Buffer {
  const unused = 31 - Math.clz32(usages & -usages);
  return extension(KEY_USAGE, bits(Buffer.of(usages), unused), true);
}

/** For one side of TLS. */
export function tlsUse(side: 'server' | 'client'): Buffer {
  return extension(
    objectId('2.5.29.37'),
    sequence(objectId(side === 'server' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2')),
  );
}

/** Names and IP addresses that the subject goes by. */
export function alternativeNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) =>
    isIP(host) === 0 ? element(0x82, Buffer.from(host)) : element(0x87, addressBytes(host)),
  );
  return extension(objectId('2.5.29.17'), sequence(...names));
}

export function subjectKey(keyId: Uint8Array): Buffer {
  return extension(objectId('2.5.29.14'), octets(keyId));
}

export function authorityKey(keyId: Uint8Array): Buffer {
  return extension(objectId('2.5.29.35'), sequence(element(0x80, keyId)));
}

function extension(id: Buffer, content: Buffer, critical = false): Buffer {
  return sequence(id, ...(critical ? [boolean(true)] : []), octets(content));
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  // The URL parser writes all forms of an address in one: groups, at most one gap, no dots.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [before, after] = [groups(head), groups(tail)];
  const gap = Array<string>(8 - before.length - after.length).fill('0');
  const all = [...before, ...gap, ...after].map((group) => group.padStart(4, '0'));
  return Buffer.from(all.join(''), 'hex');
}

function groups(text: string | undefined): string[] {
  return text ? text.split(':') : [];
}

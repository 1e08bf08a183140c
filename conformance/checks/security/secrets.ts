import { readFile } from 'node:fs/promises';
import type { CheckContext } from '../../runner/context.ts';
import { eventually, ok, status } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import { partsOf } from '../credentials/asking.ts';

export const SECRETS = '/api/v1/namespaces/default/secrets';

/** A Secret whose value nobody else writes. */
export interface Canary {
  name: string;
  value: string;
}

/** Creates a Secret with a value of its own. */
export async function createSecret(t: CheckContext, admin: Actor, gateway = t.gateway): Promise<Canary> {
  const name = t.name('canary');
  const value = `canary/${crypto.randomUUID()}?${crypto.randomUUID()}`;
  const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { value } };
  const answer = await gateway.as(admin, 'POST', SECRETS, { body });
  status(answer, [201, 504]);
  // A machine under load may take longer than the deadline; the Secret comes all the same.
  const there = async (): Promise<true | undefined> =>
    (await t.gateway.as(admin, 'GET', `${SECRETS}/${name}`)).status === 200 ? true : undefined;
  if (answer.status === 504) await eventually('the Secret', there, { withinMs: 10_000, signal: t.signal });
  return { name, value };
}

/** Spellings in which a value might be written: raw, hex, base64 at each of its three offsets. */
export function encodingsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].flatMap((offset) => {
    // Whole groups only: the first and last characters depend on what stands around the value.
    const inner = bytes.subarray(offset, offset + Math.floor((bytes.length - offset) / 3) * 3);
    return [inner.toString('base64'), inner.toString('base64url')];
  });
  const hex = bytes.toString('hex');
  return [...new Set([value, encodeURIComponent(value), hex, hex.toUpperCase(), ...base64])];
}

const WINDOW = 12;

/** Pieces of a secret text, long enough that none stands anywhere by chance. */
export function piecesOf(text: string): string[] {
  const count = Math.max(0, Math.floor(text.length / WINDOW));
  return Array.from({ length: count }, (_, index) => text.slice(index * WINDOW, (index + 1) * WINDOW));
}

/** What must not be seen of a credential: its payload and its signature, in pieces. */
export function piecesOfCredential(credential: string): string[] {
  const { payload, signature } = partsOf(credential);
  return [...piecesOf(payload), ...piecesOf(signature)];
}

/** Fails when one of the texts is found. */
export function holdsNone(where: string, content: string | Buffer, texts: readonly string[]): void {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  for (const text of texts) {
    const at = bytes.indexOf(text);
    if (at < 0) continue;
    const around = bytes.subarray(Math.max(0, at - 120), at + 40).toString('utf8');
    ok(`${where} holds nothing of the secret`, false, { wanted: 'nothing of it', got: around });
  }
}

/** Contents of the files in which a part keeps data. */
export async function storedBy(t: CheckContext, part: string): Promise<{ path: string; content: Buffer }[]> {
  const { files } = await t.control.storage({ part });
  return Promise.all(
    files.map(async (path) => ({ path, content: await readFile(path).catch(() => Buffer.alloc(0)) })),
  );
}

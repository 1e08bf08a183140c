import type { Credential } from './parse-credential.ts';

/**
 * Texts of credentials whose form and signature were found good. Both depend on the text alone, so that this is a memo of a pure
 * function and no cache of identities: another text never hits it, and time, token, stake, binding and nonce are
 * checked each time. The oldest leaves at `entries`.
 */
export class KnownCredentials {
  readonly #credentials = new Map<string, Credential>();
  readonly #entries: number;

  constructor(entries: number) {
    this.#entries = entries;
  }

  get(text: string): Credential | undefined {
    return this.#credentials.get(text);
  }

  add(text: string, credential: Credential): void {
    if (this.#entries === 0) return;
    if (this.#credentials.size >= this.#entries)
      for (const oldest of this.#credentials.keys()) {
        this.#credentials.delete(oldest);
        break;
      }
    this.#credentials.set(text, credential);
  }
}

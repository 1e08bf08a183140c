import { mintSession } from '../../conformance/drivers/credential.ts';
import { NativeSigner } from '../../conformance/drivers/native-signer.ts';
import type { LoadWallet } from './traffic.ts';

const LIFETIME_S = 290;
/** Renewed while it is surely still good, the clocks' skew included. */
const RENEW_AFTER_MS = 200_000;

/** Session credentials of wallets, each made anew before it ends, as kubectl's plugin does. */
export class Sessions {
  readonly #wallets: readonly LoadWallet[];
  readonly #made = new Map<number, { credential: Promise<string>; at: number }>();

  constructor(wallets: readonly LoadWallet[]) {
    this.#wallets = wallets;
  }

  /** The credential of the wallet at this place of the list. */
  of(index: number): Promise<string> {
    const known = this.#made.get(index);
    if (known && Date.now() - known.at < RENEW_AFTER_MS) return known.credential;
    const wallet = this.#wallets[index];
    if (!wallet) throw new Error(`no wallet ${index} in this plan`);
    const signer = new NativeSigner(Buffer.from(wallet.seed, 'hex'));
    const { token, audience } = wallet;
    const credential = mintSession(signer, { token, audience, lifetime: LIFETIME_S });
    this.#made.set(index, { credential, at: Date.now() });
    return credential;
  }
}

import { systemClock } from './clock.ts';
import { KnownCredentials } from './known-credentials.ts';
import { verifySuiSignature } from './sui-signature.ts';
import { endsMs, found, VERIFICATION_STEPS } from './verification-steps.ts';
import type {
  Principal,
  RequestBinding,
  VerificationContext,
  VerificationStep,
  VerifierSeams,
  Verdict,
} from './verifier-types.ts';

/** What a verifier is built from; `audience`, `tokens` and `nonces` have no default. */
export type VerifierOptions = Pick<VerifierSeams, 'audience' | 'tokens' | 'nonces'> &
  Partial<VerifierSeams> & {
    /** The checks, in order. Default: VERIFICATION_STEPS. */
    steps?: readonly VerificationStep[];
    /** Texts whose form and signature are not looked at again once they were good. Default: none. */
    remembers?: number;
  };

/** Decides whether a credential may pass. One instance serves one audience and one kind of token. */
export class CredentialVerifier {
  readonly #seams: VerifierSeams;
  readonly #steps: readonly VerificationStep[];
  readonly #known: KnownCredentials;

  constructor(options: VerifierOptions) {
    const { steps = VERIFICATION_STEPS, remembers = 0, ...seams } = options;
    this.#steps = steps;
    this.#known = new KnownCredentials(remembers);
    this.#seams = {
      clock: systemClock,
      clockSkewSeconds: 30,
      verifySignature: verifySuiSignature,
      tokenKind: 'seal',
      accepts: { session: ['user', 'admin'], oneShot: ['node'] },
      oneShotSessions: false,
      ...seams,
    };
  }

  /** Verifies a credential that stands for a session (`Authorization: Bearer`). Never rejects for bad input. */
  verifySession(credential: string): Promise<Verdict> {
    return this.#verify(credential, undefined);
  }

  /** Verifies a credential that is good for this one request only (`X-Seal-Token`, `X-Gateway-Credential`). */
  verifyOneShot(credential: string, request: RequestBinding): Promise<Verdict> {
    return this.#verify(credential, request);
  }

  async #verify(text: string, binding: RequestBinding | undefined): Promise<Verdict> {
    // One reading of the clock for all checks, so that no check can pass at a time another one did not see.
    const context: VerificationContext = {
      text,
      binding,
      nowMs: this.#seams.clock.nowMs(),
      seams: this.#seams,
    };
    const known = this.#known.get(text);
    if (known) context.credential = known;
    for (const step of this.#steps) {
      if (known && step.isPure) continue;
      const refusal = await step.run(context);
      if (refusal) return refusal;
      if (step.name === 'signature' && context.credential) this.#known.add(text, context.credential);
    }
    return { ok: true, principal: this.#principal(context) };
  }

  #principal(context: VerificationContext): Principal {
    const token = found(context.token, 'token');
    const { claims } = found(context.credential, 'shape');
    return {
      owner: token.owner,
      tokenId: token.tokenId,
      kind: this.#seams.tokenKind === 'gateway' ? 'gateway' : token.stakeType,
      permissions: token.permissions,
      nodeId: token.nodeId,
      token,
      credentialEndsMs: endsMs(claims.exp, this.#seams.clockSkewSeconds),
    };
  }
}

import { systemClock } from './clock.ts';
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
  };

/** Decides whether a credential may pass. One instance serves one audience and one kind of token. */
export class CredentialVerifier {
  readonly #seams: VerifierSeams;
  readonly #steps: readonly VerificationStep[];

  constructor(options: VerifierOptions) {
    const { steps = VERIFICATION_STEPS, ...seams } = options;
    this.#steps = steps;
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
    for (const step of this.#steps) {
      const refusal = await step.run(context);
      if (refusal) return refusal;
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

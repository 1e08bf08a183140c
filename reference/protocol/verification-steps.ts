import { sha256Base64url } from './digest.ts';
import { parseCredential } from './parse-credential.ts';
import { httpOf, type Reason } from './reasons.ts';
import type { Refusal, StepName, VerificationContext, VerificationStep } from './verifier-types.ts';

/** A refusal for `reason`; `retryAfter` in seconds. */
export function refuse(reason: Reason, retryAfter?: number): Refusal {
  const refusal: Refusal = { ok: false, reason, http: httpOf(reason) };
  return retryAfter === undefined ? refusal : { ...refusal, retryAfter };
}

/** What an earlier step left, which is there whenever a later one runs. */
export function found<T>(value: T | undefined, step: StepName): T {
  if (value === undefined) throw new Error(`verification step '${step}' needs what an earlier step leaves`);
  return value;
}

/** Unix milliseconds from which a credential is refused. */
export function endsMs(exp: number, skewSeconds: number): number {
  return (exp + skewSeconds) * 1000;
}

/** All checks in the order in which the protocol gives them. */
export const VERIFICATION_STEPS: readonly VerificationStep[] = [
  { name: 'shape', isPure: true, run: checkShape },
  { name: 'expiry', run: checkExpiry },
  { name: 'not-yet-valid', run: checkNotYetValid },
  { name: 'audience', run: checkAudience },
  // Before any cache or store is touched: an unsigned flood must cost the attacker's side only.
  { name: 'signature', isPure: true, run: checkSignature },
  { name: 'token', run: checkToken },
  { name: 'token-revoked', run: checkRevoked },
  { name: 'token-expired', run: checkTokenExpiry },
  { name: 'stake', run: checkStake },
  { name: 'binding', run: checkBinding },
  { name: 'replay', run: checkReplay },
  { name: 'kind', run: checkKind },
];

/** The same list with one step replaced. Throws when there is no such step. */
export function replaceStep(
  steps: readonly VerificationStep[],
  name: StepName,
  run: VerificationStep['run'],
): VerificationStep[] {
  if (!steps.some((step) => step.name === name)) throw new Error(`no verification step '${name}'`);
  return steps.map((step) => (step.name === name ? { name, run } : step));
}

function checkShape(context: VerificationContext): Refusal | undefined {
  const credential = parseCredential(context.text);
  if (!credential) return refuse('MalformedCredential');
  context.credential = credential;
  return undefined;
}

function checkExpiry(context: VerificationContext): Refusal | undefined {
  const { claims } = found(context.credential, 'shape');
  const end = endsMs(claims.exp, context.seams.clockSkewSeconds);
  return context.nowMs >= end ? refuse('CredentialExpired') : undefined;
}

function checkNotYetValid(context: VerificationContext): Refusal | undefined {
  const { claims } = found(context.credential, 'shape');
  const start = (claims.iat - context.seams.clockSkewSeconds) * 1000;
  return context.nowMs < start ? refuse('CredentialNotYetValid') : undefined;
}

function checkAudience(context: VerificationContext): Refusal | undefined {
  const { claims } = found(context.credential, 'shape');
  return claims.aud === context.seams.audience ? undefined : refuse('AudienceMismatch');
}

async function checkSignature(context: VerificationContext): Promise<Refusal | undefined> {
  const { claims, payload, signature } = found(context.credential, 'shape');
  const good = await context.seams.verifySignature(payload, signature, claims.sub);
  return good ? undefined : refuse('BadSignature');
}

async function checkToken(context: VerificationContext): Promise<Refusal | undefined> {
  const { claims } = found(context.credential, 'shape');
  const answer = await context.seams.tokens.lookup(claims.token, context.seams.tokenKind);
  if (answer.status === 'unavailable') return refuse('ChainUnavailable', answer.retryAfterSeconds);
  if (answer.status === 'cache-full') return refuse('CacheFull', answer.retryAfterSeconds);
  // Somebody else's token is answered like one that does not exist: ids are public, owners need not be.
  if (answer.status === 'unknown' || answer.owner !== claims.sub) return refuse('UnknownToken');
  // Clusters of one package share a registry, so that the chain knows tokens of the others, too.
  const { endpoint, tokenKind } = context.seams;
  if (tokenKind === 'seal' && endpoint !== undefined && answer.endpoint !== endpoint)
    return refuse('UnknownToken');
  context.token = answer;
  return undefined;
}

function checkRevoked(context: VerificationContext): Refusal | undefined {
  return found(context.token, 'token').revoked ? refuse('TokenRevoked') : undefined;
}

function checkTokenExpiry(context: VerificationContext): Refusal | undefined {
  const { expiresAt } = found(context.token, 'token');
  return context.nowMs >= expiresAt * 1000 ? refuse('TokenExpired') : undefined;
}

function checkStake(context: VerificationContext): Refusal | undefined {
  return found(context.token, 'token').stakeStatus === 'active' ? undefined : refuse('StakeInactive');
}

/** A session is bound to nothing, a one-shot credential to exactly this request; neither passes for the other. */
function checkBinding(context: VerificationContext): Refusal | undefined {
  const { binding } = found(context.credential, 'shape').claims;
  const request = context.binding;
  if (!request) return binding ? refuse('BindingMismatch') : undefined;
  if (!binding || binding.htm !== request.method || binding.htu !== request.target)
    return refuse('BindingMismatch');
  return binding.bod === sha256Base64url(request.body) ? undefined : refuse('BindingMismatch');
}

async function checkReplay(context: VerificationContext): Promise<Refusal | undefined> {
  const { claims, payload } = found(context.credential, 'shape');
  const { nonces, clockSkewSeconds, oneShotSessions } = context.seams;
  // By token and not by wallet; hashed so that no store or dump shows a nonce.
  const key = sha256Base64url(`${claims.token}.${claims.nonce}`);
  const value = sha256Base64url(payload);
  // A skew longer than it can pass: were the clock set back by as much, the nonce would be needed again.
  const until = endsMs(claims.exp, 2 * clockSkewSeconds);
  const outcome = await nonces.putIfAbsent(key, value, until);
  switch (outcome.status) {
    case 'stored':
      return undefined;
    case 'full':
      return refuse('CacheFull', outcome.retryAfterSeconds);
    case 'forgotten':
      return refuse('ReplayDetected');
    case 'present': {
      // The skew is for clocks that differ at the first use; a session that is known ends at its `exp`.
      const ended = context.nowMs >= claims.exp * 1000;
      const again = !context.binding && !oneShotSessions && !ended && outcome.value === value;
      return again ? undefined : refuse('ReplayDetected');
    }
  }
}

function checkKind(context: VerificationContext): Refusal | undefined {
  const { tokenKind, accepts } = context.seams;
  if (tokenKind === 'gateway') return undefined;
  const allowed = context.binding ? accepts.oneShot : accepts.session;
  return allowed.includes(found(context.token, 'token').stakeType) ? undefined : refuse('Forbidden');
}

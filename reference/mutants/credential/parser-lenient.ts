import type { CredentialClaims } from '../../protocol/parse-credential.ts';
import { refuse, replaceStep } from '../../protocol/verification-steps.ts';
import type { Mutant } from '../types.ts';

/** What JSON.parse, split and a forgiving base64 decoder make of it. */
function parse(
  text: string,
): { claims: CredentialClaims; payload: string; signature: Uint8Array } | undefined {
  const [, payload = '', tail = ''] = text.split('.');
  try {
    const json = JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as unknown;
    const claims = (Array.isArray(json) ? json[0] : json) as CredentialClaims & Record<string, unknown>;
    if (typeof claims?.sub !== 'string') return undefined;
    const { htm, htu, bod } = claims as Record<string, unknown>;
    const binding =
      bod === undefined ? {} : { binding: { htm: String(htm), htu: String(htu), bod: String(bod) } };
    const times = { iat: Number(claims.iat ?? 0), exp: Number(claims.exp ?? Number.MAX_SAFE_INTEGER) };
    return { claims: { ...claims, ...times, ...binding }, payload, signature: Buffer.from(tail, 'base64') };
  } catch {
    return undefined;
  }
}

export const mutant: Mutant = {
  id: 'parser-lenient',
  defects: ['D02'],
  title: 'A credential is parsed forgivingly: any prefix, padding, spelling, keys and life',
  part: 'credential',
  credential: (seams) => ({
    ...seams,
    steps: replaceStep(seams.steps, 'shape', (context) => {
      const credential = parse(context.text);
      if (!credential) return refuse('MalformedCredential');
      context.credential = credential;
      return undefined;
    }),
  }),
};

import { pause } from '../drivers/wait.ts';
import type { FakeMaster } from './fake-master.ts';
import { refusal, type FakeAnswer, type FakeReply, type FakeRequest } from './fake-messages.ts';
import type { FaultAction } from './fault-plan.ts';
import { lieOfAttestation, lieOfJoin } from './forgeries.ts';

/** What a fake master answers when a plan tells it to do this. */
export async function faulty(
  action: FaultAction,
  { fake, request, honest }: { fake: FakeMaster; request: FakeRequest; honest: () => Promise<FakeReply> },
): Promise<FakeAnswer> {
  if ('hang' in action) return 'hang';
  if ('answer' in action) {
    const { status, reason = 'Unspecified', retry_after, headers = {}, body } = action.answer;
    const told = { ...headers, ...(retry_after !== undefined && { 'retry-after': String(retry_after) }) };
    if (body === undefined) return refusal(status, reason, told);
    return { status, headers: told, body: typeof body === 'string' ? body : JSON.stringify(body) };
  }
  if ('delay_ms' in action) {
    await pause(action.delay_ms);
    return honest();
  }
  if ('cut_after_bytes' in action) return { ...(await honest()), cutAfter: action.cut_after_bytes };
  if ('redirect' in action) {
    const location = `${await fake.elsewhere()}${request.target}`;
    return { status: action.redirect, headers: { location } };
  }
  if ('attestation' in action) return lieOfAttestation(action.attestation, fake.enclave, request);
  return lieOfJoin(action.join, fake, await honest());
}

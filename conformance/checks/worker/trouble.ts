import type { CheckContext } from '../../runner/context.ts';
import type { FakeRequest } from '../../world/fake-messages.ts';
import type { FaultPlan, FaultPlanInput } from '../../world/fault-plan.ts';
import {
  asActor,
  endOf,
  inTurn,
  intervalOf,
  obey,
  setStage,
  START_MS,
  within,
  withinLife,
  type Stage,
  type WorkerEnd,
} from './workers.ts';

/** Seconds of the Retry-After headers of the plan. */
export const RETRY_AFTER = 2;
/** Failures in a row of the plan: three until the agent is restarted, and one more. */
export const FAILURES_IN_A_ROW = 4;

const unavailable = (retry_after?: number) => ({
  answer: { status: 503, reason: 'ChainUnavailable', ...(retry_after !== undefined && { retry_after }) },
});

/** What becomes of each heartbeat, in order; those that it does not name are answered as by an honest master. */
const BEATS: readonly (readonly [name: Beat, action: FaultPlanInput['faults'][number]['do'] | undefined])[] =
  [
    ['good', undefined],
    ['retry-after', unavailable(RETRY_AFTER)],
    ['good', undefined],
    ['too-many', { answer: { status: 429, reason: 'TooManyRequests' } }],
    ['good', undefined],
    ['redirected', { redirect: 307 }],
    ['good', undefined],
    ['cut', { cut_after_bytes: 5 }],
    ['good', undefined],
    ['unknown', { answer: { status: 404, reason: 'UnknownNode' } }],
    ['good', undefined],
    ...Array.from({ length: FAILURES_IN_A_ROW }, () => ['unavailable', unavailable()] as const),
    ['good', undefined],
    ['hang', { hang: true }],
    ['good', undefined],
  ];

type Beat = 'good' | 'retry-after' | 'too-many' | 'redirected' | 'cut' | 'unknown' | 'unavailable' | 'hang';

/** What there is to see of one worker whose master fails in every way; see `playTrouble`. */
export interface Trouble extends Stage {
  /** What the master did, for replaying. */
  plan: FaultPlan;
  requests: FakeRequest[];
  /** Its heartbeats to this master, with what was done about each. */
  beats: (FakeRequest & { beat: Beat | undefined })[];
  /** Unix milliseconds from which the stake was slashed. */
  slashedAt: number;
  /** Its end after that, undefined when it went on. */
  end: (WorkerEnd & { at: number }) | undefined;
  /** What it sent from the first refusal for the stake on. */
  afterRefusal: FakeRequest[];
  /** What became of the next start on the slashed stake, and what it sent; no end when it went on. */
  again: { end: WorkerEnd | undefined; requests: FakeRequest[] };
}

/**
 * A worker, with its stake and token made before, whose master fails in every way that passes: at first twice in the
 * start, then by `BEATS`. At last its stake is slashed, and it is started once more.
 */
export const troubleOf = (t: CheckContext): Promise<Trouble> =>
  t.shared(`the trouble of a worker ${t.attempt}`, playTrouble);

async function playTrouble(t: CheckContext): Promise<Trouble> {
  const stage = await setStage(t);
  const { fake, node } = stage;
  const interval = intervalOf(t);
  const plan = obey(
    t,
    fake,
    { on: 'attestation', do: unavailable() },
    { on: 'register-worker', do: unavailable() },
    { on: 'register-worker', do: unavailable(RETRY_AFTER) },
    ...BEATS.flatMap(([, action], index) =>
      // A fault passes over the requests that others have taken: it counts those that were answered well.
      action ? [{ on: 'heartbeat' as const, after: goodBefore(index), do: action }] : [],
    ),
  );
  const request = { ...asActor(node), values: fake.values };
  const worker = await inTurn(async () => {
    const started = await t.control.startWorker(request);
    t.defer(() => t.control.kill({ part: started.id }));
    await withinLife(t, started, fake, () => here(stage)[0]);
    return started;
  });
  for (let count = 1; count <= BEATS.length && here(stage).length > 0; count += 1) {
    // The longest of its pauses is that before the last try of a row.
    if ((await within(fake, () => here(stage)[count - 1], LONGEST * interval)) === undefined) break;
  }
  const beats = here(stage).map((sent, index) => ({ ...sent, beat: BEATS[index]?.[0] }));
  const slashedAt = Date.now();
  await fake.cluster.slash(node.record);
  obey(t, fake, {
    on: 'heartbeat',
    times: 'always',
    do: { answer: { status: 403, reason: 'StakeInactive' } },
  });
  const ended = await endOf(t, worker, interval + NOTICE_MS).catch(() => undefined);
  const end = ended && { ...ended, at: Date.now() };
  const refusedAt = fake.requests.find(({ answered }) => answered?.status === 403)?.answered?.at;
  if (!end) await within(fake, () => here(stage)[BEATS.length + 1], interval);
  await t.control.kill({ part: worker.id });
  const requests = [...fake.requests];

  fake.obey(undefined);
  const from = fake.requests.length;
  const second = await inTurn(() => t.control.startWorker(request));
  t.defer(() => t.control.kill({ part: second.id }));
  const went = within(fake, () => fake.requests.slice(from).find(hasCredential), START_MS);
  const again = await Promise.race([endOf(t, second).catch(() => undefined), went.then(() => undefined)]);
  await t.control.kill({ part: second.id });
  return {
    ...stage,
    plan,
    requests,
    beats,
    slashedAt,
    end,
    afterRefusal: requests.filter(({ at }) => at > (refusedAt ?? end?.at ?? slashedAt)),
    again: { end: again, requests: fake.requests.slice(from) },
  };
}

/** Intervals within which the next heartbeat comes, whatever went before. */
const LONGEST = 6;
/** Time beyond an interval within which a slashing is noticed, milliseconds. */
const NOTICE_MS = 5_000;

const hasCredential = ({ headers }: FakeRequest): boolean => headers['x-seal-token'] !== undefined;

const goodBefore = (index: number): number =>
  BEATS.slice(0, index).filter(([, action]) => action === undefined).length;

/** Heartbeats to the master itself, not to where its redirects lead. */
const here = ({ fake }: Stage): FakeRequest[] =>
  fake.of('heartbeat').filter(({ port }) => fake.url.endsWith(`:${port}`));

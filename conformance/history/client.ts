import { describeError } from '../errors.ts';
import type { HttpAnswer, HttpDriver } from '../drivers/http.ts';
import { pause } from '../drivers/wait.ts';
import { at } from '../runner/expectations.ts';
import { bearer } from '../world/gateway-api.ts';
import { isAnswered } from './availability.ts';
import { refusalOf } from './chain-facts.ts';
import { isWrite, type Observed, type Operation, type OperationKind } from './operation.ts';
import type { Objects } from './objects.ts';
import type { Random } from './random.ts';
import type { Recorder } from './recorder.ts';
import { digestOf, requestOf } from './requests.ts';

export interface ClientOptions {
  name: string;
  http: HttpDriver;
  /** A credential for the next request. */
  credential: () => Promise<string>;
  recorder: Recorder;
  objects: Objects;
  random: Random;
  /** Label of the run on its objects. */
  run: string;
  /** Longest wait for an answer, milliseconds. */
  timeoutMs: number;
}

const WEIGHTS: readonly (readonly [OperationKind, number])[] = [
  ['read', 35],
  ['replace', 22],
  ['patch', 15],
  ['append', 13],
  ['create', 9],
  ['delete', 6],
];
/** Share of operations on an object that nobody has seen yet, or that was deleted, which create it. */
const CREATES_MISSING = 0.6;
const THINK_MS = [10, 60] as const;
const AGAIN_MS = 400;

/** A user of the cluster: one request after the other, on objects that others use too, each noted with what came of it. */
export class HistoryClient {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { random, objects } = this.#options;
    while (!signal.aborted) {
      const object = objects.pick(random);
      const operation = await this.perform(this.#kindFor(object), object);
      // Who got no answer waits a little, as kubectl and controllers do.
      await pause(random.between(...THINK_MS) + (isAnswered(operation) ? 0 : AGAIN_MS), signal);
    }
  }

  /** Does one operation, and notes it. A replacement of an object whose version nobody knows becomes a read. */
  async perform(wanted: OperationKind, object: string): Promise<Operation> {
    const { name, recorder, objects, run } = this.#options;
    const known = objects.known(object);
    const kind = wanted === 'replace' && known === undefined ? 'read' : wanted;
    const writes = kind !== 'read' && kind !== 'delete';
    const unique = `${name}-${recorder.operations.length}`;
    const operation = recorder.begin({
      client: name,
      kind,
      object: kind === 'append' ? unique : object,
      ...(writes && { value: unique }),
      ...(kind === 'replace' && known && { expected: known.value }),
    });
    const request = requestOf(operation, run, known?.resourceVersion);
    if (isWrite(operation)) operation.digest = digestOf(request);
    try {
      const headers: [string, string][] = bearer(await this.#options.credential(), {});
      if (request.contentType !== '') headers.push(['content-type', request.contentType]);
      const answer = await this.#options.http.send(request.method, request.target, {
        headers,
        timeoutMs: this.#options.timeoutMs,
        ...(request.body !== '' && { body: request.body }),
      });
      recorder.end(operation, resultOf(operation, answer));
    } catch (error) {
      const outcome = kind === 'read' || wasNeverSent(error) ? 'fail' : 'info';
      recorder.end(operation, { outcome, error: describeError(error) });
    }
    objects.learn(operation);
    return operation;
  }

  /** What to do next: mostly a creation where there is nothing, else by weight. */
  #kindFor(object: string): OperationKind {
    const { objects, random } = this.#options;
    if (objects.known(object) === undefined && random.next() < CREATES_MISSING) return 'create';
    const total = WEIGHTS.reduce((sum, [, weight]) => sum + weight, 0);
    let left = random.between(1, total);
    for (const [kind, weight] of WEIGHTS) {
      left -= weight;
      if (left <= 0) return kind;
    }
    return 'read';
  }
}

/** What an answer says of an operation. */
export function resultOf(operation: Operation, answer: HttpAnswer): Partial<Operation> {
  const { status } = answer;
  const reason = at(answer.json, 'details', 'causes', 0, 'reason') ?? at(answer.json, 'reason');
  const told = typeof reason === 'string' ? { error: reason } : {};
  if (status < 300) {
    const observed = operation.kind === 'delete' ? undefined : observedIn(answer.json);
    return { outcome: 'ok', status, ...(observed && { observed }) };
  }
  const refusal = refusalOf(operation.kind, status);
  if (refusal) return { outcome: 'fail', status, refusal, ...told };
  // A server that fails, or gives up waiting, may have done it all the same.
  return { outcome: status >= 500 && isWrite(operation) ? 'info' : 'fail', status, ...told };
}

export function observedIn(object: unknown): Observed | undefined {
  const value = at(object, 'data', 'value');
  const resourceVersion = at(object, 'metadata', 'resourceVersion');
  return typeof value === 'string' && typeof resourceVersion === 'string'
    ? { value, resourceVersion }
    : undefined;
}

/** Whether a request failed before any of it left this machine. */
function wasNeverSent(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && ['ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT'].includes(String(cause.code)))
      return true;
  }
  return false;
}

import { describe, expect, it } from 'vitest';
import type { Disturbance } from './availability.ts';
import type { ChainRequest } from './chain-facts.ts';
import type { Rule } from './findings.ts';
import { judge, type RunRecord } from './judge.ts';
import type { Operation } from './operation.ts';
import type { WatchSegment } from './watch.ts';

const write = (id: number, more: Partial<Operation> & Pick<Operation, 'kind'>): Operation => ({
  id,
  client: 'c',
  object: 'o',
  invokedMs: id * 100,
  returnedMs: id * 100 + 50,
  outcome: 'ok',
  status: 200,
  value: `v${id}`,
  digest: `d${id}`,
  observed: { value: `v${id}`, resourceVersion: String(10 + id) },
  ...more,
});

const request = ({ id, status }: Operation): ChainRequest => ({
  requestId: `r${id}`,
  digest: `d${id}`,
  results: [status ?? 0],
});

/** Four operations on one object and an append, as a correct server does them, and all that it leaves behind. */
function goodRun(): RunRecord {
  const { digest: _digest, value: _value, ...read } = write(2, { kind: 'read' });
  const operations = [
    write(0, { kind: 'create', status: 201 }),
    write(1, { kind: 'patch' }),
    { ...read, observed: { value: 'v1', resourceVersion: '11' } },
    write(3, { kind: 'replace', expected: 'v1' }),
    write(4, { kind: 'append', object: 'a4', status: 201 }),
  ];
  const watch: WatchSegment = {
    from: '9',
    to: '20',
    events: [
      { type: 'ADDED', object: 'o', value: 'v0', resourceVersion: '10' },
      { type: 'MODIFIED', object: 'o', value: 'v1', resourceVersion: '11' },
      { type: 'MODIFIED', object: 'o', value: 'v3', resourceVersion: '13' },
      { type: 'ADDED', object: 'append-x', value: 'v4', resourceVersion: '14' },
    ],
  };
  return {
    operations,
    disturbances: [],
    requests: operations.filter(({ kind }) => kind !== 'read').map(request),
    appended: new Map([['a4', ['append-x']]]),
    watches: [watch],
    lostNodes: [],
  };
}

function rulesBroken(change: (run: RunRecord) => void): Rule[] {
  const run = goodRun();
  change(run);
  return [...new Set(judge(run).findings.map(({ rule }) => rule))].toSorted();
}

const fault = (more: Partial<Disturbance> = {}): Disturbance => ({
  name: 'kill master',
  startMs: 0,
  healedMs: 10_000,
  recoveredMs: 10_500,
  ...more,
});

/** An operation without an answer. */
function lose(operation: Operation): void {
  operation.outcome = 'info';
  for (const key of ['status', 'observed', 'returnedMs'] as const) delete operation[key];
}

describe('a run', () => {
  it('in which all is as it should be is consistent', () => {
    const judgement = judge(goodRun());
    expect(judgement).toMatchObject({
      verdict: 'consistent',
      findings: [],
      objects: 1,
      acknowledged: 4,
      unknown: 0,
    });
  });

  it.each<[string, Rule[], (run: RunRecord) => void]>([
    [
      'loses an acknowledged write',
      ['linearizable'],
      (run) => (run.operations[2]!.observed = { value: 'v0', resourceVersion: '10' }),
    ],
    [
      'shows a value at two versions',
      ['versions'],
      (run) => (run.operations[2]!.observed!.resourceVersion = '12'),
    ],
    [
      'shows two values at one version',
      ['versions'],
      (run) => (run.operations[3]!.observed!.resourceVersion = '10'),
    ],
    [
      'announces a write twice',
      ['events'],
      (run) => run.requests.push({ requestId: 'again', digest: 'd1', results: [] }),
    ],
    ['answers without an event', ['events'], (run) => run.requests.shift()],
    ['answers without a result', ['events'], (run) => (run.requests[1]!.results = [])],
    ['records another status than it answers', ['events'], (run) => (run.requests[1]!.results = [409])],
    ['records two results', ['events'], (run) => (run.requests[1]!.results = [200, 200])],
    [
      'refuses and announces',
      ['effects', 'events', 'watch'],
      (run) => Object.assign(run.operations[4]!, { outcome: 'fail', status: 403, observed: undefined }),
    ],
    [
      'does a request twice',
      ['effects'],
      (run) => (run.appended = new Map([['a4', ['append-x', 'append-y']]])),
    ],
    ['loses what was appended', ['effects'], (run) => (run.appended = new Map())],
    ['leaves a write out of a watch', ['watch'], (run) => run.watches[0]!.events.splice(1, 1)],
    [
      'watches in disorder',
      ['watch'],
      (run) => (run.watches[0]!.events = run.watches[0]!.events.toReversed()),
    ],
    ['watches what nobody wrote', ['watch'], (run) => (run.watches[0]!.events[3]!.value = 'nobody')],
    [
      'never recovers',
      ['recovery'],
      (run) => run.disturbances.push({ name: 'cut', startMs: 0, healedMs: 1 }),
    ],
    [
      'fails without a fault',
      ['availability'],
      (run) => Object.assign(run.operations[2]!, { status: 503, outcome: 'fail' }),
    ],
    ['loses a worker', ['nodes'], (run) => run.lostNodes.push('node-1')],
  ])('that %s is violated', (_, rules, change) => {
    expect(rulesBroken(change)).toEqual(rules);
  });

  it('may leave operations unanswered while there is a fault', () => {
    const broken = rulesBroken((run) => {
      run.disturbances.push(fault());
      Object.assign(run.operations[2]!, { status: 503, outcome: 'fail' });
    });
    expect(broken).toEqual([]);
  });
});

/** The good run under a fault, with a change. */
function judged(change: (run: RunRecord) => void) {
  const run = goodRun();
  run.disturbances.push(fault());
  change(run);
  return judge(run);
}

describe('a write without an answer', () => {
  it('that the chain knows of is what its result says', () => {
    const { operations, verdict, unknown } = judged((run) => lose(run.operations[3]!));
    expect(operations[3]).toMatchObject({ outcome: 'ok', learnt: 'its result on the chain is 200' });
    expect({ verdict, unknown }).toEqual({ verdict: 'consistent', unknown: 0 });
  });

  it('that was refused by the object’s state takes no effect', () => {
    const { operations, findings } = judged((run) => {
      lose(run.operations[3]!);
      run.requests[2]!.results = [409];
    });
    expect(operations[3]).toMatchObject({ outcome: 'fail', refusal: 'conflict' });
    // The watch and the object's history say that it was done, and nothing explains the refusal.
    expect(findings.map(({ rule }) => rule)).toEqual(['linearizable', 'watch']);
  });

  it('that was never announced must have no effect', () => {
    const { operations, findings } = judged((run) => {
      lose(run.operations[4]!);
      run.requests.pop();
    });
    expect(operations[4]).toMatchObject({ outcome: 'fail', learnt: 'never announced on the chain' });
    expect(findings.map(({ rule }) => rule)).toEqual(['effects', 'watch']);
  });

  it.each([
    ['no result', []],
    ['a result that says nothing', [500]],
  ])('with %s stays unknown, done or not', (_, results) => {
    for (const names of [['append-x'], []]) {
      const { unknown, verdict } = judged((run) => {
        lose(run.operations[4]!);
        run.requests[3]!.results = results;
        run.appended = new Map([['a4', names]]);
      });
      expect({ unknown, verdict }).toEqual({ unknown: 1, verdict: 'consistent' });
    }
  });
});

it('availability counts what was answered, with and without faults, and the slowest recovery', () => {
  const run = goodRun();
  run.disturbances.push(
    fault({ startMs: 150, healedMs: 160, recoveredMs: 190 }),
    fault({ startMs: 90_000, healedMs: 90_000, recoveredMs: 90_900 }),
  );
  Object.assign(run.operations[1]!, { outcome: 'info', status: 504 });
  expect(judge(run).availability).toEqual({
    operations: 5,
    answered: 4,
    percent: 80,
    quiet: { operations: 4, answered: 4, percent: 100 },
    seconds: { up: 1, of: 1 },
    longestRecoveryMs: 900,
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLinearizable } from './linearizable.ts';
import type { Operation, OperationKind, Refusal } from './operation.ts';
import { step, type RegisterState } from './register.ts';

type Sketch = Partial<Operation> & Pick<Operation, 'kind'>;

/** A history from sketches; each begins and ends after the one before unless it says otherwise. */
function history(...sketches: Sketch[]): Operation[] {
  return sketches.map((sketch, index) => ({
    id: index,
    client: 'c',
    object: 'o',
    outcome: 'ok',
    invokedMs: index * 10,
    returnedMs: index * 10 + 5,
    ...sketch,
  }));
}

const seen = (value: string): Pick<Operation, 'observed'> => ({
  observed: { value, resourceVersion: value },
});
const verdict = (...sketches: Sketch[]): string => checkLinearizable(history(...sketches)).kind;

function end(one: Operation): number {
  return one.outcome === 'info' ? Infinity : (one.returnedMs ?? Infinity);
}

/** Every order of every choice of the uncertain operations, tried one by one. */
function bruteForce(operations: readonly Operation[]): boolean {
  const search = (left: readonly Operation[], state: RegisterState): boolean => {
    if (left.every((one) => one.outcome === 'info')) return true;
    return left.some((next) => {
      const others = left.filter((one) => one !== next);
      if (others.some((other) => end(other) < next.invokedMs)) return false;
      const result = step(state, next);
      return result !== 'impossible' && search(others, result.state);
    });
  };
  return search(operations, undefined);
}

const operation = fc.record({
  kind: fc.constantFrom<OperationKind>('create', 'read', 'replace', 'patch', 'delete'),
  outcome: fc.constantFrom<Operation['outcome']>('ok', 'ok', 'ok', 'fail', 'info'),
  value: fc.constantFrom('a', 'b', 'c'),
  expected: fc.constantFrom('a', 'b', 'c'),
  sees: fc.constantFrom('a', 'b', 'c'),
  refusal: fc.constantFrom<Refusal>('absent', 'present', 'conflict'),
  invokedMs: fc.integer({ min: 0, max: 12 }),
  lasts: fc.integer({ min: 0, max: 6 }),
});

const histories = fc.array(operation, { minLength: 1, maxLength: 7 }).map((list) =>
  list.map(({ sees, lasts, ...one }, id): Operation => ({
    ...one,
    ...seen(sees),
    id,
    client: 'c',
    object: 'o',
    returnedMs: one.invokedMs + lasts,
  })),
);

/** A history as a correct server gives it: each operation takes effect at one instant within its time. */
function servedHistory(seed: readonly { kind: OperationKind; lasts: number; early: number }[]): Operation[] {
  let state: RegisterState;
  return seed.map(({ kind, lasts, early }, id): Operation => {
    const at = id * 10;
    const one: Operation = {
      id,
      client: 'c',
      object: 'o',
      kind,
      invokedMs: at - early,
      returnedMs: at + lasts,
      outcome: 'ok',
      value: `v${id}`,
      ...(state !== undefined && { expected: state, ...seen(state) }),
    };
    const result = step(state, one);
    if (result === 'impossible' || (kind === 'read' && state === undefined)) {
      return { ...one, outcome: 'fail', refusal: state === undefined ? 'absent' : 'present' };
    }
    state = result.state;
    return one;
  });
}

/** The state that a served history ends in: its operations take effect in the order of their ids. */
function stateAfter(operations: readonly Operation[]): RegisterState {
  let state: RegisterState;
  for (const one of operations) {
    const result = step(state, one);
    if (result !== 'impossible') state = result.state;
  }
  return state;
}

const served = fc
  .array(
    fc.record({
      kind: fc.constantFrom<OperationKind>('create', 'read', 'replace', 'patch', 'delete'),
      lasts: fc.integer({ min: 0, max: 40 }),
      early: fc.integer({ min: 0, max: 40 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map(servedHistory);

describe('a history of one object', () => {
  it('is judged as trying every order judges it', () => {
    let violated = 0;
    fc.assert(
      fc.property(histories, (operations) => {
        const right = bruteForce(operations);
        if (!right) violated += 1;
        expect(checkLinearizable(operations).kind).toBe(right ? 'linearizable' : 'violated');
      }),
      { numRuns: 3_000 },
    );
    // Neither side of the comparison was left out.
    expect(violated).toBeGreaterThan(100);
    expect(violated).toBeLessThan(2_900);
  });

  it('of a correct server passes, whatever overlaps', () => {
    fc.assert(fc.property(served, (operations) => checkLinearizable(operations).kind === 'linearizable'));
  });

  it('of a server that loses its last acknowledged write does not', () => {
    fc.assert(
      fc.property(served, fc.constantFrom<OperationKind>('create', 'patch', 'replace'), (list, kind) => {
        const last = list.length * 10 + 100;
        const state = stateAfter(list);
        const write: Operation = {
          id: 98,
          client: 'c',
          object: 'o',
          kind: kind === 'create' && state !== undefined ? 'patch' : state === undefined ? 'create' : kind,
          invokedMs: last,
          returnedMs: last + 5,
          outcome: 'ok',
          value: 'acknowledged',
          ...(state !== undefined && { expected: state }),
        };
        const { value: _value, expected: _expected, ...rest } = write;
        const read: Operation = {
          ...rest,
          id: 99,
          kind: 'read',
          invokedMs: last + 10,
          returnedMs: last + 15,
        };
        const stale: Operation =
          state === undefined ? { ...read, outcome: 'fail', refusal: 'absent' } : { ...read, ...seen(state) };
        expect(checkLinearizable([...list, write, { ...read, ...seen('acknowledged') }]).kind).toBe(
          'linearizable',
        );
        expect(checkLinearizable([...list, write, stale]).kind).toBe('violated');
      }),
    );
  });

  it.each<[string, Sketch[]]>([
    [
      'a stale read',
      [
        { kind: 'create', value: 'a' },
        { kind: 'patch', value: 'b' },
        { kind: 'read', ...seen('a') },
      ],
    ],
    [
      'an acknowledged write that is gone',
      [
        { kind: 'create', value: 'a' },
        { kind: 'read', outcome: 'fail', refusal: 'absent' },
      ],
    ],
    [
      'a value out of nowhere',
      [
        { kind: 'create', value: 'a' },
        { kind: 'read', ...seen('z') },
      ],
    ],
    [
      'two replacements of one version',
      [
        { kind: 'create', value: 'a' },
        { kind: 'replace', expected: 'a', value: 'b' },
        { kind: 'replace', expected: 'a', value: 'c' },
      ],
    ],
    [
      'two creations without a deletion',
      [
        { kind: 'create', value: 'a' },
        { kind: 'create', value: 'b' },
      ],
    ],
    [
      'a write that came back',
      [
        { kind: 'create', value: 'a' },
        { kind: 'patch', value: 'b' },
        { kind: 'patch', value: 'c' },
        { kind: 'read', ...seen('c') },
        { kind: 'read', ...seen('b') },
      ],
    ],
    [
      'a refusal that had no reason',
      [
        { kind: 'create', value: 'a' },
        { kind: 'replace', expected: 'a', value: 'b', outcome: 'fail', refusal: 'conflict' },
      ],
    ],
    [
      'a deleted object that is seen',
      [{ kind: 'create', value: 'a' }, { kind: 'delete' }, { kind: 'read', ...seen('a') }],
    ],
    [
      'an effect before its call',
      [
        { kind: 'create', value: 'a' },
        { kind: 'read', ...seen('b') },
        { kind: 'patch', value: 'b' },
      ],
    ],
  ])('with %s is violated', (_, sketches) => {
    expect(verdict(...sketches)).toBe('violated');
  });

  it.each<[string, Sketch[]]>([
    [
      'an unknown write that took effect',
      [
        { kind: 'create', value: 'a' },
        { kind: 'patch', value: 'b', outcome: 'info' },
        { kind: 'read', ...seen('b') },
      ],
    ],
    [
      'an unknown write that did not',
      [
        { kind: 'create', value: 'a' },
        { kind: 'patch', value: 'b', outcome: 'info' },
        { kind: 'read', ...seen('a') },
      ],
    ],
    [
      'an unknown write that took effect late',
      [
        { kind: 'create', value: 'a' },
        { kind: 'patch', value: 'b', outcome: 'info' },
        { kind: 'read', ...seen('a') },
        { kind: 'read', ...seen('b') },
      ],
    ],
    [
      'two writes at once, in the other order',
      [
        { kind: 'create', value: 'a' },
        { kind: 'patch', value: 'b', invokedMs: 10, returnedMs: 50 },
        { kind: 'patch', value: 'c', invokedMs: 11, returnedMs: 49 },
        { kind: 'read', ...seen('b'), invokedMs: 60, returnedMs: 61 },
      ],
    ],
  ])('with %s is linearizable', (_, sketches) => {
    expect(verdict(...sketches)).toBe('linearizable');
  });

  it('names the operations that nothing explains', () => {
    const result = checkLinearizable(
      history({ kind: 'create', value: 'a' }, { kind: 'patch', value: 'b' }, { kind: 'read', ...seen('a') }),
    );
    expect(result).toMatchObject({ kind: 'violated', explained: 2, state: 'b', stuck: [{ id: 2 }] });
  });

  it('is undecided when the search is given up, never linearizable', () => {
    const unknown = Array.from({ length: 12 }, (_, id): Sketch => ({
      kind: 'patch',
      value: `u${id}`,
      outcome: 'info',
    }));
    const operations = history({ kind: 'create', value: 'a' }, ...unknown, { kind: 'read', ...seen('z') });
    expect(checkLinearizable(operations, 1_000).kind).toBe('undecided');
  });

  it('of four hundred operations is judged in a moment', () => {
    const seed = Array.from({ length: 400 }, (_, id) => ({
      kind: (['create', 'patch', 'read', 'replace', 'delete'] as const)[(id * 7) % 5]!,
      lasts: 30,
      early: 30,
    }));
    expect(checkLinearizable(servedHistory(seed)).kind).toBe('linearizable');
  });
});

import { GrpcTypes } from '@mysten/sui/grpc';
import { describe, expect, it } from 'vitest';
import { ReadMask } from './read-mask.ts';

const executed = (): GrpcTypes.ExecutedTransaction =>
  GrpcTypes.ExecutedTransaction.create({
    digest: 'd',
    checkpoint: 7n,
    effects: { digest: 'e', status: { success: true }, changedObjects: [{ objectId: 'a', objectType: 't' }] },
    events: { digest: 'f', events: [{ module: 'm', sender: 's' }] },
  });

function masked(...paths: string[]): GrpcTypes.ExecutedTransaction {
  return ReadMask.of({ paths }, 'digest', GrpcTypes.ExecutedTransaction).apply(executed());
}

describe('a read mask', () => {
  it('keeps what is asked for and nothing else', () => {
    expect(masked('digest', 'effects.status')).toEqual(
      GrpcTypes.ExecutedTransaction.create({ digest: 'd', effects: { status: { success: true } } }),
    );
  });

  it('goes into lists', () => {
    expect(masked('effects.changed_objects.object_id').effects?.changedObjects).toEqual([{ objectId: 'a' }]);
    expect(masked('events.events.module').events?.events).toEqual([{ module: 'm' }]);
  });

  it('lets a whole win over its parts, in either order', () => {
    expect(masked('events', 'events.digest').events?.events).toHaveLength(1);
    expect(masked('events.digest', 'events').events?.events).toHaveLength(1);
  });

  it('has a default, and a star for everything', () => {
    const all = ReadMask.of({ paths: ['*'] }, 'digest', GrpcTypes.ExecutedTransaction);
    expect(all.apply(executed())).toEqual(executed());
    const fallback = ReadMask.of(undefined, 'digest', GrpcTypes.ExecutedTransaction);
    expect(fallback.apply(executed())).toEqual(GrpcTypes.ExecutedTransaction.create({ digest: 'd' }));
  });

  it('picks a case of a union', () => {
    const mask = ReadMask.of({ paths: ['status.error.abort'] }, '*', GrpcTypes.TransactionEffects);
    const effects = GrpcTypes.TransactionEffects.create({
      status: { error: { description: 'x', errorDetails: { oneofKind: 'abort', abort: { abortCode: 3n } } } },
    });
    expect(mask.apply(effects).status?.error).toEqual({
      errorDetails: { oneofKind: 'abort', abort: { abortCode: 3n } },
    });
    const other = ReadMask.of({ paths: ['status.error.description'] }, '*', GrpcTypes.TransactionEffects);
    expect(other.includes('status.error.abort')).toBe(false);
  });

  it('says what is worth computing', () => {
    const mask = ReadMask.of(
      { paths: ['effects.status', 'events'] },
      'digest',
      GrpcTypes.ExecutedTransaction,
    );
    expect(mask.includes('effects')).toBe(true);
    expect(mask.includes('effects.bcs')).toBe(false);
    expect(mask.includes('events.events.json')).toBe(true);
    expect(mask.child('effects').includes('status')).toBe(true);
    expect(mask.child('transaction').includes('bcs')).toBe(false);
  });

  it.each(['nothing', 'effects.nothing', 'digest.more', ''])('refuses the path "%s"', (path) => {
    expect(() => masked(path)).toThrow(/invalid read_mask path/);
  });
});

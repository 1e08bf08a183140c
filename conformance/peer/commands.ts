import fc from 'fast-check';
import { KEPT } from './side.ts';

/** Which resourceVersion or uid a request names: its object's own, one from before, or one that never was. */
export type Named = 'none' | 'own' | 'old' | 'other';

export interface Content {
  labels: Record<string, string>;
  data: Record<string, string>;
  finalizer: boolean;
}

interface Common {
  manager: string;
  dryRun: boolean;
}

/** A request as both sides get it; what names something of a side's own is filled in there. */
export type Command =
  | ({ op: 'create'; name: string; content: Content; flaw: Flaw } & Common)
  | { op: 'get'; name: string }
  | { op: 'list'; limit: number; label: string; field: string; between: Between }
  | ({ op: 'update'; name: string; content: Content; version: Named; uid: Named } & Common)
  | ({ op: 'merge'; name: string; patch: object; version: Named } & Common)
  | ({ op: 'json'; name: string; patch: readonly object[] } & Common)
  | ({ op: 'apply'; name: string; content: Content; force: boolean } & Common)
  | { op: 'delete'; name: string; version: Named; uid: Named; dryRun: boolean; propagation: string }
  | { op: 'deletecollection'; label: string; dryRun: boolean };

/** What happens to an object after the first page of a list: the other pages must not show it. */
export type Between = 'nothing' | 'create' | 'delete';

/** What is wrong with an object that is to be created. */
export type Flaw =
  'none' | 'version' | 'name' | 'no-name' | 'namespace' | 'generate' | 'label' | 'kind' | 'unknown';

const NAMES = ['a', 'b', 'c'] as const;
const name = fc.constantFrom(...NAMES);
const value = fc.constantFrom('1', '2', '');
const key = fc.constantFrom('x', 'y', 'z');
const map = fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true });
const content: fc.Arbitrary<Content> = fc.record({
  labels: fc.dictionary(fc.constantFrom('tier', 'app'), fc.constantFrom('front', 'back'), {
    maxKeys: 2,
    noNullPrototype: true,
  }),
  data: map,
  finalizer: fc.constantFrom(false, false, false, true),
});
const named: fc.Arbitrary<Named> = fc.constantFrom('none', 'none', 'own', 'own', 'old', 'other');
const common = {
  manager: fc.constantFrom('one', 'two'),
  dryRun: fc.constantFrom(false, false, false, true),
};
const label = fc.constantFrom(
  '',
  '',
  'tier=front',
  'tier!=front',
  'tier in (front,back),app',
  '!app',
  'tier=',
);
const flaw: fc.Arbitrary<Flaw> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Flaw>('none') },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Flaw>(
      'version',
      'name',
      'no-name',
      'namespace',
      'generate',
      'label',
      'kind',
      'unknown',
    ),
  },
);

const mergePatch = fc.record(
  {
    data: fc.oneof(
      fc.constant(null),
      fc.dictionary(key, fc.oneof(value, fc.constant(null)), { maxKeys: 3, noNullPrototype: true }),
    ),
    metadata: fc.record(
      {
        labels: fc.oneof(fc.constant(null), fc.constant({ tier: 'back' }), fc.constant({ tier: null })),
        finalizers: fc.constantFrom(null, [], ['peer.k3s-daas.dev/hold']),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

const path = fc.constantFrom(
  '/data/x',
  '/data/y',
  '/data',
  '/metadata/labels',
  '/metadata/labels/tier',
  '/none/a',
);
const leaf = (at: string): fc.Arbitrary<unknown> =>
  at === '/data'
    ? map.map((given) => ({ ...given, ...KEPT }))
    : at === '/metadata/labels'
      ? fc.constant({ app: 'front', ...KEPT })
      : fc.constantFrom('front', '1');
const jsonOperation = path.chain((at) =>
  fc.oneof(
    leaf(at).map((given) => ({ op: 'add', path: at, value: given })),
    leaf(at).map((given) => ({ op: 'replace', path: at, value: given })),
    fc.constant({ op: 'remove', path: at }),
    leaf(at).map((given) => ({ op: 'test', path: at, value: given })),
    fc.constant({ op: 'copy', from: at, path: '/data/z' }),
    fc.constant({ op: 'move', from: '/data/x', path: '/data/y' }),
  ),
);

export const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ op: fc.constant('create'), name, content, flaw, ...common }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('get'), name }) },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('list'),
      limit: fc.constantFrom(0, 0, 1, 2),
      label,
      field: fc.constantFrom('', '', 'metadata.name=a', 'metadata.name!=a', 'data.x=1'),
      between: fc.constantFrom<Between>('nothing', 'create', 'delete'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant('update'),
      name,
      content,
      version: named.filter((which) => which !== 'none'),
      uid: named,
      ...common,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant('merge'), name, patch: mergePatch, version: named, ...common }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('json'),
      name,
      patch: fc.array(jsonOperation, { minLength: 1, maxLength: 3 }),
      ...common,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ op: fc.constant('apply'), name, content, force: fc.boolean(), ...common }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('delete'),
      name,
      version: named,
      uid: named,
      dryRun: common.dryRun,
      propagation: fc.constantFrom('', '', 'Background', 'Nonsense'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('deletecollection'), label, dryRun: common.dryRun }) },
) as fc.Arbitrary<Command>;

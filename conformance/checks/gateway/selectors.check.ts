import { check, defineChecks } from '../../runner/check.ts';
import { equal, refused, status } from '../../runner/expectations.ts';
import { kube, namesOf, ownKube, pod } from './kube.ts';
import { LABELLED, labelled, query } from './labelled.ts';

/** Selectors and what they select of the above, by the rules of Kubernetes. */
const SELECTIONS: [selector: string, selected: string][] = [
  ['tier=front', 'ab'],
  ['tier==front', 'ab'],
  ['tier!=front', 'cde'],
  ['tier in (front,back)', 'abc'],
  ['tier in (back)', 'c'],
  ['tier notin (front)', 'cde'],
  ['tier notin (front, back)', 'de'],
  ['tier', 'abc'],
  ['!tier', 'de'],
  ['env=prod,tier=front', 'a'],
  ['env,!canary', 'abc'],
  ['canary=', 'd'],
  ['canary!=', 'abce'],
  ['env in (prod,test),tier!=back', 'abd'],
  ['nothing=here', ''],
];
const MALFORMED = [
  'tier=',
  'a=b=c',
  'tier in front',
  'tier in (front',
  '=front',
  'tier notin',
  'a b',
  '!!a',
  'tier=a/b',
];

export default defineChecks([
  check(
    'GW-READ-005/selects',
    'label selectors select as Kubernetes does',
    { mutants: ['label-selector-ignored', 'notin-needs-label'] },
    async (t) => {
      const admin = await ownKube(t);
      await labelled(admin);
      for (const [selector, selected] of SELECTIONS) {
        const answer = await admin.list('configmaps', query({ labelSelector: selector }));
        status(answer, 200);
        equal(
          `what ${selector} selects`,
          namesOf(answer.json)
            .filter((name) => name in LABELLED)
            .join(''),
          selected,
        );
      }
    },
  ),

  check(
    'GW-READ-005/malformed',
    'a malformed label selector is 400',
    { mutants: ['label-selector-ignored'] },
    async (t) => {
      const admin = await kube(t);
      for (const selector of MALFORMED.slice(1)) {
        const answer = await admin.list('configmaps', query({ labelSelector: selector }));
        refused(answer, { status: 400, reason: 'BadRequest' });
      }
    },
  ),

  check(
    'GW-READ-006/selects',
    'field selectors on names, namespaces, pods’ nodes and phases and events’ objects select',
    { mutants: ['field-selector-ignored'] },
    async (t) => {
      const admin = await ownKube(t);
      const { namespace } = admin;
      await labelled(admin);
      await Promise.all([
        admin.made('pods', pod('free', namespace, { schedulerName: 'nobody' })),
        admin.made('pods', pod('bound', namespace, { nodeName: 'no-such-node' })),
        admin.made('events', {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name: 'happened', namespace },
          involvedObject: { kind: 'Pod', name: 'free', namespace, uid: 'u-1' },
          reason: 'Tested',
          type: 'Normal',
        }),
      ]);
      const selections: [resource: string, selector: string, selected: readonly string[]][] = [
        ['configmaps', 'metadata.name=a', ['a']],
        ['configmaps', 'metadata.name!=a', ['b', 'c', 'd', 'e']],
        ['configmaps', `metadata.namespace=${namespace},metadata.name=b`, ['b']],
        ['configmaps', 'metadata.namespace=elsewhere', []],
        ['pods', 'spec.nodeName=no-such-node', ['bound']],
        ['pods', 'spec.nodeName=', ['free']],
        ['pods', 'status.phase=Pending', ['bound', 'free']],
        ['pods', 'status.phase=Running', []],
        ['pods', 'status.phase!=Running,spec.nodeName=no-such-node', ['bound']],
        ['events', 'involvedObject.name=free,involvedObject.kind=Pod', ['happened']],
        ['events', `involvedObject.namespace=${namespace},involvedObject.uid=u-1`, ['happened']],
        ['events', 'involvedObject.name=other', []],
      ];
      for (const [resource, fieldSelector, selected] of selections) {
        const answer = await admin.list(resource, query({ fieldSelector }));
        status(answer, 200);
        // The control plane puts objects of its own into each namespace, and says why a pod waits.
        const own = namesOf(answer.json).filter((name) => /^([a-e]|free|bound|happened)$/.test(name));
        equal(`what ${fieldSelector} selects of ${resource}`, own.toSorted(), selected);
      }
    },
  ),

  check(
    'GW-READ-006/unknown',
    'a field selector on an unknown field or of wrong form is 400',
    { mutants: ['field-selector-ignored'] },
    async (t) => {
      const admin = await kube(t);
      for (const [resource, fieldSelector] of [
        ['configmaps', 'spec.nodeName=a'],
        ['pods', 'spec.nothing=a'],
        ['pods', 'metadata.name'],
        ['configmaps', 'data.a=b'],
      ] as const) {
        refused(await admin.list(resource, query({ fieldSelector })), { status: 400, reason: 'BadRequest' });
      }
    },
  ),
]);

import { check, defineChecks } from '../../runner/check.ts';
import { equal, refused, status } from '../../runner/expectations.ts';
import { kube, namesOf, ownKube, pod, type Kube } from './kube.ts';
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

const BAD_REQUEST = { status: 400, reason: 'BadRequest' };

type Selection = [resource: string, selector: string, selected: readonly string[]];

async function selects(admin: Kube, selections: readonly Selection[]): Promise<void> {
  for (const [resource, fieldSelector, selected] of selections) {
    const answer = await admin.list(resource, query({ fieldSelector }));
    status(answer, 200);
    // The control plane puts objects of its own into each namespace, and says why a pod waits.
    const own = namesOf(answer.json).filter((name) => /^([a-e]|free|bound|happened)$/.test(name));
    equal(`what ${fieldSelector} selects of ${resource}`, own.toSorted(), selected);
  }
}

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
        refused(answer, BAD_REQUEST);
      }
    },
  ),

  check(
    'GW-READ-006/names',
    'field selectors on names and namespaces select',
    { mutants: ['field-selector-ignored'] },
    async (t) => {
      const admin = await ownKube(t);
      await labelled(admin);
      await selects(admin, [
        ['configmaps', 'metadata.name=a', ['a']],
        ['configmaps', 'metadata.name!=a', ['b', 'c', 'd', 'e']],
        ['configmaps', `metadata.namespace=${admin.namespace},metadata.name=b`, ['b']],
        ['configmaps', 'metadata.namespace=elsewhere', []],
      ]);
    },
  ),

  check(
    'GW-READ-006/selects',
    'field selectors on pods’ nodes and phases and events’ objects select',
    { mutants: ['field-selector-ignored'] },
    async (t) => {
      const admin = await ownKube(t);
      const { namespace } = admin;
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
      await selects(admin, [
        ['pods', 'spec.nodeName=no-such-node', ['bound']],
        ['pods', 'spec.nodeName=', ['free']],
        ['pods', 'status.phase=Pending', ['bound', 'free']],
        ['pods', 'status.phase=Running', []],
        ['pods', 'status.phase!=Running,spec.nodeName=no-such-node', ['bound']],
        ['events', 'involvedObject.name=free,involvedObject.kind=Pod', ['happened']],
        ['events', `involvedObject.namespace=${namespace},involvedObject.uid=u-1`, ['happened']],
        ['events', 'involvedObject.name=other', []],
      ]);
    },
  ),

  check(
    'GW-READ-006/unknown',
    'a field selector on an unknown field or of wrong form is 400',
    { mutants: ['field-selector-ignored'] },
    async (t) => {
      const admin = await kube(t);
      for (const fieldSelector of ['spec.nodeName=a', 'metadata.name', 'data.a=b'])
        refused(await admin.list('configmaps', query({ fieldSelector })), BAD_REQUEST);
    },
  ),

  check(
    'GW-READ-006/unknown-of-pods',
    'a field selector on an unknown field of pods or of wrong form is 400',
    { mutants: ['field-selector-ignored'] },
    async (t) => {
      const admin = await kube(t);
      for (const fieldSelector of ['spec.nothing=a', 'metadata.name'])
        refused(await admin.list('pods', query({ fieldSelector })), BAD_REQUEST);
    },
  ),
]);

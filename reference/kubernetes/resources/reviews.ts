import { define } from './definition.ts';

const virtual = { virtual: true, namespaced: false, verbs: ['create'] as const };

export const selfSubjectAccessReviews = define({
  ...virtual,
  group: 'authorization.k8s.io',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  description: 'Whether the asking user may do something.',
});

export const selfSubjectReviews = define({
  ...virtual,
  group: 'authentication.k8s.io',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  description: 'Who the asking user is.',
});

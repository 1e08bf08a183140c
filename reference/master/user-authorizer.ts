import type { Attributes, Decision } from '../kubernetes/index.ts';
import { permits } from '../protocol/permissions.ts';

/** What each kind of stake buys; the contract gives the same permissions to its seal tokens. */
const GRANTS: Readonly<Record<string, readonly string[]>> = {
  'daas:users': ['pods:read', 'services:read'],
  'daas:nodes': ['pods:read', 'services:read', 'nodes:write', 'pods:write'],
  'daas:admins': ['*:*'],
};

const READ_VERBS = new Set(['get', 'list', 'watch']);

/**
 * Whether a user may do this. The contract or the gateway has decided already; here the decision is
 * made once more on what is really about to happen, and `kubectl auth can-i` is answered from it.
 */
export function authorizeUser(attributes: Attributes): Decision {
  const { user, isResource, group, resource, verb } = attributes;
  // The master itself, and agents, which the node authoriser has judged.
  if (user.groups.includes('system:masters') || user.groups.includes('system:nodes'))
    return { allowed: true };
  if (!isResource) return { allowed: READ_VERBS.has(verb) || verb === 'head' };
  const held = user.groups.flatMap((name) => GRANTS[name] ?? []);
  // A permission names a resource of the core group; only everything covers the others.
  const named = group === '' ? held : held.filter((permission) => permission === '*:*');
  const allowed = permits(named, `${resource}:${READ_VERBS.has(verb) ? 'read' : 'write'}`);
  return allowed ? { allowed } : { allowed, reason: 'the stake does not cover it' };
}

import type { Json } from '../meta/json.ts';
import { isObject, own, setOwn } from '../meta/json.ts';

/** RFC 7386. Leaves its arguments alone; the result may share parts with both. */
export function applyMergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const out = isObject(target) ? { ...target } : {};
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === null || value === undefined) delete out[key];
    else setOwn(out, key, applyMergePatch(own(out, key), value));
  }
  return out;
}

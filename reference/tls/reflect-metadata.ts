/**
 * The three functions of the metadata proposal that the dependency container inside @peculiar/x509
 * asks for. Import this module before that one.
 */
interface MetadataApi {
  getMetadata?(key: unknown, target: object): unknown;
  getOwnMetadata?(key: unknown, target: object): unknown;
  defineMetadata?(key: unknown, value: unknown, target: object): void;
}

const reflect = Reflect as object as MetadataApi;

if (reflect.getMetadata === undefined) {
  const kept = new WeakMap<object, Map<unknown, unknown>>();
  reflect.defineMetadata = (key, value, target) => {
    const own = kept.get(target) ?? new Map<unknown, unknown>();
    kept.set(target, own.set(key, value));
  };
  reflect.getOwnMetadata = (key, target) => kept.get(target)?.get(key);
  reflect.getMetadata = (key, target) => {
    for (let at: object | null = target; at !== null; at = prototypeOf(at)) {
      const own = kept.get(at);
      if (own?.has(key) === true) return own.get(key);
    }
    return undefined;
  };
}

function prototypeOf(target: object): object | null {
  const prototype: unknown = Object.getPrototypeOf(target);
  return typeof prototype === 'object' || typeof prototype === 'function' ? prototype : null;
}

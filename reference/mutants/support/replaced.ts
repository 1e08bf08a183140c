/** An object with some of its methods replaced; the others are called on itself, as its private fields are its own. */
export function replaced<T extends object>(whole: T, by: Partial<T>): T {
  return new Proxy(whole, {
    get(target, name) {
      const own = by[name as keyof T];
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

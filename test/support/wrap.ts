/** A method of a platform object, whatever it takes and gives. */
export type Method = (...args: never[]) => unknown;

/** `target` with some methods wrapped; everything else goes through, with the platform object as `this`. */
export function wrap<T extends object>(target: T, wrapped: Record<string, (original: Method) => Method>): T {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      const original: Method = value.bind(target);
      return typeof name === "string" && Object.hasOwn(wrapped, name) ? wrapped[name](original) : original;
    },
    set: (_, name, value) => Reflect.set(target, name, value, target),
  });
}

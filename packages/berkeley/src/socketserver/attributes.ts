// Class attributes, as Python has them: a value on the class, which an instance or a subclass may have a value of its own
// in place of. TypeScript's fields alone would not do: a subclass sets them after the constructor, which binds, has run.
// So the classes declare them twice: `static` with the value, `declare` for the instances that read through to it.

/** Makes the instances of `target` read its statics `names` through, until they are given values of their own. */
export function classAttributes(target: { readonly prototype: object }, names: readonly string[]): void {
  for (const name of names) {
    Object.defineProperty(target.prototype, name, {
      configurable: true,
      get(this: object): unknown {
        return (this.constructor as unknown as Record<string, unknown>)[name]
      },
      set(this: object, value: unknown) {
        Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true })
      },
    })
  }
}

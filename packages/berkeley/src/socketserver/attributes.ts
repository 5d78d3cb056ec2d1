// Class attributes, as Python has them: a value on the class, which an instance or a subclass may have a value of its own
// in place of. TypeScript's fields alone would not do: a subclass sets them after the constructor, which binds, has run.
// So the classes declare them twice: `static` with the value, `declare` for the instances that read through to it.
// A wrong value cannot be refused when a class is written, so it is when one is used: by the constructor, and before
// anything is served.
import { boolean, integer, seconds } from '../core/arguments.ts'

/** Throws if an attribute of `name` cannot have this value. */
export type Check = (name: string, attribute: string, value: unknown) => unknown

const tables = new Map<object, ReadonlyMap<string, Check>>()

/** Makes instances of `target` have the static properties of their classes, until they are given values of their own. */
export function classAttributes(
  target: { readonly prototype: object },
  checks: Readonly<Record<string, Check>>,
): void {
  tables.set(target.prototype, new Map(Object.entries(checks)))
  for (const name of Object.keys(checks)) {
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

/**
 * Looks at all attributes of an instance, or of a class by its prototype.
 *
 * @throws TypeError, RangeError that name the attribute
 */
export function checkAttributes(name: string, of: object): void {
  for (let at: object | null = of; at !== null; at = Object.getPrototypeOf(at)) {
    for (const [attribute, check] of tables.get(at) ?? [])
      check(name, attribute, (of as Readonly<Record<string, unknown>>)[attribute])
  }
}

/** A whole number within these limits. */
export const wholeNumber =
  (least: number, most = Number.MAX_SAFE_INTEGER): Check =>
  (name, attribute, value) =>
    integer(name, attribute, value, least, most)

/** The same, or `null`. */
export const wholeNumberOrNull =
  (least: number): Check =>
  (name, attribute, value) =>
    value === null || integer(name, attribute, value, least, Number.MAX_SAFE_INTEGER)

export { boolean as yesOrNo, seconds as secondsOrNull }

// Python calls its classes, JavaScript says `new`: `epoll()` and `new epoll()` are the same here.

/** A class that can also be called, without `new`. */
export type Callable<Args extends unknown[], Instance> = {
  (...args: Args): Instance
  new (...args: Args): Instance
  readonly prototype: Instance
}

/** `prepare` makes what the constructor of `target` takes. */
export function callable<Args extends unknown[], Prepared extends unknown[], Instance extends object>(
  name: string,
  target: new (...args: Prepared) => Instance,
  prepare: (...args: Args) => Prepared,
): Callable<Args, Instance> {
  function make(this: unknown, ...args: Args): Instance {
    return Reflect.construct(target, prepare(...args), new.target ?? target)
  }
  Object.defineProperty(make, 'name', { value: name })
  make.prototype = target.prototype
  return make as never
}

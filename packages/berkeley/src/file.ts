// STUB
export interface FileOptions {
  buffering?: number
}
export interface SocketFile<_F, _M> {
  close(): void
}
export function makefile(_f: string, _s: unknown, _m: unknown, _o: unknown): never {
  throw new Error('stub')
}

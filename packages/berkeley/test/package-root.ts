// Where this package's sources are, seen from the compiled tests.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const packageRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
export const repositoryRoot = join(packageRoot, '..', '..')

// Sizes and offsets of the C structs of single families, as the addon reports them: only who imports this asks for them.
import { native } from './native.ts'

export const layout = native.families_layout()

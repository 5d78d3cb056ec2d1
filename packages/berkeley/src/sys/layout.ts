// Sizes and offsets of C structs, as the addon reports them: numbers, for those who may not call the addon.
import { native } from './native.ts'

export const layout = native.layout

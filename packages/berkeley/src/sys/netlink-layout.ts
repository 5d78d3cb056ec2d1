// Sizes and offsets of the C structs of netlink messages, as the addon reports them: only who imports this asks for them.
import { native } from './native.ts'

export const layout = native.netlink_layout()

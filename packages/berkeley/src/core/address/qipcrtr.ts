// AF_QIPCRTR: `[node, port]`.
import { AF_QIPCRTR } from '../../sys/constants.ts'
import { layout } from '../../sys/layout.ts'
import { pair } from './pair.ts'

/** An address of Qualcomm's router between processors: node and port, both of 32 bits. */
export type QipcrtrAddress = readonly [node: number, port: number]

const { size, sq_node, sq_port } = layout.sockaddr_qrtr

export const qipcrtr = pair({ family: AF_QIPCRTR, size, first: ['node', sq_node], second: ['port', sq_port] })

// AF_VSOCK: `[cid, port]`. `VMADDR_CID_ANY` and `VMADDR_PORT_ANY` are for bind.
import { AF_VSOCK } from '../../sys/constants.ts'
import { layout } from '../../sys/layout.ts'
import { pair } from './pair.ts'

/** An address between virtual machines: context identifier (of a machine) and port, both of 32 bits. */
export type VsockAddress = readonly [cid: number, port: number]

const { size, svm_cid, svm_port } = layout.sockaddr_vm

export const vsock = pair({ family: AF_VSOCK, size, first: ['cid', svm_cid], second: ['port', svm_port] })

// The options of AF_BLUETOOTH, whose levels have numbers that other protocols have too: SOL_L2CAP is SOL_TCP.
import type * as C from '../../sys/constants.ts'
import type { BtSecurity } from '../structs/bluetooth.ts'
import type { Bytes, Int, ReadOnly, Struct } from './kinds.ts'

/** SOL_BLUETOOTH. */
export interface BluetoothOptions {
  [C.BT_SECURITY]: Struct<BtSecurity>
  [C.BT_DEFER_SETUP]: Int
  [C.BT_FLUSHABLE]: Int
  [C.BT_POWER]: Bytes
  [C.BT_CHANNEL_POLICY]: Int
  [C.BT_VOICE]: Bytes
  [C.BT_SNDMTU]: Int
  [C.BT_RCVMTU]: Int
  [C.BT_PHY]: ReadOnly<Int>
  [C.BT_MODE]: Int
  [C.BT_PKT_STATUS]: Int
  [C.BT_PKT_SEQNUM]: Int
  [C.BT_ISO_QOS]: Bytes
  [C.BT_ISO_BASE]: Bytes
  [C.BT_CODEC]: Bytes
}

/** SOL_HCI. */
export interface HciOptions {
  [C.HCI_DATA_DIR]: Int
  [C.HCI_FILTER]: Bytes
  [C.HCI_TIME_STAMP]: Int
}

/** SOL_L2CAP. */
export interface L2capOptions {
  [C.L2CAP_OPTIONS]: Bytes
  [C.L2CAP_CONNINFO]: ReadOnly<Bytes>
  [C.L2CAP_LM]: Int
}

/** SOL_RFCOMM. */
export interface RfcommOptions {
  [C.RFCOMM_CONNINFO]: ReadOnly<Bytes>
  [C.RFCOMM_LM]: Int
}

/** SOL_SCO. */
export interface ScoOptions {
  [C.SCO_OPTIONS]: ReadOnly<Bytes>
  [C.SCO_CONNINFO]: ReadOnly<Bytes>
}

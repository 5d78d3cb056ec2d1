/*
 * Sizes and offsets of the structs that single address families send, receive and take as options, asked from the compiler.
 * Declared for TypeScript in src/sys/structs.ts. A function, as in layout-netlink.c, so that only berkeley/families pays.
 */
#include <stdint.h>
#include <sys/socket.h>

#include <linux/can.h>
#include <linux/can/bcm.h>
#include <linux/if_packet.h>
#include <linux/sctp.h>
#include <linux/tipc.h>
#include <linux/tls.h>

#include "kernel.h"
#include "layout.h"

static const struct layout_row rows[] = {
    STRUCT(can_frame),
    FIELD(can_frame, can_id),
    FIELD(can_frame, len),
    FIELD(can_frame, data),

    STRUCT(canfd_frame),
    FIELD(canfd_frame, can_id),
    FIELD(canfd_frame, len),
    FIELD(canfd_frame, flags),
    FIELD(canfd_frame, data),

    STRUCT(bcm_msg_head),
    FIELD(bcm_msg_head, opcode),
    FIELD(bcm_msg_head, flags),
    FIELD(bcm_msg_head, count),
    FIELD(bcm_msg_head, ival1),
    FIELD(bcm_msg_head, ival2),
    FIELD(bcm_msg_head, can_id),
    FIELD(bcm_msg_head, nframes),

    STRUCT(tpacket_req3),
    FIELD(tpacket_req3, tp_block_size),
    FIELD(tpacket_req3, tp_block_nr),
    FIELD(tpacket_req3, tp_frame_size),
    FIELD(tpacket_req3, tp_frame_nr),
    FIELD(tpacket_req3, tp_retire_blk_tov),

    STRUCT(tpacket_block_desc),
    FIELD(tpacket_block_desc, hdr.bh1.block_status),
    FIELD(tpacket_block_desc, hdr.bh1.num_pkts),
    FIELD(tpacket_block_desc, hdr.bh1.offset_to_first_pkt),
    FIELD(tpacket_block_desc, hdr.bh1.blk_len),
    FIELD(tpacket_block_desc, hdr.bh1.seq_num),

    STRUCT(tpacket3_hdr),
    FIELD(tpacket3_hdr, tp_next_offset),
    FIELD(tpacket3_hdr, tp_sec),
    FIELD(tpacket3_hdr, tp_nsec),
    FIELD(tpacket3_hdr, tp_snaplen),
    FIELD(tpacket3_hdr, tp_len),
    FIELD(tpacket3_hdr, tp_status),
    FIELD(tpacket3_hdr, tp_mac),
    FIELD(tpacket3_hdr, tp_net),
    FIELD(tpacket3_hdr, hv1.tp_vlan_tci),
    FIELD(tpacket3_hdr, hv1.tp_vlan_tpid),
    {"tpacket3_hdr", "address", TPACKET_ALIGN(sizeof(struct tpacket3_hdr))}, /* struct sockaddr_ll follows */

    STRUCT(sctp_event),
    FIELD(sctp_event, se_assoc_id),
    FIELD(sctp_event, se_type),
    FIELD(sctp_event, se_on),

    STRUCT(sctp_assoc_change),
    FIELD(sctp_assoc_change, sac_type),
    FIELD(sctp_assoc_change, sac_flags),
    FIELD(sctp_assoc_change, sac_length),
    FIELD(sctp_assoc_change, sac_state),
    FIELD(sctp_assoc_change, sac_error),
    FIELD(sctp_assoc_change, sac_outbound_streams),
    FIELD(sctp_assoc_change, sac_inbound_streams),
    FIELD(sctp_assoc_change, sac_assoc_id),

    STRUCT(sctp_shutdown_event),
    FIELD(sctp_shutdown_event, sse_assoc_id),

    STRUCT(sctp_status),
    FIELD(sctp_status, sstat_assoc_id),
    FIELD(sctp_status, sstat_state),
    FIELD(sctp_status, sstat_rwnd),
    FIELD(sctp_status, sstat_unackdata),
    FIELD(sctp_status, sstat_penddata),
    FIELD(sctp_status, sstat_instrms),
    FIELD(sctp_status, sstat_outstrms),
    FIELD(sctp_status, sstat_fragmentation_point),

    {"sctp_peeloff_arg_t", "size", sizeof(sctp_peeloff_arg_t)},
    {"sctp_peeloff_arg_t", "associd", offsetof(sctp_peeloff_arg_t, associd)},
    {"sctp_peeloff_arg_t", "sd", offsetof(sctp_peeloff_arg_t, sd)},

    STRUCT(tipc_subscr),
    FIELD(tipc_subscr, seq.type),
    FIELD(tipc_subscr, seq.lower),
    FIELD(tipc_subscr, seq.upper),
    FIELD(tipc_subscr, timeout),
    FIELD(tipc_subscr, filter),
    FIELD(tipc_subscr, usr_handle),

    STRUCT(tipc_event),
    FIELD(tipc_event, event),
    FIELD(tipc_event, found_lower),
    FIELD(tipc_event, found_upper),
    FIELD(tipc_event, port.ref),
    FIELD(tipc_event, port.node),
    FIELD(tipc_event, s.usr_handle),

    STRUCT(tipc_group_req),
    FIELD(tipc_group_req, type),
    FIELD(tipc_group_req, instance),
    FIELD(tipc_group_req, scope),
    FIELD(tipc_group_req, flags),

    STRUCT(hci_filter),
    FIELD(hci_filter, type_mask),
    FIELD(hci_filter, event_mask),
    FIELD(hci_filter, opcode),

    STRUCT(l2cap_options),
    FIELD(l2cap_options, omtu),
    FIELD(l2cap_options, imtu),
    FIELD(l2cap_options, flush_to),
    FIELD(l2cap_options, mode),
    FIELD(l2cap_options, fcs),
    FIELD(l2cap_options, max_tx),
    FIELD(l2cap_options, txwin_size),

    STRUCT(tls12_crypto_info_aes_gcm_128),
    FIELD(tls12_crypto_info_aes_gcm_128, iv),
    FIELD(tls12_crypto_info_aes_gcm_128, key),
    FIELD(tls12_crypto_info_aes_gcm_128, salt),
    FIELD(tls12_crypto_info_aes_gcm_128, rec_seq),

    STRUCT(tls12_crypto_info_aes_gcm_256),
    FIELD(tls12_crypto_info_aes_gcm_256, iv),
    FIELD(tls12_crypto_info_aes_gcm_256, key),
    FIELD(tls12_crypto_info_aes_gcm_256, salt),
    FIELD(tls12_crypto_info_aes_gcm_256, rec_seq),

    STRUCT(tls12_crypto_info_aes_ccm_128),
    FIELD(tls12_crypto_info_aes_ccm_128, iv),
    FIELD(tls12_crypto_info_aes_ccm_128, key),
    FIELD(tls12_crypto_info_aes_ccm_128, salt),
    FIELD(tls12_crypto_info_aes_ccm_128, rec_seq),

    STRUCT(tls12_crypto_info_chacha20_poly1305),
    FIELD(tls12_crypto_info_chacha20_poly1305, iv),
    FIELD(tls12_crypto_info_chacha20_poly1305, key),
    FIELD(tls12_crypto_info_chacha20_poly1305, salt),
    FIELD(tls12_crypto_info_chacha20_poly1305, rec_seq),
};

EXPORT(sys_families_layout) {
  (void)info;
  return layout_object(env, rows, sizeof rows / sizeof *rows);
}

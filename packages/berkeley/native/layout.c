/*
 * Sizes and offsets of the structs that TypeScript reads and writes, asked from the compiler, never typed by hand.
 * Declared for TypeScript in src/sys/structs.ts.
 */
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>

#include <linux/can.h>
#include <linux/can/isotp.h>
#include <linux/can/j1939.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <linux/netlink.h>
#include <linux/qrtr.h>
#include <linux/rds.h>
#include <linux/sctp.h>
#include <linux/sock_diag.h>
#include <linux/tipc.h>
#include <linux/vm_sockets.h>

#include "addon.h"
#include "kernel.h"
#include "layout.h"
#include "mmsg.h"

#define MEMINFO(index) ((index) * sizeof(uint32_t))

static const struct layout_row rows[] = {
    /* Addresses. */
    STRUCT(sockaddr),
    FIELD(sockaddr, sa_family),

    STRUCT(sockaddr_in),
    FIELD(sockaddr_in, sin_port),
    FIELD(sockaddr_in, sin_addr),

    STRUCT(sockaddr_in6),
    FIELD(sockaddr_in6, sin6_port),
    FIELD(sockaddr_in6, sin6_flowinfo),
    FIELD(sockaddr_in6, sin6_addr),
    FIELD(sockaddr_in6, sin6_scope_id),

    STRUCT(sockaddr_un),
    FIELD(sockaddr_un, sun_path),

    STRUCT(sockaddr_nl),
    FIELD(sockaddr_nl, nl_pid),
    FIELD(sockaddr_nl, nl_groups),

    STRUCT(sockaddr_ll),
    FIELD(sockaddr_ll, sll_protocol),
    FIELD(sockaddr_ll, sll_ifindex),
    FIELD(sockaddr_ll, sll_hatype),
    FIELD(sockaddr_ll, sll_pkttype),
    FIELD(sockaddr_ll, sll_halen),
    FIELD(sockaddr_ll, sll_addr),

    STRUCT(sockaddr_vm),
    FIELD(sockaddr_vm, svm_port),
    FIELD(sockaddr_vm, svm_cid),

    STRUCT(sockaddr_can),
    FIELD(sockaddr_can, can_ifindex),
    FIELD(sockaddr_can, can_addr.tp.rx_id),
    FIELD(sockaddr_can, can_addr.tp.tx_id),
    FIELD(sockaddr_can, can_addr.j1939.name),
    FIELD(sockaddr_can, can_addr.j1939.pgn),
    FIELD(sockaddr_can, can_addr.j1939.addr),

    STRUCT(sockaddr_tipc),
    FIELD(sockaddr_tipc, addrtype),
    FIELD(sockaddr_tipc, scope),
    FIELD(sockaddr_tipc, addr.nameseq.type),
    FIELD(sockaddr_tipc, addr.nameseq.lower),
    FIELD(sockaddr_tipc, addr.nameseq.upper),
    FIELD(sockaddr_tipc, addr.name.name.type),
    FIELD(sockaddr_tipc, addr.name.name.instance),
    FIELD(sockaddr_tipc, addr.id.node),
    FIELD(sockaddr_tipc, addr.id.ref),

    STRUCT(sockaddr_alg),
    FIELD(sockaddr_alg, salg_type),
    FIELD(sockaddr_alg, salg_feat),
    FIELD(sockaddr_alg, salg_mask),
    FIELD(sockaddr_alg, salg_name),

    STRUCT(sockaddr_l2),
    FIELD(sockaddr_l2, l2_psm),
    FIELD(sockaddr_l2, l2_bdaddr),
    FIELD(sockaddr_l2, l2_cid),
    FIELD(sockaddr_l2, l2_bdaddr_type),

    STRUCT(sockaddr_rc),
    FIELD(sockaddr_rc, rc_bdaddr),
    FIELD(sockaddr_rc, rc_channel),

    STRUCT(sockaddr_sco),
    FIELD(sockaddr_sco, sco_bdaddr),

    STRUCT(sockaddr_hci),
    FIELD(sockaddr_hci, hci_dev),
    FIELD(sockaddr_hci, hci_channel),

    STRUCT(sockaddr_qrtr),
    FIELD(sockaddr_qrtr, sq_node),
    FIELD(sockaddr_qrtr, sq_port),

    /* What else calls take. */
    STRUCT(pollfd),
    FIELD(pollfd, fd),
    FIELD(pollfd, events),
    FIELD(pollfd, revents),

    STRUCT(epoll_event),
    FIELD(epoll_event, events),
    FIELD(epoll_event, data),

    STRUCT(batch_record),
    FIELD(batch_record, length),
    FIELD(batch_record, flags),
    FIELD(batch_record, address_length),
    FIELD(batch_record, control_length),
    FIELD(batch_record, segment_size),
    FIELD(batch_record, address),
    STRUCT(batch_header),
    STRUCT(batch_seal),

    STRUCT(ifreq),
    FIELD(ifreq, ifr_ifindex),

    /* Values of options. */
    STRUCT(linger),
    FIELD(linger, l_onoff),
    FIELD(linger, l_linger),

    STRUCT(timeval),
    FIELD(timeval, tv_sec),
    FIELD(timeval, tv_usec),

    STRUCT(timespec),
    FIELD(timespec, tv_sec),
    FIELD(timespec, tv_nsec),

    STRUCT(ucred),
    FIELD(ucred, pid),
    FIELD(ucred, uid),
    FIELD(ucred, gid),

    STRUCT(sock_txtime),
    FIELD(sock_txtime, clockid),
    FIELD(sock_txtime, flags),

    STRUCT(sock_filter),
    FIELD(sock_filter, code),
    FIELD(sock_filter, jt),
    FIELD(sock_filter, jf),
    FIELD(sock_filter, k),

    STRUCT(tcp_md5sig),
    FIELD(tcp_md5sig, tcpm_addr),
    FIELD(tcp_md5sig, tcpm_flags),
    FIELD(tcp_md5sig, tcpm_prefixlen),
    FIELD(tcp_md5sig, tcpm_keylen),
    FIELD(tcp_md5sig, tcpm_ifindex),
    FIELD(tcp_md5sig, tcpm_key),

    STRUCT(ip_mreq),
    FIELD(ip_mreq, imr_multiaddr),
    FIELD(ip_mreq, imr_interface),

    STRUCT(ip_mreqn),
    FIELD(ip_mreqn, imr_multiaddr),
    FIELD(ip_mreqn, imr_address),
    FIELD(ip_mreqn, imr_ifindex),

    STRUCT(ip_mreq_source),
    FIELD(ip_mreq_source, imr_multiaddr),
    FIELD(ip_mreq_source, imr_interface),
    FIELD(ip_mreq_source, imr_sourceaddr),

    STRUCT(ipv6_mreq),
    FIELD(ipv6_mreq, ipv6mr_multiaddr),
    FIELD(ipv6_mreq, ipv6mr_interface),

    STRUCT(group_req),
    FIELD(group_req, gr_interface),
    FIELD(group_req, gr_group),

    STRUCT(group_source_req),
    FIELD(group_source_req, gsr_interface),
    FIELD(group_source_req, gsr_group),
    FIELD(group_source_req, gsr_source),

    STRUCT(group_filter),
    FIELD(group_filter, gf_interface),
    FIELD(group_filter, gf_group),
    FIELD(group_filter, gf_fmode),
    FIELD(group_filter, gf_numsrc),
    FIELD(group_filter, gf_slist),

    STRUCT(ip_msfilter),
    FIELD(ip_msfilter, imsf_multiaddr),
    FIELD(ip_msfilter, imsf_interface),
    FIELD(ip_msfilter, imsf_fmode),
    FIELD(ip_msfilter, imsf_numsrc),
    FIELD(ip_msfilter, imsf_slist),

    STRUCT(icmp_filter),
    FIELD(icmp_filter, data),

    STRUCT(icmp6_filter),
    FIELD(icmp6_filter, data),

    {"tcp_info", "size", sizeof(struct kernel_tcp_info)},
#define TCP_INFO_ROW(type, name) {"tcp_info", #name, offsetof(struct kernel_tcp_info, name)},
    TCP_INFO_MEMBERS(TCP_INFO_ROW)

    /* SO_MEMINFO is an array, of numbers of 32 bits; offsets in it are written as those of a struct. */
    {"meminfo", "size", MEMINFO(SK_MEMINFO_VARS)},
    {"meminfo", "rmem_alloc", MEMINFO(SK_MEMINFO_RMEM_ALLOC)},
    {"meminfo", "rcvbuf", MEMINFO(SK_MEMINFO_RCVBUF)},
    {"meminfo", "wmem_alloc", MEMINFO(SK_MEMINFO_WMEM_ALLOC)},
    {"meminfo", "sndbuf", MEMINFO(SK_MEMINFO_SNDBUF)},
    {"meminfo", "fwd_alloc", MEMINFO(SK_MEMINFO_FWD_ALLOC)},
    {"meminfo", "wmem_queued", MEMINFO(SK_MEMINFO_WMEM_QUEUED)},
    {"meminfo", "optmem", MEMINFO(SK_MEMINFO_OPTMEM)},
    {"meminfo", "backlog", MEMINFO(SK_MEMINFO_BACKLOG)},
    {"meminfo", "drops", MEMINFO(SK_MEMINFO_DROPS)},

    STRUCT(so_timestamping),
    FIELD(so_timestamping, flags),
    FIELD(so_timestamping, bind_phc),

    STRUCT(bt_security),
    FIELD(bt_security, level),
    FIELD(bt_security, key_size),

    STRUCT(packet_mreq),
    FIELD(packet_mreq, mr_ifindex),
    FIELD(packet_mreq, mr_type),
    FIELD(packet_mreq, mr_alen),
    FIELD(packet_mreq, mr_address),

    STRUCT(tpacket_stats_v3),
    FIELD(tpacket_stats_v3, tp_packets),
    FIELD(tpacket_stats_v3, tp_drops),
    FIELD(tpacket_stats_v3, tp_freeze_q_cnt),

    STRUCT(can_filter),
    FIELD(can_filter, can_id),
    FIELD(can_filter, can_mask),

    STRUCT(can_isotp_options),
    FIELD(can_isotp_options, flags),
    FIELD(can_isotp_options, frame_txtime),
    FIELD(can_isotp_options, ext_address),
    FIELD(can_isotp_options, txpad_content),
    FIELD(can_isotp_options, rxpad_content),
    FIELD(can_isotp_options, rx_ext_address),

    STRUCT(can_isotp_fc_options),
    FIELD(can_isotp_fc_options, bs),
    FIELD(can_isotp_fc_options, stmin),
    FIELD(can_isotp_fc_options, wftmax),

    STRUCT(can_isotp_ll_options),
    FIELD(can_isotp_ll_options, mtu),
    FIELD(can_isotp_ll_options, tx_dl),
    FIELD(can_isotp_ll_options, tx_flags),

    STRUCT(j1939_filter),
    FIELD(j1939_filter, name),
    FIELD(j1939_filter, name_mask),
    FIELD(j1939_filter, pgn),
    FIELD(j1939_filter, pgn_mask),
    FIELD(j1939_filter, addr),
    FIELD(j1939_filter, addr_mask),

    /* Ancillary data. */
    STRUCT(in_pktinfo),
    FIELD(in_pktinfo, ipi_ifindex),
    FIELD(in_pktinfo, ipi_spec_dst),
    FIELD(in_pktinfo, ipi_addr),

    STRUCT(in6_pktinfo),
    FIELD(in6_pktinfo, ipi6_addr),
    FIELD(in6_pktinfo, ipi6_ifindex),

    STRUCT(sock_extended_err),
    FIELD(sock_extended_err, ee_errno),
    FIELD(sock_extended_err, ee_origin),
    FIELD(sock_extended_err, ee_type),
    FIELD(sock_extended_err, ee_code),
    FIELD(sock_extended_err, ee_info),
    FIELD(sock_extended_err, ee_data),

    STRUCT(scm_ts_pktinfo),
    FIELD(scm_ts_pktinfo, if_index),
    FIELD(scm_ts_pktinfo, pkt_length),

    STRUCT(tpacket_auxdata),
    FIELD(tpacket_auxdata, tp_status),
    FIELD(tpacket_auxdata, tp_len),
    FIELD(tpacket_auxdata, tp_snaplen),
    FIELD(tpacket_auxdata, tp_mac),
    FIELD(tpacket_auxdata, tp_net),
    FIELD(tpacket_auxdata, tp_vlan_tci),
    FIELD(tpacket_auxdata, tp_vlan_tpid),

    STRUCT(af_alg_iv),
    FIELD(af_alg_iv, ivlen),
    FIELD(af_alg_iv, iv),

    STRUCT(rds_rdma_notify),
    FIELD(rds_rdma_notify, user_token),
    FIELD(rds_rdma_notify, status),

    STRUCT(rds_zcopy_cookies),
    FIELD(rds_zcopy_cookies, num),
    FIELD(rds_zcopy_cookies, cookies),

    STRUCT(sctp_initmsg),
    FIELD(sctp_initmsg, sinit_num_ostreams),
    FIELD(sctp_initmsg, sinit_max_instreams),
    FIELD(sctp_initmsg, sinit_max_attempts),
    FIELD(sctp_initmsg, sinit_max_init_timeo),

    STRUCT(sctp_sndrcvinfo),
    FIELD(sctp_sndrcvinfo, sinfo_stream),
    FIELD(sctp_sndrcvinfo, sinfo_ssn),
    FIELD(sctp_sndrcvinfo, sinfo_flags),
    FIELD(sctp_sndrcvinfo, sinfo_ppid),
    FIELD(sctp_sndrcvinfo, sinfo_context),
    FIELD(sctp_sndrcvinfo, sinfo_timetolive),
    FIELD(sctp_sndrcvinfo, sinfo_tsn),
    FIELD(sctp_sndrcvinfo, sinfo_cumtsn),
    FIELD(sctp_sndrcvinfo, sinfo_assoc_id),

    STRUCT(sctp_sndinfo),
    FIELD(sctp_sndinfo, snd_sid),
    FIELD(sctp_sndinfo, snd_flags),
    FIELD(sctp_sndinfo, snd_ppid),
    FIELD(sctp_sndinfo, snd_context),
    FIELD(sctp_sndinfo, snd_assoc_id),

    STRUCT(sctp_rcvinfo),
    FIELD(sctp_rcvinfo, rcv_sid),
    FIELD(sctp_rcvinfo, rcv_ssn),
    FIELD(sctp_rcvinfo, rcv_flags),
    FIELD(sctp_rcvinfo, rcv_ppid),
    FIELD(sctp_rcvinfo, rcv_tsn),
    FIELD(sctp_rcvinfo, rcv_cumtsn),
    FIELD(sctp_rcvinfo, rcv_context),
    FIELD(sctp_rcvinfo, rcv_assoc_id),

    STRUCT(sctp_nxtinfo),
    FIELD(sctp_nxtinfo, nxt_sid),
    FIELD(sctp_nxtinfo, nxt_flags),
    FIELD(sctp_nxtinfo, nxt_ppid),
    FIELD(sctp_nxtinfo, nxt_length),
    FIELD(sctp_nxtinfo, nxt_assoc_id),

    STRUCT(sctp_prinfo),
    FIELD(sctp_prinfo, pr_policy),
    FIELD(sctp_prinfo, pr_value),

    /* The header of a control message, and to what multiple of bytes it and its data are filled up. */
    STRUCT(cmsghdr),
    FIELD(cmsghdr, cmsg_len),
    FIELD(cmsghdr, cmsg_level),
    FIELD(cmsghdr, cmsg_type),
    {"cmsghdr", "alignment", CMSG_ALIGN(1)},
};

napi_value layout_object(napi_env env, const struct layout_row *rows, size_t count) {
  napi_value result, object = NULL;
  const char *type = "";
  if (napi_create_object(env, &result) != napi_ok) return NULL;
  for (size_t i = 0; i < count; i++) {
    const struct layout_row *row = &rows[i];
    if (strcmp(type, row->type) != 0) {
      type = row->type;
      napi_create_object(env, &object);
      napi_set_named_property(env, result, type, object);
    }
    napi_set_named_property(env, object, row->field, number(env, (int64_t)row->value));
  }
  return result;
}

napi_value layouts(napi_env env) { return layout_object(env, rows, sizeof rows / sizeof *rows); }

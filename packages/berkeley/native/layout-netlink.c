/*
 * Sizes and offsets of the structs of netlink messages, asked from the compiler. Declared for TypeScript in
 * src/sys/structs.ts. A function and not an object as in layout.c, so that nobody pays for it who does not call it.
 */
#include <sys/socket.h>

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/inet_diag.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/unix_diag.h>

#include "layout.h"

static const struct layout_row rows[] = {
    STRUCT(nlmsghdr),
    FIELD(nlmsghdr, nlmsg_len),
    FIELD(nlmsghdr, nlmsg_type),
    FIELD(nlmsghdr, nlmsg_flags),
    FIELD(nlmsghdr, nlmsg_seq),
    FIELD(nlmsghdr, nlmsg_pid),

    STRUCT(nlmsgerr),
    FIELD(nlmsgerr, error),
    FIELD(nlmsgerr, msg),

    STRUCT(nlattr),
    FIELD(nlattr, nla_len),
    FIELD(nlattr, nla_type),

    STRUCT(rtgenmsg),
    FIELD(rtgenmsg, rtgen_family),

    STRUCT(ifinfomsg),
    FIELD(ifinfomsg, ifi_family),
    FIELD(ifinfomsg, ifi_type),
    FIELD(ifinfomsg, ifi_index),
    FIELD(ifinfomsg, ifi_flags),
    FIELD(ifinfomsg, ifi_change),

    STRUCT(rtnl_link_stats64),
    FIELD(rtnl_link_stats64, rx_packets),
    FIELD(rtnl_link_stats64, tx_packets),
    FIELD(rtnl_link_stats64, rx_bytes),
    FIELD(rtnl_link_stats64, tx_bytes),
    FIELD(rtnl_link_stats64, rx_errors),
    FIELD(rtnl_link_stats64, tx_errors),
    FIELD(rtnl_link_stats64, rx_dropped),
    FIELD(rtnl_link_stats64, tx_dropped),
    FIELD(rtnl_link_stats64, multicast),
    FIELD(rtnl_link_stats64, collisions),

    STRUCT(ifaddrmsg),
    FIELD(ifaddrmsg, ifa_family),
    FIELD(ifaddrmsg, ifa_prefixlen),
    FIELD(ifaddrmsg, ifa_flags),
    FIELD(ifaddrmsg, ifa_scope),
    FIELD(ifaddrmsg, ifa_index),

    STRUCT(ifa_cacheinfo),
    FIELD(ifa_cacheinfo, ifa_prefered),
    FIELD(ifa_cacheinfo, ifa_valid),
    FIELD(ifa_cacheinfo, cstamp),
    FIELD(ifa_cacheinfo, tstamp),

    STRUCT(rtmsg),
    FIELD(rtmsg, rtm_family),
    FIELD(rtmsg, rtm_dst_len),
    FIELD(rtmsg, rtm_src_len),
    FIELD(rtmsg, rtm_tos),
    FIELD(rtmsg, rtm_table),
    FIELD(rtmsg, rtm_protocol),
    FIELD(rtmsg, rtm_scope),
    FIELD(rtmsg, rtm_type),
    FIELD(rtmsg, rtm_flags),

    STRUCT(rtnexthop),
    FIELD(rtnexthop, rtnh_len),
    FIELD(rtnexthop, rtnh_flags),
    FIELD(rtnexthop, rtnh_hops),
    FIELD(rtnexthop, rtnh_ifindex),

    STRUCT(rtvia),
    FIELD(rtvia, rtvia_family),
    FIELD(rtvia, rtvia_addr),

    STRUCT(ndmsg),
    FIELD(ndmsg, ndm_family),
    FIELD(ndmsg, ndm_ifindex),
    FIELD(ndmsg, ndm_state),
    FIELD(ndmsg, ndm_flags),
    FIELD(ndmsg, ndm_type),

    STRUCT(nda_cacheinfo),
    FIELD(nda_cacheinfo, ndm_confirmed),
    FIELD(nda_cacheinfo, ndm_used),
    FIELD(nda_cacheinfo, ndm_updated),
    FIELD(nda_cacheinfo, ndm_refcnt),

    STRUCT(fib_rule_hdr),
    FIELD(fib_rule_hdr, family),
    FIELD(fib_rule_hdr, dst_len),
    FIELD(fib_rule_hdr, src_len),
    FIELD(fib_rule_hdr, tos),
    FIELD(fib_rule_hdr, table),
    FIELD(fib_rule_hdr, action),
    FIELD(fib_rule_hdr, flags),

    STRUCT(inet_diag_req_v2),
    FIELD(inet_diag_req_v2, sdiag_family),
    FIELD(inet_diag_req_v2, sdiag_protocol),
    FIELD(inet_diag_req_v2, idiag_ext),
    FIELD(inet_diag_req_v2, idiag_states),
    FIELD(inet_diag_req_v2, id.idiag_sport),
    FIELD(inet_diag_req_v2, id.idiag_dport),
    FIELD(inet_diag_req_v2, id.idiag_src),
    FIELD(inet_diag_req_v2, id.idiag_dst),
    FIELD(inet_diag_req_v2, id.idiag_if),
    FIELD(inet_diag_req_v2, id.idiag_cookie),

    STRUCT(inet_diag_msg),
    FIELD(inet_diag_msg, idiag_family),
    FIELD(inet_diag_msg, idiag_state),
    FIELD(inet_diag_msg, idiag_timer),
    FIELD(inet_diag_msg, idiag_retrans),
    FIELD(inet_diag_msg, id.idiag_sport),
    FIELD(inet_diag_msg, id.idiag_dport),
    FIELD(inet_diag_msg, id.idiag_src),
    FIELD(inet_diag_msg, id.idiag_dst),
    FIELD(inet_diag_msg, id.idiag_if),
    FIELD(inet_diag_msg, id.idiag_cookie),
    FIELD(inet_diag_msg, idiag_expires),
    FIELD(inet_diag_msg, idiag_rqueue),
    FIELD(inet_diag_msg, idiag_wqueue),
    FIELD(inet_diag_msg, idiag_uid),
    FIELD(inet_diag_msg, idiag_inode),

    STRUCT(inet_diag_meminfo),
    FIELD(inet_diag_meminfo, idiag_rmem),
    FIELD(inet_diag_meminfo, idiag_wmem),
    FIELD(inet_diag_meminfo, idiag_fmem),
    FIELD(inet_diag_meminfo, idiag_tmem),

    STRUCT(unix_diag_req),
    FIELD(unix_diag_req, sdiag_family),
    FIELD(unix_diag_req, sdiag_protocol),
    FIELD(unix_diag_req, udiag_states),
    FIELD(unix_diag_req, udiag_ino),
    FIELD(unix_diag_req, udiag_show),
    FIELD(unix_diag_req, udiag_cookie),

    STRUCT(unix_diag_msg),
    FIELD(unix_diag_msg, udiag_family),
    FIELD(unix_diag_msg, udiag_type),
    FIELD(unix_diag_msg, udiag_state),
    FIELD(unix_diag_msg, udiag_ino),
    FIELD(unix_diag_msg, udiag_cookie),

    STRUCT(unix_diag_vfs),
    FIELD(unix_diag_vfs, udiag_vfs_ino),
    FIELD(unix_diag_vfs, udiag_vfs_dev),

    STRUCT(unix_diag_rqlen),
    FIELD(unix_diag_rqlen, udiag_rqueue),
    FIELD(unix_diag_rqlen, udiag_wqueue),

    STRUCT(packet_diag_req),
    FIELD(packet_diag_req, sdiag_family),
    FIELD(packet_diag_req, sdiag_protocol),
    FIELD(packet_diag_req, pdiag_ino),
    FIELD(packet_diag_req, pdiag_show),
    FIELD(packet_diag_req, pdiag_cookie),

    STRUCT(packet_diag_msg),
    FIELD(packet_diag_msg, pdiag_family),
    FIELD(packet_diag_msg, pdiag_type),
    FIELD(packet_diag_msg, pdiag_num),
    FIELD(packet_diag_msg, pdiag_ino),
    FIELD(packet_diag_msg, pdiag_cookie),

    STRUCT(packet_diag_info),
    FIELD(packet_diag_info, pdi_index),
    FIELD(packet_diag_info, pdi_version),
    FIELD(packet_diag_info, pdi_flags),

    STRUCT(netlink_diag_req),
    FIELD(netlink_diag_req, sdiag_family),
    FIELD(netlink_diag_req, sdiag_protocol),
    FIELD(netlink_diag_req, ndiag_ino),
    FIELD(netlink_diag_req, ndiag_show),
    FIELD(netlink_diag_req, ndiag_cookie),

    STRUCT(netlink_diag_msg),
    FIELD(netlink_diag_msg, ndiag_family),
    FIELD(netlink_diag_msg, ndiag_type),
    FIELD(netlink_diag_msg, ndiag_protocol),
    FIELD(netlink_diag_msg, ndiag_state),
    FIELD(netlink_diag_msg, ndiag_portid),
    FIELD(netlink_diag_msg, ndiag_dst_portid),
    FIELD(netlink_diag_msg, ndiag_dst_group),
    FIELD(netlink_diag_msg, ndiag_ino),
    FIELD(netlink_diag_msg, ndiag_cookie),
};

EXPORT(sys_netlink_layout) {
  (void)info;
  return layout_object(env, rows, sizeof rows / sizeof *rows);
}

// The C structs whose sizes and offsets the addon reports: the rows of native/layout.c, as types.

/** Offsets of a struct's fields, and its `size`. */
type Layout<Fields extends string> = Readonly<Record<Fields | 'size', number>>

export interface Structs {
  // Addresses.
  readonly sockaddr: Layout<'sa_family'>
  readonly sockaddr_in: Layout<'sin_port' | 'sin_addr'>
  readonly sockaddr_in6: Layout<'sin6_port' | 'sin6_flowinfo' | 'sin6_addr' | 'sin6_scope_id'>
  readonly sockaddr_un: Layout<'sun_path'>
  readonly sockaddr_nl: Layout<'nl_pid' | 'nl_groups'>
  readonly sockaddr_ll: Layout<
    'sll_protocol' | 'sll_ifindex' | 'sll_hatype' | 'sll_pkttype' | 'sll_halen' | 'sll_addr'
  >
  readonly sockaddr_vm: Layout<'svm_port' | 'svm_cid'>
  readonly sockaddr_can: Layout<
    | 'can_ifindex'
    | 'can_addr.tp.rx_id'
    | 'can_addr.tp.tx_id'
    | 'can_addr.j1939.name'
    | 'can_addr.j1939.pgn'
    | 'can_addr.j1939.addr'
  >
  readonly sockaddr_tipc: Layout<
    | 'addrtype'
    | 'scope'
    | 'addr.nameseq.type'
    | 'addr.nameseq.lower'
    | 'addr.nameseq.upper'
    | 'addr.name.name.type'
    | 'addr.name.name.instance'
    | 'addr.id.node'
    | 'addr.id.ref'
  >
  readonly sockaddr_alg: Layout<'salg_type' | 'salg_feat' | 'salg_mask' | 'salg_name'>
  readonly sockaddr_l2: Layout<'l2_psm' | 'l2_bdaddr' | 'l2_cid' | 'l2_bdaddr_type'>
  readonly sockaddr_rc: Layout<'rc_bdaddr' | 'rc_channel'>
  readonly sockaddr_sco: Layout<'sco_bdaddr'>
  readonly sockaddr_hci: Layout<'hci_dev' | 'hci_channel'>
  readonly sockaddr_qrtr: Layout<'sq_node' | 'sq_port'>

  // What else calls take.
  readonly pollfd: Layout<'fd' | 'events' | 'revents'>
  readonly epoll_event: Layout<'events' | 'data'>
  readonly batch_record: Layout<
    'length' | 'flags' | 'address_length' | 'control_length' | 'segment_size' | 'address'
  >
  readonly batch_header: Layout<never>
  readonly batch_seal: Layout<never>
  readonly ifreq: Layout<'ifr_ifindex'>

  // Values of options.
  readonly linger: Layout<'l_onoff' | 'l_linger'>
  readonly timeval: Layout<'tv_sec' | 'tv_usec'>
  readonly timespec: Layout<'tv_sec' | 'tv_nsec'>
  readonly ucred: Layout<'pid' | 'uid' | 'gid'>
  readonly sock_txtime: Layout<'clockid' | 'flags'>
  readonly sock_filter: Layout<'code' | 'jt' | 'jf' | 'k'>
  readonly tcp_md5sig: Layout<
    'tcpm_addr' | 'tcpm_flags' | 'tcpm_prefixlen' | 'tcpm_keylen' | 'tcpm_ifindex' | 'tcpm_key'
  >
  readonly ip_mreq: Layout<'imr_multiaddr' | 'imr_interface'>
  readonly ip_mreqn: Layout<'imr_multiaddr' | 'imr_address' | 'imr_ifindex'>
  readonly ip_mreq_source: Layout<'imr_multiaddr' | 'imr_interface' | 'imr_sourceaddr'>
  readonly ipv6_mreq: Layout<'ipv6mr_multiaddr' | 'ipv6mr_interface'>
  readonly group_req: Layout<'gr_interface' | 'gr_group'>
  readonly group_source_req: Layout<'gsr_interface' | 'gsr_group' | 'gsr_source'>
  readonly group_filter: Layout<'gf_interface' | 'gf_group' | 'gf_fmode' | 'gf_numsrc' | 'gf_slist'>
  readonly ip_msfilter: Layout<
    'imsf_multiaddr' | 'imsf_interface' | 'imsf_fmode' | 'imsf_numsrc' | 'imsf_slist'
  >
  readonly icmp_filter: Layout<'data'>
  readonly icmp6_filter: Layout<'data'>
  /** As native/kernel.h has it; its many fields are named in core/structs/tcp-info.ts. */
  readonly tcp_info: Layout<`tcpi_${string}`>
  /** SO_MEMINFO, an array whose elements are named here. */
  readonly meminfo: Layout<
    | 'rmem_alloc'
    | 'rcvbuf'
    | 'wmem_alloc'
    | 'sndbuf'
    | 'fwd_alloc'
    | 'wmem_queued'
    | 'optmem'
    | 'backlog'
    | 'drops'
  >
  readonly so_timestamping: Layout<'flags' | 'bind_phc'>
  readonly bt_security: Layout<'level' | 'key_size'>
  readonly packet_mreq: Layout<'mr_ifindex' | 'mr_type' | 'mr_alen' | 'mr_address'>
  readonly tpacket_stats_v3: Layout<'tp_packets' | 'tp_drops' | 'tp_freeze_q_cnt'>
  readonly can_filter: Layout<'can_id' | 'can_mask'>
  readonly can_isotp_options: Layout<
    'flags' | 'frame_txtime' | 'ext_address' | 'txpad_content' | 'rxpad_content' | 'rx_ext_address'
  >
  readonly can_isotp_fc_options: Layout<'bs' | 'stmin' | 'wftmax'>
  readonly can_isotp_ll_options: Layout<'mtu' | 'tx_dl' | 'tx_flags'>
  readonly j1939_filter: Layout<'name' | 'name_mask' | 'pgn' | 'pgn_mask' | 'addr' | 'addr_mask'>

  // Ancillary data.
  readonly in_pktinfo: Layout<'ipi_ifindex' | 'ipi_spec_dst' | 'ipi_addr'>
  readonly in6_pktinfo: Layout<'ipi6_addr' | 'ipi6_ifindex'>
  readonly sock_extended_err: Layout<'ee_errno' | 'ee_origin' | 'ee_type' | 'ee_code' | 'ee_info' | 'ee_data'>
  readonly scm_ts_pktinfo: Layout<'if_index' | 'pkt_length'>
  readonly tpacket_auxdata: Layout<
    'tp_status' | 'tp_len' | 'tp_snaplen' | 'tp_mac' | 'tp_net' | 'tp_vlan_tci' | 'tp_vlan_tpid'
  >
  readonly af_alg_iv: Layout<'ivlen' | 'iv'>
  readonly rds_rdma_notify: Layout<'user_token' | 'status'>
  readonly rds_zcopy_cookies: Layout<'num' | 'cookies'>
  readonly sctp_initmsg: Layout<
    'sinit_num_ostreams' | 'sinit_max_instreams' | 'sinit_max_attempts' | 'sinit_max_init_timeo'
  >
  readonly sctp_sndrcvinfo: Layout<
    | 'sinfo_stream'
    | 'sinfo_ssn'
    | 'sinfo_flags'
    | 'sinfo_ppid'
    | 'sinfo_context'
    | 'sinfo_timetolive'
    | 'sinfo_tsn'
    | 'sinfo_cumtsn'
    | 'sinfo_assoc_id'
  >
  readonly sctp_sndinfo: Layout<'snd_sid' | 'snd_flags' | 'snd_ppid' | 'snd_context' | 'snd_assoc_id'>
  readonly sctp_rcvinfo: Layout<
    | 'rcv_sid'
    | 'rcv_ssn'
    | 'rcv_flags'
    | 'rcv_ppid'
    | 'rcv_tsn'
    | 'rcv_cumtsn'
    | 'rcv_context'
    | 'rcv_assoc_id'
  >
  readonly sctp_nxtinfo: Layout<'nxt_sid' | 'nxt_flags' | 'nxt_ppid' | 'nxt_length' | 'nxt_assoc_id'>
  readonly sctp_prinfo: Layout<'pr_policy' | 'pr_value'>
  readonly cmsghdr: Layout<'cmsg_len' | 'cmsg_level' | 'cmsg_type' | 'alignment'>
}

/** What single families send, receive and take as options: the rows of native/layout-families.c. */
export interface FamilyStructs {
  readonly can_frame: Layout<'can_id' | 'len' | 'data'>
  readonly canfd_frame: Layout<'can_id' | 'len' | 'flags' | 'data'>
  readonly bcm_msg_head: Layout<'opcode' | 'flags' | 'count' | 'ival1' | 'ival2' | 'can_id' | 'nframes'>
  readonly tpacket_req3: Layout<
    'tp_block_size' | 'tp_block_nr' | 'tp_frame_size' | 'tp_frame_nr' | 'tp_retire_blk_tov'
  >
  readonly tpacket_block_desc: Layout<
    | 'hdr.bh1.block_status'
    | 'hdr.bh1.num_pkts'
    | 'hdr.bh1.offset_to_first_pkt'
    | 'hdr.bh1.blk_len'
    | 'hdr.bh1.seq_num'
  >
  readonly tpacket3_hdr: Layout<
    | 'tp_next_offset'
    | 'tp_sec'
    | 'tp_nsec'
    | 'tp_snaplen'
    | 'tp_len'
    | 'tp_status'
    | 'tp_mac'
    | 'tp_net'
    | 'hv1.tp_vlan_tci'
    | 'hv1.tp_vlan_tpid'
    | 'address'
  >
  readonly sctp_event: Layout<'se_assoc_id' | 'se_type' | 'se_on'>
  readonly sctp_assoc_change: Layout<
    | 'sac_type'
    | 'sac_flags'
    | 'sac_length'
    | 'sac_state'
    | 'sac_error'
    | 'sac_outbound_streams'
    | 'sac_inbound_streams'
    | 'sac_assoc_id'
  >
  readonly sctp_shutdown_event: Layout<'sse_assoc_id'>
  readonly sctp_status: Layout<
    | 'sstat_assoc_id'
    | 'sstat_state'
    | 'sstat_rwnd'
    | 'sstat_unackdata'
    | 'sstat_penddata'
    | 'sstat_instrms'
    | 'sstat_outstrms'
    | 'sstat_fragmentation_point'
  >
  readonly sctp_peeloff_arg_t: Layout<'associd' | 'sd'>
  readonly tipc_subscr: Layout<'seq.type' | 'seq.lower' | 'seq.upper' | 'timeout' | 'filter' | 'usr_handle'>
  readonly tipc_event: Layout<
    'event' | 'found_lower' | 'found_upper' | 'port.ref' | 'port.node' | 's.usr_handle'
  >
  readonly tipc_group_req: Layout<'type' | 'instance' | 'scope' | 'flags'>
  readonly hci_filter: Layout<'type_mask' | 'event_mask' | 'opcode'>
  readonly l2cap_options: Layout<'omtu' | 'imtu' | 'flush_to' | 'mode' | 'fcs' | 'max_tx' | 'txwin_size'>
  readonly tls12_crypto_info_aes_gcm_128: Layout<'iv' | 'key' | 'salt' | 'rec_seq'>
  readonly tls12_crypto_info_aes_gcm_256: Layout<'iv' | 'key' | 'salt' | 'rec_seq'>
  readonly tls12_crypto_info_aes_ccm_128: Layout<'iv' | 'key' | 'salt' | 'rec_seq'>
  readonly tls12_crypto_info_chacha20_poly1305: Layout<'iv' | 'key' | 'salt' | 'rec_seq'>
}

/** The structs of netlink messages: the rows of native/layout-netlink.c. */
export interface NetlinkStructs {
  readonly nlmsghdr: Layout<'nlmsg_len' | 'nlmsg_type' | 'nlmsg_flags' | 'nlmsg_seq' | 'nlmsg_pid'>
  readonly nlmsgerr: Layout<'error' | 'msg'>
  readonly nlattr: Layout<'nla_len' | 'nla_type'>
  readonly rtgenmsg: Layout<'rtgen_family'>
  readonly ifinfomsg: Layout<'ifi_family' | 'ifi_type' | 'ifi_index' | 'ifi_flags' | 'ifi_change'>
  readonly rtnl_link_stats64: Layout<
    | 'rx_packets'
    | 'tx_packets'
    | 'rx_bytes'
    | 'tx_bytes'
    | 'rx_errors'
    | 'tx_errors'
    | 'rx_dropped'
    | 'tx_dropped'
    | 'multicast'
    | 'collisions'
  >
  readonly ifaddrmsg: Layout<'ifa_family' | 'ifa_prefixlen' | 'ifa_flags' | 'ifa_scope' | 'ifa_index'>
  readonly ifa_cacheinfo: Layout<'ifa_prefered' | 'ifa_valid' | 'cstamp' | 'tstamp'>
  readonly rtmsg: Layout<
    | 'rtm_family'
    | 'rtm_dst_len'
    | 'rtm_src_len'
    | 'rtm_tos'
    | 'rtm_table'
    | 'rtm_protocol'
    | 'rtm_scope'
    | 'rtm_type'
    | 'rtm_flags'
  >
  readonly rtnexthop: Layout<'rtnh_len' | 'rtnh_flags' | 'rtnh_hops' | 'rtnh_ifindex'>
  readonly rtvia: Layout<'rtvia_family' | 'rtvia_addr'>
  readonly ndmsg: Layout<'ndm_family' | 'ndm_ifindex' | 'ndm_state' | 'ndm_flags' | 'ndm_type'>
  readonly nda_cacheinfo: Layout<'ndm_confirmed' | 'ndm_used' | 'ndm_updated' | 'ndm_refcnt'>
  readonly fib_rule_hdr: Layout<'family' | 'dst_len' | 'src_len' | 'tos' | 'table' | 'action' | 'flags'>
  readonly inet_diag_req_v2: Layout<
    | 'sdiag_family'
    | 'sdiag_protocol'
    | 'idiag_ext'
    | 'idiag_states'
    | 'id.idiag_sport'
    | 'id.idiag_dport'
    | 'id.idiag_src'
    | 'id.idiag_dst'
    | 'id.idiag_if'
    | 'id.idiag_cookie'
  >
  readonly inet_diag_msg: Layout<
    | 'idiag_family'
    | 'idiag_state'
    | 'idiag_timer'
    | 'idiag_retrans'
    | 'id.idiag_sport'
    | 'id.idiag_dport'
    | 'id.idiag_src'
    | 'id.idiag_dst'
    | 'id.idiag_if'
    | 'id.idiag_cookie'
    | 'idiag_expires'
    | 'idiag_rqueue'
    | 'idiag_wqueue'
    | 'idiag_uid'
    | 'idiag_inode'
  >
  readonly inet_diag_meminfo: Layout<'idiag_rmem' | 'idiag_wmem' | 'idiag_fmem' | 'idiag_tmem'>
  readonly unix_diag_req: Layout<
    'sdiag_family' | 'sdiag_protocol' | 'udiag_states' | 'udiag_ino' | 'udiag_show' | 'udiag_cookie'
  >
  readonly unix_diag_msg: Layout<'udiag_family' | 'udiag_type' | 'udiag_state' | 'udiag_ino' | 'udiag_cookie'>
  readonly unix_diag_vfs: Layout<'udiag_vfs_ino' | 'udiag_vfs_dev'>
  readonly unix_diag_rqlen: Layout<'udiag_rqueue' | 'udiag_wqueue'>
  readonly packet_diag_req: Layout<
    'sdiag_family' | 'sdiag_protocol' | 'pdiag_ino' | 'pdiag_show' | 'pdiag_cookie'
  >
  readonly packet_diag_msg: Layout<'pdiag_family' | 'pdiag_type' | 'pdiag_num' | 'pdiag_ino' | 'pdiag_cookie'>
  readonly packet_diag_info: Layout<'pdi_index' | 'pdi_version' | 'pdi_flags'>
  readonly netlink_diag_req: Layout<
    'sdiag_family' | 'sdiag_protocol' | 'ndiag_ino' | 'ndiag_show' | 'ndiag_cookie'
  >
  readonly netlink_diag_msg: Layout<
    | 'ndiag_family'
    | 'ndiag_type'
    | 'ndiag_protocol'
    | 'ndiag_state'
    | 'ndiag_portid'
    | 'ndiag_dst_portid'
    | 'ndiag_dst_group'
    | 'ndiag_ino'
    | 'ndiag_cookie'
  >
}

/*
 * Structs of the kernel's interface that the headers at hand may lack, or know in an older and shorter form.
 *
 * Rule: this is the last resort of layout.c. What the headers have is taken from there; what is declared here although
 * some headers have it is checked against those. The kernel never changes what is once laid out, it only appends.
 */
#ifndef BERKELEY_KERNEL_H
#define BERKELEY_KERNEL_H

#include <linux/tcp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* Bluetooth: the kernel has no public header of these, BlueZ (libbluetooth-dev) has. Numbers are little-endian. */
#if __has_include(<bluetooth/bluetooth.h>)
#include <bluetooth/bluetooth.h>
#include <bluetooth/hci.h>
#include <bluetooth/l2cap.h>
#include <bluetooth/rfcomm.h>
#include <bluetooth/sco.h>
#else
typedef struct {
  uint8_t b[6];
} __attribute__((packed)) bdaddr_t;

struct sockaddr_l2 {
  sa_family_t l2_family;
  uint16_t l2_psm;
  bdaddr_t l2_bdaddr;
  uint16_t l2_cid;
  uint8_t l2_bdaddr_type;
};

struct sockaddr_rc {
  sa_family_t rc_family;
  bdaddr_t rc_bdaddr;
  uint8_t rc_channel;
};

struct sockaddr_sco {
  sa_family_t sco_family;
  bdaddr_t sco_bdaddr;
};

struct sockaddr_hci {
  sa_family_t hci_family;
  unsigned short hci_dev;
  unsigned short hci_channel;
};

struct hci_filter {
  uint32_t type_mask;
  uint32_t event_mask[2];
  uint16_t opcode;
};

struct l2cap_options {
  uint16_t omtu;
  uint16_t imtu;
  uint16_t flush_to;
  uint8_t mode;
  uint8_t fcs;
  uint8_t max_tx;
  uint16_t txwin_size;
};

struct bt_security {
  uint8_t level;
  uint8_t key_size;
};
#endif

/* struct tcp_info as of Linux 7.0, which every second release has made longer. A kernel fills as much of it as it knows.
 * Bit-fields are whole bytes here: tcpi_wscales, tcpi_flags. Of tcpi_accecn the parts differ: in Linux 6.18 and 6.19 two
 * numbers of 16 bits, later bit-fields of 2, 2, 4 and 24 bits. */
#define TCP_INFO_MEMBERS(MEMBER)                                                                                  \
  MEMBER(uint8_t, tcpi_state)                                                                                     \
  MEMBER(uint8_t, tcpi_ca_state)                                                                                  \
  MEMBER(uint8_t, tcpi_retransmits)                                                                               \
  MEMBER(uint8_t, tcpi_probes)                                                                                    \
  MEMBER(uint8_t, tcpi_backoff)                                                                                   \
  MEMBER(uint8_t, tcpi_options)                                                                                   \
  MEMBER(uint8_t, tcpi_wscales)                                                                                   \
  MEMBER(uint8_t, tcpi_flags)                                                                                     \
  MEMBER(uint32_t, tcpi_rto)                                                                                      \
  MEMBER(uint32_t, tcpi_ato)                                                                                      \
  MEMBER(uint32_t, tcpi_snd_mss)                                                                                  \
  MEMBER(uint32_t, tcpi_rcv_mss)                                                                                  \
  MEMBER(uint32_t, tcpi_unacked)                                                                                  \
  MEMBER(uint32_t, tcpi_sacked)                                                                                   \
  MEMBER(uint32_t, tcpi_lost)                                                                                     \
  MEMBER(uint32_t, tcpi_retrans)                                                                                  \
  MEMBER(uint32_t, tcpi_fackets)                                                                                  \
  MEMBER(uint32_t, tcpi_last_data_sent)                                                                           \
  MEMBER(uint32_t, tcpi_last_ack_sent)                                                                            \
  MEMBER(uint32_t, tcpi_last_data_recv)                                                                           \
  MEMBER(uint32_t, tcpi_last_ack_recv)                                                                            \
  MEMBER(uint32_t, tcpi_pmtu)                                                                                     \
  MEMBER(uint32_t, tcpi_rcv_ssthresh)                                                                             \
  MEMBER(uint32_t, tcpi_rtt)                                                                                      \
  MEMBER(uint32_t, tcpi_rttvar)                                                                                   \
  MEMBER(uint32_t, tcpi_snd_ssthresh)                                                                             \
  MEMBER(uint32_t, tcpi_snd_cwnd)                                                                                 \
  MEMBER(uint32_t, tcpi_advmss)                                                                                   \
  MEMBER(uint32_t, tcpi_reordering)                                                                               \
  MEMBER(uint32_t, tcpi_rcv_rtt)                                                                                  \
  MEMBER(uint32_t, tcpi_rcv_space)                                                                                \
  MEMBER(uint32_t, tcpi_total_retrans)                                                                            \
  MEMBER(uint64_t, tcpi_pacing_rate)                                                                              \
  MEMBER(uint64_t, tcpi_max_pacing_rate)                                                                          \
  MEMBER(uint64_t, tcpi_bytes_acked)                                                                              \
  MEMBER(uint64_t, tcpi_bytes_received)                                                                           \
  MEMBER(uint32_t, tcpi_segs_out)                                                                                 \
  MEMBER(uint32_t, tcpi_segs_in)                                                                                  \
  MEMBER(uint32_t, tcpi_notsent_bytes)                                                                            \
  MEMBER(uint32_t, tcpi_min_rtt)                                                                                  \
  MEMBER(uint32_t, tcpi_data_segs_in)                                                                             \
  MEMBER(uint32_t, tcpi_data_segs_out)                                                                            \
  MEMBER(uint64_t, tcpi_delivery_rate)                                                                            \
  MEMBER(uint64_t, tcpi_busy_time)                                                                                \
  MEMBER(uint64_t, tcpi_rwnd_limited)                                                                             \
  MEMBER(uint64_t, tcpi_sndbuf_limited)                                                                           \
  MEMBER(uint32_t, tcpi_delivered)                                                                                \
  MEMBER(uint32_t, tcpi_delivered_ce)                                                                             \
  MEMBER(uint64_t, tcpi_bytes_sent)                                                                               \
  MEMBER(uint64_t, tcpi_bytes_retrans)                                                                            \
  MEMBER(uint32_t, tcpi_dsack_dups)                                                                               \
  MEMBER(uint32_t, tcpi_reord_seen)                                                                               \
  MEMBER(uint32_t, tcpi_rcv_ooopack)                                                                              \
  MEMBER(uint32_t, tcpi_snd_wnd)                                                                                  \
  MEMBER(uint32_t, tcpi_rcv_wnd)                                                                                  \
  MEMBER(uint32_t, tcpi_rehash)                                                                                   \
  MEMBER(uint16_t, tcpi_total_rto)                                                                                \
  MEMBER(uint16_t, tcpi_total_rto_recoveries)                                                                     \
  MEMBER(uint32_t, tcpi_total_rto_time)                                                                           \
  MEMBER(uint32_t, tcpi_received_ce)                                                                              \
  MEMBER(uint32_t, tcpi_delivered_e1_bytes)                                                                       \
  MEMBER(uint32_t, tcpi_delivered_e0_bytes)                                                                       \
  MEMBER(uint32_t, tcpi_delivered_ce_bytes)                                                                       \
  MEMBER(uint32_t, tcpi_received_e1_bytes)                                                                        \
  MEMBER(uint32_t, tcpi_received_e0_bytes)                                                                        \
  MEMBER(uint32_t, tcpi_received_ce_bytes)                                                                        \
  MEMBER(uint32_t, tcpi_accecn)

struct kernel_tcp_info {
#define DECLARE_MEMBER(type, name) type name;
  TCP_INFO_MEMBERS(DECLARE_MEMBER)
#undef DECLARE_MEMBER
};

/* Members of several ages: if one before them were missing, they would not agree. */
#define SAME_PLACE(member)                                                                                        \
  _Static_assert(offsetof(struct kernel_tcp_info, member) == offsetof(struct tcp_info, member), #member)
SAME_PLACE(tcpi_options);
SAME_PLACE(tcpi_rto);
SAME_PLACE(tcpi_total_retrans);
SAME_PLACE(tcpi_pacing_rate);
SAME_PLACE(tcpi_bytes_received);
SAME_PLACE(tcpi_sndbuf_limited);
SAME_PLACE(tcpi_rcv_ooopack);
_Static_assert(sizeof(struct kernel_tcp_info) >= sizeof(struct tcp_info), "struct tcp_info has grown");
#undef SAME_PLACE

#endif

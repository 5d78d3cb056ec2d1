/*
 * Programs of extended BPF: loading them. They are attached by options, see sockopt.c.
 */
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "addon.h"

/* bpf_prog_load(type, instructions, license, log) → a descriptor, close-on-exec, or -errno; `license` ends with a NUL, and
 * `log`, unless it is empty, gets what the verifier says, as text.  man 2 bpf, BPF_PROG_LOAD */
EXPORT(sys_bpf_prog_load) {
  ARGUMENTS(4);
  INT(type, 0);
  BYTES(instructions, 1);
  BYTES(license, 2);
  BYTES(log, 3);
  if (license_length == 0 || license[license_length - 1] != '\0') return broken_contract(env, __func__, "license");
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.prog_type = (uint32_t)type;
  attributes.insns = (uintptr_t)instructions;
  attributes.insn_cnt = (uint32_t)(instructions_length / sizeof(struct bpf_insn));
  attributes.license = (uintptr_t)license;
  if (log_length > 0) {
    attributes.log_level = 1;
    attributes.log_size = (uint32_t)log_length;
    attributes.log_buf = (uintptr_t)log;
  }
  return number(env, RETRY(syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes)));
}

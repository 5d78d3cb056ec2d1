/*
 * Network interfaces: their names and indices.
 */
#include <net/if.h>
#include <sys/ioctl.h>

#include "addon.h"
#include "pack.h"

/* if_nameindex(bytes) → how long the packed list is (pack.h: index, name, index, name …), of which `bytes` got what
 * fits; or -errno.  man 3 if_nameindex */
EXPORT(sys_if_nameindex) {
  ARGUMENTS(1);
  BYTES(bytes, 0);
  struct if_nameindex *interfaces = if_nameindex();
  if (interfaces == NULL) return number(env, -errno);
  struct pack pack = {0};
  for (const struct if_nameindex *interface = interfaces; interface->if_index != 0; interface++) {
    put_number(&pack, (int32_t)interface->if_index);
    put_text(&pack, interface->if_name);
  }
  if_freenameindex(interfaces);
  int64_t result = pack.out_of_memory ? -ENOMEM : (int64_t)unload(&pack, bytes, bytes_length);
  free(pack.bytes);
  return number(env, result);
}

/* if_nametoindex(name) → index or -errno; `name` ends with a NUL.  man 3 if_nametoindex */
EXPORT(sys_if_nametoindex) {
  ARGUMENTS(1);
  BYTES(name, 0);
  if (name_length == 0 || name[name_length - 1] != 0) return broken_contract(env, __func__, "name");
  unsigned index = if_nametoindex((const char *)name);
  return number(env, index == 0 ? -errno : (int64_t)index);
}

/* if_indextoname(index, bytes) → how many bytes the name has, or -errno.  man 3 if_indextoname */
EXPORT(sys_if_indextoname) {
  ARGUMENTS(2);
  SIZE(index, 0);
  BYTES(bytes, 1);
  if (bytes_length < IF_NAMESIZE) return broken_contract(env, __func__, "bytes");
  if (if_indextoname((unsigned)index, (char *)bytes) == NULL) return number(env, -errno);
  return number(env, (int64_t)strlen((char *)bytes));
}

/* get_interface_index(fd, name) → index or -errno, in the network namespace of the socket; `name` ends with a NUL.
 * man 7 netdevice, SIOCGIFINDEX */
EXPORT(sys_get_interface_index) {
  ARGUMENTS(2);
  INT(fd, 0);
  BYTES(name, 1);
  struct ifreq request = {0};
  if (name_length == 0 || name_length > sizeof request.ifr_name || name[name_length - 1] != 0)
    return broken_contract(env, __func__, "name");
  memcpy(request.ifr_name, name, name_length);
  if (ioctl(fd, SIOCGIFINDEX, &request) == -1) return number(env, -errno);
  return number(env, request.ifr_ifindex);
}

/* get_interface_name(fd, index, bytes) → how many bytes the name has, or -errno, in the network namespace of the socket.
 * man 7 netdevice, SIOCGIFNAME */
EXPORT(sys_get_interface_name) {
  ARGUMENTS(3);
  INT(fd, 0);
  INT(index, 1);
  BYTES(bytes, 2);
  struct ifreq request = {.ifr_ifindex = index};
  if (bytes_length < sizeof request.ifr_name) return broken_contract(env, __func__, "bytes");
  if (ioctl(fd, SIOCGIFNAME, &request) == -1) return number(env, -errno);
  size_t length = strnlen(request.ifr_name, sizeof request.ifr_name);
  memcpy(bytes, request.ifr_name, length);
  return number(env, (int64_t)length);
}

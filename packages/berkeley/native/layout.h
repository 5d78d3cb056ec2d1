/* What tables of struct layouts are made of: layout.c, and layout-netlink.c, whose structs only few programs need. */
#ifndef BERKELEY_LAYOUT_H
#define BERKELEY_LAYOUT_H

#include <stddef.h>

#include "addon.h"

struct layout_row {
  const char *type;
  const char *field;
  size_t value;
};

/* The rows of a struct stand together, STRUCT first. A member of a member is named by its path: "addr.id.node". */
#define STRUCT(type) {#type, "size", sizeof(struct type)}
#define FIELD(type, field) {#type, #field, offsetof(struct type, field)}

/* An object of objects: type -> field -> value. */
napi_value layout_object(napi_env env, const struct layout_row *rows, size_t count);

#endif

/*
 * The part of libuv's stable ABI that ready.c uses, as the `node` executable exports it. Handles are opaque and their
 * size is asked at run time, so no libuv header of a certain version is needed, and one binary serves every Node.
 */
#ifndef BERKELEY_LIBUV_H
#define BERKELEY_LIBUV_H

#include <stddef.h>

typedef struct uv_loop_s uv_loop_t;
typedef struct uv_handle_s uv_handle_t;
typedef struct uv_poll_s uv_poll_t;

enum { UV_POLL = 8 }; /* uv_handle_type; the order of that enum is frozen within libuv 1.x */
enum { UV_READABLE = 1 };

size_t uv_handle_size(int type);
void uv_handle_set_data(uv_handle_t *handle, void *data);
void *uv_handle_get_data(const uv_handle_t *handle);
int uv_poll_init(uv_loop_t *loop, uv_poll_t *handle, int fd);
int uv_poll_start(uv_poll_t *handle, int events, void (*callback)(uv_poll_t *handle, int status, int events));
int uv_poll_stop(uv_poll_t *handle);
void uv_close(uv_handle_t *handle, void (*callback)(uv_handle_t *handle));
void uv_ref(uv_handle_t *handle);
void uv_unref(uv_handle_t *handle);

#endif

// SPDX-License-Identifier: EUPL-1.2
// A knooppunt-jzv that knows a melding again only until it is started anew. The test that kills it
// must notice.
#include "jzv/call.h"

#include <unistd.h>

void __real_jzv_make_id(const struct gateway *gateway, const char *what, struct bytes number,
			char ret_id[ID_MAX + 1]);
void __wrap_jzv_make_id(const struct gateway *gateway, const char *what, struct bytes number,
			char ret_id[ID_MAX + 1]);

void __wrap_jzv_make_id(const struct gateway *gateway, const char *what, struct bytes number,
			char ret_id[ID_MAX + 1])
{
	uint8_t pid[4];
	put_u32be(pid, (uint32_t)getpid());
	__real_jzv_make_id(gateway, what, number, ret_id);
	hex_encode(ret_id + 44, bytes_make(pid, sizeof pid));
}

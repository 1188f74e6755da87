// SPDX-License-Identifier: EUPL-1.2
// A knooppunt-adapter that knows a line again only until it is started anew. The test that kills it
// must notice.
#include "adapter/adapter.h"

#include <unistd.h>

void __real_adapter_make_id(const struct adapter *adapter, struct bytes number,
			    char ret_id[ID_MAX + 1]);
void __wrap_adapter_make_id(const struct adapter *adapter, struct bytes number,
			    char ret_id[ID_MAX + 1]);

void __wrap_adapter_make_id(const struct adapter *adapter, struct bytes number,
			    char ret_id[ID_MAX + 1])
{
	uint8_t pid[4];
	put_u32be(pid, (uint32_t)getpid());
	__real_adapter_make_id(adapter, number, ret_id);
	hex_encode(ret_id + 28, bytes_make(pid, sizeof pid));
}

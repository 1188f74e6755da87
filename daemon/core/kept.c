// SPDX-License-Identifier: EUPL-1.2
#include "core/kept.h"

#include "core/why.h"

#include <string.h>

// The most recently used stands first.
static struct convenant *take_to_front(struct core *core, size_t n)
{
	struct convenant *convenant = core->kept[n];
	memmove(&core->kept[1], &core->kept[0], n * sizeof core->kept[0]);
	core->kept[0] = convenant;
	return convenant;
}

static bool is_kept(const struct core *core, size_t n, const struct hash *hash)
{
	struct hash own = {{0}};
	if (core->kept[n])
		own = convenant_hash(core->kept[n]);
	return core->kept[n] && hash_equal(&own, hash);
}

void kept_put(struct core *core, struct convenant *convenant)
{
	convenant_free(core->kept[KEPT_MAX - 1]);
	core->kept[KEPT_MAX - 1] = convenant;
	take_to_front(core, KEPT_MAX - 1);
}

const struct convenant *kept_find(const struct core *core, const struct hash *hash)
{
	for (size_t n = 0; n < KEPT_MAX; n++)
		if (is_kept(core, n, hash))
			return core->kept[n];
	return NULL;
}

enum result kept_convenant(struct core *core, const struct hash *hash,
			   const struct convenant **ret_convenant)
{
	struct convenant *loaded = NULL;
	for (size_t n = 0; n < KEPT_MAX; n++)
		if (is_kept(core, n, hash)) {
			*ret_convenant = take_to_front(core, n);
			return RESULT_OK;
		}
	enum result r = why_convenant(core, hash, &loaded, ret_convenant);
	if (loaded)
		kept_put(core, loaded);
	return r;
}

void kept_free(struct core *core)
{
	for (size_t n = 0; n < KEPT_MAX; n++) {
		convenant_free(core->kept[n]);
		core->kept[n] = NULL;
	}
}

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

static bool are_of(const struct codes *codes, const struct hash *hash)
{
	struct hash own = codes ? codes_hash(codes) : (struct hash){{0}};
	return codes && hash_equal(&own, hash);
}

enum result kept_codes(struct core *core, const struct hash *hash, const struct codes **ret_codes)
{
	struct problem unheard = {.code = NULL};
	struct codes *loaded = NULL;
	struct buffer document;
	if (are_of(core->codes, hash) || are_of(core->tabellen.then, hash)) {
		*ret_codes = are_of(core->codes, hash) ? core->codes : core->tabellen.then;
		return RESULT_OK;
	}
	buffer_init(&document, CODES_DOCUMENT_MAX);
	enum result r = journal_document(core->journal, hash, &document);
	if (!r)
		r = codes_load(buffer_view(&document), "codes", &loaded, &unheard);
	buffer_done(&document);
	if (r)
		return r == RESULT_CONFIG || r == RESULT_MALFORMED ? RESULT_DAMAGED : r;
	codes_free(core->tabellen.then);
	*ret_codes = core->tabellen.then = loaded;
	return RESULT_OK;
}

void kept_free(struct core *core)
{
	codes_free(core->tabellen.then);
	core->tabellen.then = NULL;
	for (size_t n = 0; n < KEPT_MAX; n++) {
		convenant_free(core->kept[n]);
		core->kept[n] = NULL;
	}
}

// SPDX-License-Identifier: EUPL-1.2
#include "wire/chain.h"

#include <string.h>

void entry_chain_init(struct entry_chain *chain)
{
	memset(chain, 0, sizeof *chain);
}

static void step(struct entry_chain *chain, const struct entry *entry, const struct hash *leaf)
{
	bool is_register = entry->class == ENTRY_GENESIS || entry->class == ENTRY_REGISTER;
	chain->size++;
	chain->time = entry->time;
	chain->register_head = is_register ? *leaf : entry->register_head;
}

enum result entry_chain_resume(uint64_t index, struct bytes entry, const struct hash *leaf,
			       struct entry_chain *ret_chain)
{
	struct entry decoded;
	enum result result = entry_decode(entry, &decoded);
	if (result != RESULT_OK)
		return result;
	ret_chain->size = index;
	step(ret_chain, &decoded, leaf);
	return RESULT_OK;
}

enum entry_flaw entry_chain_add(struct entry_chain *chain, struct bytes entry,
				const struct hash *leaf)
{
	struct entry decoded;
	enum result result = entry_decode(entry, &decoded);
	if (result != RESULT_OK)
		return result == RESULT_UNSUPPORTED ? ENTRY_FLAW_VERSION : ENTRY_FLAW_FORM;
	if ((decoded.class == ENTRY_GENESIS) != (chain->size == 0))
		return ENTRY_FLAW_GENESIS;
	if (decoded.time < chain->time)
		return ENTRY_FLAW_TIME;
	if (!hash_equal(&decoded.register_head, &chain->register_head))
		return ENTRY_FLAW_REGISTER;
	step(chain, &decoded, leaf);
	return ENTRY_FITS;
}

static const struct {
	const char *text;
	size_t offset;
} flaws[] = {
	[ENTRY_FITS] = {"it fits", 0},
	[ENTRY_FLAW_FORM] = {"it does not have the form of an entry", 0},
	[ENTRY_FLAW_VERSION] = {"it has a version this program does not know", 4},
	[ENTRY_FLAW_GENESIS] = {"a genesis stands first in a log and only there", 5},
	[ENTRY_FLAW_TIME] = {"its time is before that of the entry before it", 8},
	[ENTRY_FLAW_REGISTER] = {"it does not name the newest register leaf before it", 16},
};

const char *entry_flaw_text(enum entry_flaw flaw)
{
	return flaws[flaw].text;
}

size_t entry_flaw_offset(enum entry_flaw flaw)
{
	return flaws[flaw].offset;
}

// SPDX-License-Identifier: EUPL-1.2
#include "flow/signing.h"

#include <stdlib.h>

enum result signing_follow(struct signing *signing, const struct registry *reg,
			   struct problem *problem)
{
	struct log_keys *next = calloc(1, sizeof *next);
	enum result r = next ? register_log_keys(reg, next) : RESULT_NO_MEMORY;
	if (!r)
		r = own_keys_suffice(&signing->own, reg, problem);
	if (!r)
		signing->keys = *next;
	free(next);
	return r;
}

enum result signing_note(const struct signing *signing, const struct checkpoint *checkpoint,
			 struct buffer *out)
{
	enum result r = RESULT_INTERNAL; // no key counts: signing_follow() lets none of that happen
	bool first = true;
	for (size_t i = 0; i < signing->keys.count; i++) {
		const struct log_vkey *key = &signing->keys.keys[i];
		const struct private_key *own = own_keys_find(&signing->own, key->vkey.public_key);
		if (!log_vkey_counts(key, checkpoint->size))
			continue;
		if (!own)
			return RESULT_INTERNAL;
		r = first ? checkpoint_sign(checkpoint, &key->vkey, own->secret, out)
			  : checkpoint_add_signature(out, &key->vkey, own->secret);
		first = false;
		if (r)
			return r;
	}
	return r;
}

const struct vkey *signing_vkey(const struct signing *signing)
{
	return &log_keys_at(&signing->keys, LOG_KEY_NEVER - 1)->vkey;
}

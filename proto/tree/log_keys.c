// SPDX-License-Identifier: EUPL-1.2
// Which key of a log a checkpoint must be signed by.
#include "tree/note.h"

#include <string.h>

void log_keys_one(struct log_keys *ret_keys, const struct vkey *vkey)
{
	ret_keys->keys[0] = (struct log_vkey){.vkey = *vkey, .until = LOG_KEY_NEVER};
	ret_keys->count = 1;
}

bool log_vkey_counts(const struct log_vkey *key, uint64_t size)
{
	// An empty log is under the key that it begins with.
	return (key->from < size || (key->from == 0 && size == 0)) && size <= key->until;
}

const struct log_vkey *log_keys_at(const struct log_keys *keys, uint64_t size)
{
	for (size_t i = keys->count; i-- > 0;)
		if (log_vkey_counts(&keys->keys[i], size))
			return &keys->keys[i];
	return NULL;
}

bool log_keys_have(const struct log_keys *keys, const struct vkey *vkey)
{
	for (size_t i = 0; i < keys->count; i++)
		if (strcmp(keys->keys[i].vkey.name, vkey->name) == 0 &&
		    memcmp(keys->keys[i].vkey.public_key, vkey->public_key, SIGN_PUBLIC_LEN) == 0)
			return true;
	return false;
}

// The size is known once some key verified the note; only then it shows which one it had to be.
enum result log_keys_verify(const struct log_keys *keys, struct bytes note,
			    struct checkpoint *ret_checkpoint)
{
	enum result result = RESULT_BAD_SIGNATURE;
	for (size_t i = keys->count; i-- > 0;) {
		struct checkpoint checkpoint;
		result = checkpoint_verify(note, &keys->keys[i].vkey, &checkpoint);
		if (result == RESULT_BAD_SIGNATURE)
			continue;
		if (result != RESULT_OK)
			return result;
		if (log_keys_at(keys, checkpoint.size) != &keys->keys[i])
			return RESULT_BAD_SIGNATURE;
		*ret_checkpoint = checkpoint;
		return RESULT_OK;
	}
	return result;
}

// SPDX-License-Identifier: EUPL-1.2
#include "audit/verify_internal.h"
#include "base/file.h"

#include <string.h>

#define KEY_FILE_MAX (VKEY_MAX + 1)

// One line of text; an editor's newline at its end is fine.
static enum result parse_key(const struct buffer *content, struct vkey *ret_vkey)
{
	struct bytes text = buffer_view(content);
	if (text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	return vkey_parse(text, ret_vkey);
}

static enum result own_key(struct verifier *verifier)
{
	enum result result = verify_read(verifier, "log.vkey", KEY_FILE_MAX, &verifier->file);
	if (result == RESULT_NOT_FOUND)
		return verify_report(verifier, "log.vkey",
				     "missing, and no key of the log was given");
	if (result == RESULT_TOO_LARGE)
		return verify_report(verifier, "log.vkey", "not a key of a log: too long");
	if (result != RESULT_OK)
		return result;
	if (parse_key(&verifier->file, &verifier->vkey) != RESULT_OK)
		return verify_report(verifier, "log.vkey",
				     "not a key of a log: its form or its own hash is wrong");
	return RESULT_OK;
}

static const struct vkey *newest_key(const struct verifier *verifier)
{
	return &verifier->keys.keys[verifier->keys.count - 1].vkey;
}

// The folder's own copy must not mislead whoever uses it next.
static enum result compare_own_key(struct verifier *verifier)
{
	char line[VKEY_MAX + 1];
	vkey_format(line, newest_key(verifier));
	size_t len = strlen(line);
	line[len] = '\n';
	enum result result = verify_read(verifier, "log.vkey", KEY_FILE_MAX, &verifier->file);
	if (result == RESULT_NOT_FOUND)
		return RESULT_OK;
	if (result != RESULT_OK && result != RESULT_TOO_LARGE)
		return result;
	struct bytes got = buffer_view(&verifier->file), want = bytes_make(line, len + 1);
	size_t same = result == RESULT_OK ? verify_first_difference(got, want) : 0;
	if (result == RESULT_OK && same == got.len && same >= len)
		return RESULT_OK;
	verifier->outcome.has_offset = result == RESULT_OK;
	verifier->outcome.offset = same;
	return verify_report(verifier, "log.vkey",
			     verifier->shown_count > 0
				     ? "not the newest key of the log by its register"
				     : "not the key that was given, and no register beside it "
				       "shows that two roles changed the key of the log");
}

static enum result given_key(struct verifier *verifier)
{
	enum result result = file_read(verifier->options->vkey_file, KEY_FILE_MAX, &verifier->file);
	if (result == RESULT_TOO_LARGE)
		return RESULT_CONFIG;
	if (result != RESULT_OK)
		return result;
	if (parse_key(&verifier->file, &verifier->vkey) != RESULT_OK)
		return RESULT_CONFIG;
	return RESULT_OK;
}

// As given, or of the genesis or the policy given, or what lies there.
static enum result first_key(struct verifier *verifier)
{
	const struct verify_options *options = verifier->options;
	verifier->is_claimed =
		options->vkey_file || (options->policy_file && !verifier->has_genesis);
	if (options->vkey_file)
		return given_key(verifier);
	if (verifier->has_genesis)
		return RESULT_OK;
	if (!options->policy_file)
		return own_key(verifier);
	verifier->vkey = verifier->policy.logs[0].vkey;
	return RESULT_OK;
}

// Without a register the log has this one key.
static enum result key_of_log(struct verifier *verifier)
{
	const struct verify_source *source = verifier->options->source;
	enum result result = first_key(verifier);
	if (result == RESULT_OK && source)
		verifier->keys = *source->keys;
	else if (result == RESULT_OK)
		result = verify_register(verifier);
	if (result != RESULT_OK)
		return result;
	if (verifier->keys.count == 0)
		log_keys_one(&verifier->keys, &verifier->vkey);
	if (!log_keys_have(&verifier->keys, &verifier->vkey))
		return verify_report(
			verifier, "register",
			verifier->is_claimed    ? "by it the log never had the key that was given"
			: verifier->has_genesis ? "by it the log never had the key of its genesis"
						: "by it the log never had the key in log.vkey");
	return source ? RESULT_OK : compare_own_key(verifier);
}

bool verify_ties(const struct verifier *verifier, struct bytes note)
{
	struct checkpoint checkpoint;
	return checkpoint_verify(note, &verifier->vkey, &checkpoint) == RESULT_OK &&
	       checkpoint.size > 0;
}

// Acts of two roles that stand in no genesis we know could be anybody's, and a checkpoint that only
// the key they brought has signed is theirs as well.
static enum result is_tied(struct verifier *verifier)
{
	char given[VKEY_MAX], newest[VKEY_MAX];
	vkey_format(given, &verifier->vkey);
	vkey_format(newest, newest_key(verifier));
	if (!verifier->is_claimed || strcmp(given, newest) == 0)
		return RESULT_OK;
	verifier->outcome.other_key = true;
	if (verifier->has_genesis || verifier->last.ties || verifier->kept.ties)
		return RESULT_OK;
	return verify_report(verifier, "register",
			     "the key of the log changed since the one that was given, and nothing "
			     "ties the change to this log: give --genesis, or --last with a "
			     "checkpoint that the given key signed");
}

static enum result own_checkpoint(struct verifier *verifier)
{
	const struct verify_source *source = verifier->options->source;
	enum result result = RESULT_OK;
	if (source)
		buffer_append(&verifier->note, source->note);
	else
		result = verify_read(verifier, "checkpoint", CHECKPOINT_MAX, &verifier->note);
	if (result == RESULT_NOT_FOUND)
		return verify_report(verifier, "checkpoint", "missing");
	if (result == RESULT_TOO_LARGE)
		return verify_report(verifier, "checkpoint", "not a checkpoint: too long");
	if (result != RESULT_OK)
		return result;
	result = log_keys_verify(&verifier->keys, buffer_view(&verifier->note),
				 &verifier->checkpoint);
	if (result == RESULT_BAD_SIGNATURE)
		return verify_report(
			verifier, "checkpoint",
			"it does not carry a valid signature of the key that the log has "
			"at its size");
	if (result != RESULT_OK)
		return verify_report(verifier, "checkpoint", "not a signed checkpoint of this log");
	verifier->outcome.size = verifier->checkpoint.size;
	verifier->outcome.root = verifier->checkpoint.root;
	verify_cosigned(verifier, buffer_view(&verifier->note), verifier->checkpoint.size);
	return RESULT_OK;
}

static enum result seen_before(struct verifier *verifier)
{
	const char *path = verifier->options->last_file;
	enum result result = file_read(path, CHECKPOINT_MAX, &verifier->file);
	if (result == RESULT_NOT_FOUND)
		return RESULT_OK;
	if (result == RESULT_TOO_LARGE)
		return RESULT_CONFIG;
	if (result != RESULT_OK)
		return result;
	result = log_keys_verify(&verifier->keys, buffer_view(&verifier->file),
				 &verifier->last.checkpoint);
	// Whoever puts another log in the place of this one cannot sign with its key.
	if (result == RESULT_BAD_SIGNATURE)
		return verify_report_lost(
			verifier, path, buffer_view(&verifier->file),
			"the checkpoint seen before is not signed by the key that this "
			"log had at its size");
	if (result != RESULT_OK)
		return RESULT_CONFIG;
	if (verifier->last.checkpoint.size > verifier->checkpoint.size)
		return verify_report(verifier, "checkpoint",
				     "the log was cut off: it is shorter than the checkpoint seen "
				     "before");
	verifier->last.has = true;
	verifier->last.ties = verify_ties(verifier, buffer_view(&verifier->file));
	verify_cosigned(verifier, buffer_view(&verifier->file), verifier->last.checkpoint.size);
	return RESULT_OK;
}

enum result verify_heads(struct verifier *verifier)
{
	enum result result = verify_policy(verifier);
	if (result == RESULT_OK)
		result = verify_genesis(verifier);
	if (result == RESULT_OK)
		result = key_of_log(verifier);
	if (result == RESULT_OK)
		result = own_checkpoint(verifier);
	if (result == RESULT_OK && verifier->options->last_file)
		result = seen_before(verifier);
	if (result == RESULT_OK)
		result = verify_state_load(verifier);
	if (result == RESULT_OK)
		result = is_tied(verifier);
	return result == RESULT_OK ? verify_quorum(verifier) : result;
}

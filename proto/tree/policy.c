// SPDX-License-Identifier: EUPL-1.2
#include "tree/policy.h"

#include "tree/text.h"

#include <string.h>

// Takes the next word of a line; false: there is none. Words stand one space apart.
static bool take_word(struct bytes *line, struct bytes *ret_word)
{
	if (line->len == 0)
		return false;
	const uint8_t *space = memchr(line->data, ' ', line->len);
	size_t len = space ? (size_t)(space - line->data) : line->len;
	*ret_word = bytes_make(line->data, len);
	*line = bytes_make(line->data + len + (space ? 1 : 0), line->len - len - (space ? 1 : 0));
	return len > 0 && !(space && line->len == 0);
}

static bool is_word(struct bytes word, const char *text)
{
	return bytes_equal(word, bytes_of_text(text));
}

static enum result copy_text(struct bytes word, size_t max, char *out)
{
	if (word.len == 0 || word.len > max)
		return RESULT_MALFORMED;
	for (size_t i = 0; i < word.len; i++)
		if (word.data[i] <= ' ' || word.data[i] >= 0x7f)
			return RESULT_MALFORMED;
	memcpy(out, word.data, word.len);
	out[word.len] = '\0';
	return RESULT_OK;
}

static enum result take_url(struct bytes *line, char url[POLICY_URL_MAX + 1])
{
	struct bytes word;
	if (line->len == 0)
		return RESULT_OK;
	if (!take_word(line, &word) || line->len > 0)
		return RESULT_MALFORMED;
	return copy_text(word, POLICY_URL_MAX, url);
}

static uint32_t find(const struct policy *policy, struct bytes name)
{
	for (size_t i = 0; i < policy->member_count; i++)
		if (is_word(name, policy->members[i].name))
			return (uint32_t)i;
	return POLICY_NONE;
}

static bool key_is_known(const struct policy *policy, const struct vkey *vkey)
{
	for (size_t i = 0; i < policy->log_count; i++)
		if (memcmp(policy->logs[i].vkey.public_key, vkey->public_key, SIGN_PUBLIC_LEN) == 0)
			return true;
	for (size_t i = 0; i < policy->member_count; i++)
		if (!policy->members[i].is_group && memcmp(policy->members[i].vkey.public_key,
							   vkey->public_key, SIGN_PUBLIC_LEN) == 0)
			return true;
	return false;
}

static enum result take_log(struct policy *policy, struct bytes line)
{
	struct policy_log *log = &policy->logs[policy->log_count];
	struct bytes word;
	if (policy->log_count == POLICY_LOGS_MAX)
		return RESULT_TOO_LARGE;
	if (!take_word(&line, &word) || vkey_parse(word, &log->vkey) != RESULT_OK ||
	    key_is_known(policy, &log->vkey) || take_url(&line, log->url) != RESULT_OK)
		return RESULT_MALFORMED;
	policy->log_count++;
	return RESULT_OK;
}

// A member with the name that the line goes on with, not counted yet.
static enum result begin_member(struct policy *policy, struct bytes *line,
				struct policy_member **ret_member)
{
	struct policy_member *member = &policy->members[policy->member_count];
	struct bytes name;
	if (policy->member_count == POLICY_MEMBERS_MAX)
		return RESULT_TOO_LARGE;
	*member = (struct policy_member){.group = POLICY_NONE};
	if (!take_word(line, &name) || is_word(name, "none") || find(policy, name) != POLICY_NONE)
		return RESULT_MALFORMED;
	*ret_member = member;
	return copy_text(name, POLICY_NAME_MAX, member->name);
}

static enum result take_witness(struct policy *policy, struct bytes line)
{
	struct policy_member *member;
	struct bytes word;
	enum result result = begin_member(policy, &line, &member);
	if (result != RESULT_OK)
		return result;
	if (!take_word(&line, &word) || cosigner_parse(word, &member->vkey) != RESULT_OK ||
	    key_is_known(policy, &member->vkey) || take_url(&line, member->url) != RESULT_OK)
		return RESULT_MALFORMED;
	policy->member_count++;
	return RESULT_OK;
}

static enum result take_need(struct bytes word, uint64_t members, uint32_t *ret_need)
{
	uint64_t need = is_word(word, "any") ? 1 : members;
	if (!is_word(word, "any") && !is_word(word, "all") &&
	    text_read_decimal(word, &need) != RESULT_OK)
		return RESULT_MALFORMED;
	if (need < 1 || need > members)
		return RESULT_MALFORMED;
	*ret_need = (uint32_t)need;
	return RESULT_OK;
}

static enum result take_group(struct policy *policy, struct bytes line)
{
	struct policy_member *group;
	struct bytes need, name;
	uint64_t members = 0;
	enum result result = begin_member(policy, &line, &group);
	if (result != RESULT_OK)
		return result;
	if (!take_word(&line, &need))
		return RESULT_MALFORMED;
	for (; line.len > 0; members++) {
		uint32_t place = take_word(&line, &name) ? find(policy, name) : POLICY_NONE;
		if (place == POLICY_NONE || policy->members[place].group != POLICY_NONE)
			return RESULT_MALFORMED;
		policy->members[place].group = (uint32_t)policy->member_count;
	}
	group->is_group = true;
	policy->member_count++;
	return take_need(need, members, &group->need);
}

static enum result take_quorum(struct policy *policy, struct bytes line)
{
	struct bytes name;
	if (!take_word(&line, &name) || line.len > 0)
		return RESULT_MALFORMED;
	policy->quorum = find(policy, name);
	return policy->quorum != POLICY_NONE || is_word(name, "none") ? RESULT_OK
								      : RESULT_MALFORMED;
}

static enum result take_line(struct policy *policy, struct bytes line, bool *has_quorum)
{
	static const struct {
		const char *word;
		enum result (*take)(struct policy *policy, struct bytes line);
	} rows[] = {{"log", take_log}, {"witness", take_witness}, {"group", take_group}};
	struct bytes word;
	if (line.len == 0 || line.data[0] == '#')
		return RESULT_OK;
	if (!take_word(&line, &word))
		return RESULT_MALFORMED;
	if (is_word(word, "quorum")) {
		enum result result = *has_quorum ? RESULT_MALFORMED : take_quorum(policy, line);
		*has_quorum = true;
		return result;
	}
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (is_word(word, rows[i].word))
			return rows[i].take(policy, line);
	return RESULT_MALFORMED;
}

enum result policy_parse(struct bytes text, struct policy *ret_policy, unsigned *ret_line)
{
	bool has_quorum = false;
	struct bytes line;
	memset(ret_policy, 0, sizeof *ret_policy);
	ret_policy->quorum = POLICY_NONE;
	*ret_line = 1;
	if (text.len > POLICY_MAX)
		return RESULT_TOO_LARGE;
	for (; text.len > 0; (*ret_line)++) {
		if (!text_take_line(&text, &line))
			return RESULT_MALFORMED;
		enum result result = take_line(ret_policy, line, &has_quorum);
		if (result != RESULT_OK)
			return result;
	}
	return has_quorum ? RESULT_OK : RESULT_MALFORMED;
}

bool policy_has_log(const struct policy *policy, const struct vkey *vkey)
{
	for (size_t i = 0; i < policy->log_count; i++)
		if (strcmp(policy->logs[i].vkey.name, vkey->name) == 0 &&
		    memcmp(policy->logs[i].vkey.public_key, vkey->public_key, SIGN_PUBLIC_LEN) == 0)
			return true;
	return false;
}

bool policy_is_met(const struct policy *policy, struct bytes note)
{
	uint32_t counts[POLICY_MEMBERS_MAX] = {0}; // of each group: its members that are met
	bool met = policy->quorum == POLICY_NONE;
	// A group stands behind its members.
	for (size_t i = 0; i < policy->member_count; i++) {
		const struct policy_member *member = &policy->members[i];
		struct bytes text;
		uint64_t time;
		bool is_met = member->is_group ? counts[i] >= member->need
					       : cosignature_verify(note, &member->vkey, &text,
								    &time) == RESULT_OK;
		if (is_met && member->group != POLICY_NONE)
			counts[member->group]++;
		met |= is_met && policy->quorum == i;
	}
	return met;
}

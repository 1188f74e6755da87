// SPDX-License-Identifier: EUPL-1.2
// Whose cosignatures a checkpoint needs (C2SP tlog-policy): a text of lines, of which those that
// begin with # say nothing.
//
//	log <vkey> [url]
//	witness <name> <vkey> [url]
//	group <name> all|any|<k> <name>...
//	quorum <name>|none
//
// A group names witnesses and groups above it, each at most once in all groups; no key and no name
// occurs twice; there is one quorum, the last name that is told of.
#ifndef KNP_TREE_POLICY_H
#define KNP_TREE_POLICY_H

#include "tree/note.h"

#define POLICY_MAX 65536 // bytes
#define POLICY_LOGS_MAX 16
#define POLICY_MEMBERS_MAX 64
#define POLICY_NAME_MAX 63
#define POLICY_URL_MAX 255
#define POLICY_NONE                                                                                \
	UINT32_MAX // no member: of a quorum nobody is asked for, of a group it is in none

struct policy_log {
	struct vkey vkey;
	char url[POLICY_URL_MAX + 1]; // "": none is told
};

// A witness, or a group of the members that have it as their group.
struct policy_member {
	char name[POLICY_NAME_MAX + 1];
	bool is_group;
	uint32_t group; // place of the group it is in, or POLICY_NONE
	uint32_t need;  // of a group: how many of its members
	struct vkey vkey;
	char url[POLICY_URL_MAX + 1];
};

struct policy {
	struct policy_log logs[POLICY_LOGS_MAX];
	size_t log_count;
	struct policy_member members[POLICY_MEMBERS_MAX];
	size_t member_count;
	uint32_t quorum; // place of a member, or POLICY_NONE
};

// RESULT_MALFORMED, RESULT_TOO_LARGE (more than fits), with the line, from 1, in *ret_line; beyond
// the last one when the quorum is not told.
enum result policy_parse(struct bytes text, struct policy *ret_policy,
			 unsigned *ret_line) KNP_MUST_CHECK;
bool policy_has_log(const struct policy *policy, const struct vkey *vkey);
// Whether the cosignatures of a note are those that the quorum asks for. A bad cosignature of a
// witness is none. Who signed it for the log is not looked at.
bool policy_is_met(const struct policy *policy, struct bytes note);

#endif

// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/parent only: the parts a sandbox is made of, each whole by itself. Every function
// leaves the cause in errno when it fails.
#ifndef KNP_PARENT_LAYERS_H
#define KNP_PARENT_LAYERS_H

#include "parent/confine.h"
#include "parent/role.h"

// Sanitizers read /proc, map what they execute, and look for leaks from a thread that traces the
// others: only builds that have one relax the sandbox, by what is listed under this name.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CONFINE_RELAXED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CONFINE_RELAXED 1
#endif
#endif
#ifndef CONFINE_RELAXED
#define CONFINE_RELAXED 0
#endif

// ---- identity.c ----------------------------------------------------------------------------

struct identity {
	uid_t uid;
	gid_t gid;
};

// The user that a setting names, by name or number. RESULT_NOT_FOUND; RESULT_DENIED for root.
enum result identity_find(const char *text, struct identity *ret_identity) KNP_MUST_CHECK;
// Which setting a role's user is, NULL for the parent.
const char *identity_setting(enum role_kind kind, const struct settings *settings);
// For good: user, group and no further groups, and checked that there is no way back. RESULT_IO.
enum result identity_become(const struct identity *identity) KNP_MUST_CHECK;
// What may ever be had again: only the capabilities in `keep`, bits by number. Does what it is
// allowed to; no_new_privs bars the way to the rest.
void capabilities_bound(uint64_t keep);
// What is held: only those in `keep`, and checked. RESULT_IO.
enum result capabilities_keep(uint64_t keep) KNP_MUST_CHECK;

// ---- landlock.c ----------------------------------------------------------------------------

// Version of the kernel's interface, 0 without.
uint32_t landlock_version(void);
// Confines this process to the files of a role. RESULT_UNSUPPORTED, RESULT_IO.
enum result landlock_enter(enum role_kind kind, const struct settings *settings) KNP_MUST_CHECK;

// ---- calls.c -------------------------------------------------------------------------------

// Whether the kernel can kill a process for a call.
bool calls_supported(void);
// Confines every thread of this process to the calls of a role. RESULT_IO.
enum result calls_seal(enum role_kind kind) KNP_MUST_CHECK;

#endif

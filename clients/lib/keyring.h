// SPDX-License-Identifier: EUPL-1.2
// A party's key folder over time: the keys in use, the next ones, and what its spools are sealed
// under. Sealing keys change and retired private ones are destroyed (design §5); what lies in a
// spool must stay readable.
//
//   identity.key, sealing.key, transport.key, bundle.knp   in use
//   next/        the same four, made by `knooppunt rotate`, there whole or not at all
//   spool.key    made together with the first next keys: the key of the spools as it was. Without
//                it, it is HKDF-SHA-256(salt "knooppunt/spool/v1", sealing secret, info "")
//   retired-*.key  on their way out: what a crash leaves of them the next start destroys
//
// Several processes may use one folder, each with a spool of its own: who opens keys holds a shared
// lock on it meanwhile, who replaces them an exclusive one.
#ifndef KNP_LIB_KEYRING_H
#define KNP_LIB_KEYRING_H

#include "keys/keys.h"

#define KEYRING_NEXT "next"

struct key_set {
	struct private_key identity, sealing, transport;
};
struct keyring {
	struct key_set current, next;
	bool has_next;
	bool retired;       // the client's: the keys of `current` are wiped
	uint8_t *spool_key; // secret memory, 32 bytes
};

// Opens all of it, after finishing a replacement that a crash cut short. Fails as keyfile_open, and
// RESULT_IO, RESULT_DENIED when the folder cannot be locked or put right; `problem` says what to
// do.
enum result keyring_open(const char *folder, const struct unlock *unlock,
			 struct keyring *ret_keyring, struct problem *problem) KNP_MUST_CHECK;
void keyring_done(struct keyring *keyring);
void key_set_done(struct key_set *set);

// Makes the next keys and spool.key, not in use before keyring_offer(). RESULT_EXISTS when there
// are next keys. *ret_path is the folder they lie in, to which the caller adds their bundle.
#define KEYRING_PATH_MAX 400
enum result keyring_prepare(const char *folder, const struct unlock *unlock,
			    struct key_set *ret_next, char ret_path[KEYRING_PATH_MAX],
			    struct problem *problem) KNP_MUST_CHECK;
// From here on they are next/. RESULT_EXISTS, RESULT_IO.
enum result keyring_offer(const char *folder) KNP_MUST_CHECK;

// Puts the next keys in the place of those in use and destroys these. RESULT_NOT_FOUND when there
// are none; others when it could not be done whole: opening or promoting again goes on with it.
enum result keyring_promote(const char *folder) KNP_MUST_CHECK;
// Destroys the next keys: they are not to be used.
enum result keyring_drop_next(const char *folder) KNP_MUST_CHECK;

#endif

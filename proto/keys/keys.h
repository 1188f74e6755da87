// SPDX-License-Identifier: EUPL-1.2
// A party's own keys at rest and in memory, and the public bundle it hands to the beheerder.
// Keys are separate by use (design §5): identity (Ed25519, all statements), sealing (X25519),
// transport (CURVE, X25519). The knooppunt itself has: receive and send (X25519), log (Ed25519),
// transport (CURVE).
//
// On disk: a folder, mode 0700, with one file per key, mode 0600:
//   <name>.key   "KNPK1" magic, kdf, salt, nonce, sealed secret (see keys/keyfile.c)
//   unlock.key   optional: 32 random bytes that unlock the folder without a passphrase
//   bundle.knp   the public bundle (wire/bundle.h), mode 0644
#ifndef KNP_KEYS_KEYS_H
#define KNP_KEYS_KEYS_H

#include "base/bytes.h"
#include "base/problem.h"

#define OIN_LEN 20
#define KEY_ID_LEN 8
#define FUNCTIE_MAX 32  // characters of a functie name, [a-z0-9-]
#define FUNCTIES_MAX 16 // per party
bool functie_is_valid(struct bytes name);

// An OIN as 20 ASCII characters and a NUL ("00000099000000001000"). Logius, OIN-Stelsel.
struct oin {
	char text[OIN_LEN + 1];
};
// In counts of refusals: keys that were never enrolled, all of them together. Nobody has this OIN.
#define OIN_NOBODY "00000000000000000000"

// 20 digits (capitals allowed in positions 9..20, as some registers have them); RESULT_MALFORMED.
enum result oin_parse(struct bytes text, struct oin *ret_oin) KNP_MUST_CHECK;
bool oin_equal(const struct oin *a, const struct oin *b);

enum key_kind {
	KEY_KIND_IDENTITY = 1,
	KEY_KIND_SEALING = 2,
	KEY_KIND_TRANSPORT = 3,
	KEY_KIND_LOG = 4,
	KEY_KIND_COSIGN = 5,
	KEY_KIND_SPOOL = 6, // never leaves its folder: what a party's spools are sealed under
};

// First 8 bytes of SHA-256(PAE("knooppunt/key/v1", u8 kind, public key)).
struct key_id {
	uint8_t b[KEY_ID_LEN];
};
struct key_id key_id_of(enum key_kind kind, const uint8_t public_key[32]);
bool key_id_equal(const struct key_id *a, const struct key_id *b);

// One private key in secret memory with its public half. Ed25519 secrets are 64 bytes.
struct private_key {
	enum key_kind kind;
	struct key_id id;
	uint8_t public_key[32];
	uint8_t *secret; // secret_alloc'ed; 64 bytes for IDENTITY, LOG and COSIGN, else 32
};
void private_key_done(struct private_key *key);

// How a key folder is unlocked: with a passphrase (Argon2id, interactive limits) or with the 32
// bytes of a key file. Exactly one is set.
struct unlock {
	struct bytes passphrase;
	const char *key_file; // path
};

// Which key: <folder>/<name>.key, which holds one of this kind.
struct keyfile {
	const char *folder, *name;
	enum key_kind kind;
};

// Makes a new key, writes <folder>/<name>.key (0600, durable); makes the folder (0700) when it is
// not there. `name` is 1..40 of [a-z0-9-], else RESULT_MALFORMED. RESULT_EXISTS when there is such
// a key, RESULT_DENIED when others can read the folder, RESULT_CONFIG when the passphrase is empty
// or the key file is not one; further as file_create and secret_alloc.
enum result keyfile_create(const struct keyfile *file, const struct unlock *unlock,
			   struct private_key *ret_key) KNP_MUST_CHECK;
// The same for a secret of 32 bytes that is there already.
enum result keyfile_keep(const struct keyfile *file, const struct unlock *unlock,
			 const uint8_t secret[32]) KNP_MUST_CHECK;
// Opens <folder>/<name>.key. RESULT_NOT_FOUND, RESULT_DENIED (mode of folder or file),
// RESULT_BAD_SIGNATURE (wrong passphrase or key file), RESULT_DAMAGED (its checksum), RESULT_CONFIG
// (another kind of key or another way to unlock it), RESULT_UNSUPPORTED (newer format),
// RESULT_NO_MEMORY, RESULT_IO. `problem` says what to do, with code key-missing, key-permission,
// key-locked, key-damaged, key-unlock, key-kind, key-version, key-memory, key-name or key-io.
enum result keyfile_open(const struct keyfile *file, const struct unlock *unlock,
			 struct private_key *ret_key, struct problem *problem) KNP_MUST_CHECK;
// Makes the 32-byte unlock file (0600). RESULT_EXISTS.
enum result unlock_file_create(const char *path) KNP_MUST_CHECK;

// CURVE keys as libzmq wants them: Z85, 40 characters and a NUL.
void transport_z85(char out[41], const uint8_t key[32]);

#endif

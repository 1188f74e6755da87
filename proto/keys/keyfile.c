// SPDX-License-Identifier: EUPL-1.2
// A private key at rest, 103 bytes:
//    0  "KNPK1"
//    5  kdf: 1 Argon2id of a passphrase (crypto/passphrase.h), 2 HKDF-SHA256 of a key file
//    6  kind of key
//    7  salt, 16 bytes
//   23  nonce, 24 bytes
//   47  the 32-byte secret (the seed of Ed25519, the scalar of X25519) under XChaCha20-Poly1305,
//       with bytes 0..46 as associated data
//   95  first 8 bytes of SHA-256 of all before: tells a damaged file from a wrong passphrase
#include "keys/keys.h"

#include "base/file.h"
#include "crypto/hash.h"
#include "crypto/passphrase.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "crypto/sign.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define MAGIC "KNPK"
#define VERSION '1'
#define SECRET_LEN 32
#define UNLOCK_LEN 32
#define NAME_MAX_LEN 40

enum kdf { KDF_PASSPHRASE = 1, KDF_KEY_FILE = 2 };

struct __attribute__((packed)) file_image {
	char magic[4];
	char version;
	uint8_t kdf;
	uint8_t kind;
	uint8_t salt[PASSPHRASE_SALT_LEN];
	uint8_t nonce[SEAL_NONCE_LEN];
	uint8_t sealed[SECRET_LEN + SEAL_TAG_LEN];
	uint8_t check[8];
};
_Static_assert(sizeof(struct file_image) == 103, "the disk format is fixed");

static struct bytes header_of(const struct file_image *image)
{
	return bytes_make(image, offsetof(struct file_image, sealed));
}

static struct hash checksum_of(const struct file_image *image)
{
	return sha256(bytes_make(image, offsetof(struct file_image, check)));
}

void private_key_done(struct private_key *key)
{
	if (!key)
		return;
	secret_free(key->secret);
	memset(key, 0, sizeof *key);
}

static bool is_ed25519(enum key_kind kind)
{
	return kind == KEY_KIND_IDENTITY || kind == KEY_KIND_LOG || kind == KEY_KIND_COSIGN;
}

static enum result key_from_secret(enum key_kind kind, const uint8_t secret[SECRET_LEN],
				   struct private_key *ret_key)
{
	struct private_key key = {.kind = kind};
	enum result result =
		secret_alloc(is_ed25519(kind) ? SIGN_SECRET_LEN : SECRET_LEN, &key.secret);
	if (result != RESULT_OK)
		return result;
	if (is_ed25519(kind)) {
		sign_keypair_from_seed(key.public_key, key.secret, secret);
	} else {
		memcpy(key.secret, secret, SECRET_LEN);
		seal_public_of(key.public_key, key.secret);
	}
	key.id = key_id_of(kind, key.public_key);
	*ret_key = key;
	return RESULT_OK;
}

static enum kdf kdf_of(const struct unlock *unlock)
{
	return unlock->key_file ? KDF_KEY_FILE : KDF_PASSPHRASE;
}

static enum result derive_from_file(uint8_t *key, const char *path,
				    const uint8_t salt[PASSPHRASE_SALT_LEN])
{
	uint8_t *material;
	enum result result = secret_alloc(UNLOCK_LEN, &material);
	if (result != RESULT_OK)
		return result;
	result = file_read_private_exact(path, material, UNLOCK_LEN);
	if (result == RESULT_MALFORMED)
		result = RESULT_CONFIG;
	if (result == RESULT_OK)
		result = hkdf_sha256(key, SEAL_KEY_LEN, bytes_make(salt, PASSPHRASE_SALT_LEN),
				     bytes_make(material, UNLOCK_LEN),
				     bytes_of_text("knooppunt/keyfile/v1"));
	secret_free(material);
	return result;
}

// The key that seals the secret, in secret memory; the caller frees it.
static enum result unlock_derive(const struct unlock *unlock,
				 const uint8_t salt[PASSPHRASE_SALT_LEN], uint8_t **ret_key)
{
	if (!unlock->key_file && unlock->passphrase.len == 0)
		return RESULT_CONFIG;
	uint8_t *key;
	enum result result = secret_alloc(SEAL_KEY_LEN, &key);
	if (result != RESULT_OK)
		return result;
	if (unlock->key_file)
		result = derive_from_file(key, unlock->key_file, salt);
	else
		result = passphrase_derive(key, unlock->passphrase, salt);
	if (result != RESULT_OK) {
		secret_free(key);
		return result;
	}
	*ret_key = key;
	return RESULT_OK;
}

static enum result image_seal(struct file_image *image, const uint8_t secret[SECRET_LEN],
			      enum key_kind kind, const struct unlock *unlock)
{
	memcpy(image->magic, MAGIC, sizeof image->magic);
	image->version = VERSION;
	image->kdf = (uint8_t)kdf_of(unlock);
	image->kind = (uint8_t)kind;
	random_bytes(image->salt, sizeof image->salt);
	random_bytes(image->nonce, sizeof image->nonce);
	uint8_t *key;
	enum result result = unlock_derive(unlock, image->salt, &key);
	if (result != RESULT_OK)
		return result;
	seal_encrypt(image->sealed, bytes_make(secret, SECRET_LEN), header_of(image), image->nonce,
		     key);
	secret_free(key);
	struct hash check = checksum_of(image);
	memcpy(image->check, check.b, sizeof image->check);
	return RESULT_OK;
}

static enum result path_of(const struct keyfile *file, char out[PATH_MAX])
{
	size_t len = strlen(file->name);
	if (len < 1 || len > NAME_MAX_LEN ||
	    strspn(file->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return RESULT_MALFORMED;
	int made = snprintf(out, PATH_MAX, "%s/%s.key", file->folder, file->name);
	return made < 0 || made >= PATH_MAX ? RESULT_MALFORMED : RESULT_OK;
}

static enum result create_from_secret(const char *path, const uint8_t secret[SECRET_LEN],
				      enum key_kind kind, const struct unlock *unlock,
				      struct private_key *ret_key)
{
	struct file_image image;
	struct private_key key;
	enum result result = key_from_secret(kind, secret, &key);
	if (result != RESULT_OK)
		return result;
	result = image_seal(&image, secret, kind, unlock);
	if (result == RESULT_OK)
		result = file_create(path, bytes_make(&image, sizeof image), 0600);
	if (result != RESULT_OK) {
		private_key_done(&key);
		return result;
	}
	*ret_key = key;
	return RESULT_OK;
}

// The path of a key that is to be made, in a folder that is there and ours alone.
static enum result place_for(const struct keyfile *file, char out[PATH_MAX])
{
	enum result result = path_of(file, out);
	if (result == RESULT_OK)
		result = folder_ensure(file->folder);
	return result == RESULT_OK ? folder_check_private(file->folder) : result;
}

enum result keyfile_create(const struct keyfile *file, const struct unlock *unlock,
			   struct private_key *ret_key)
{
	char path[PATH_MAX];
	uint8_t *secret = NULL;
	enum result result = place_for(file, path);
	if (result == RESULT_OK)
		result = secret_alloc(SECRET_LEN, &secret);
	if (result != RESULT_OK)
		return result;
	random_bytes(secret, SECRET_LEN);
	result = create_from_secret(path, secret, file->kind, unlock, ret_key);
	secret_free(secret);
	return result;
}

enum result keyfile_keep(const struct keyfile *file, const struct unlock *unlock,
			 const uint8_t secret[SECRET_LEN])
{
	char path[PATH_MAX];
	struct private_key key;
	enum result result = place_for(file, path);
	if (result == RESULT_OK)
		result = create_from_secret(path, secret, file->kind, unlock, &key);
	if (result == RESULT_OK)
		private_key_done(&key);
	return result;
}

static enum result image_parse(struct bytes content, struct file_image *ret_image)
{
	struct file_image image;
	if (content.len < sizeof image.magic + 1 ||
	    memcmp(content.data, MAGIC, sizeof image.magic) != 0)
		return RESULT_DAMAGED;
	// The version decides over everything behind it, so it is looked at before the length.
	if (content.data[offsetof(struct file_image, version)] != VERSION)
		return RESULT_UNSUPPORTED;
	if (content.len != sizeof image)
		return RESULT_DAMAGED;
	memcpy(&image, content.data, sizeof image);
	struct hash check = checksum_of(&image);
	if (memcmp(check.b, image.check, sizeof image.check) != 0)
		return RESULT_DAMAGED;
	if (image.kdf != KDF_PASSPHRASE && image.kdf != KDF_KEY_FILE)
		return RESULT_UNSUPPORTED;
	*ret_image = image;
	return RESULT_OK;
}

static enum result image_read(const char *path, struct file_image *ret_image)
{
	struct buffer content;
	buffer_init(&content, 4096);
	enum result result = file_read_private(path, 4096, &content);
	if (result == RESULT_TOO_LARGE)
		result = RESULT_DAMAGED;
	if (result == RESULT_OK)
		result = image_parse(buffer_view(&content), ret_image);
	buffer_done(&content);
	return result;
}

static enum result image_open(const struct file_image *image, const struct unlock *unlock,
			      struct private_key *ret_key)
{
	uint8_t *secret = NULL, *key = NULL;
	enum result result = unlock_derive(unlock, image->salt, &key);
	if (result == RESULT_OK)
		result = secret_alloc(SECRET_LEN, &secret);
	if (result == RESULT_OK)
		result = seal_decrypt(secret, bytes_make(image->sealed, sizeof image->sealed),
				      header_of(image), image->nonce, key);
	if (result == RESULT_OK)
		result = key_from_secret((enum key_kind)image->kind, secret, ret_key);
	secret_free(secret);
	secret_free(key);
	return result;
}

// What can go wrong with the key file itself, in the words of the person who has to mend it.
static void explain_file(enum result result, const char *folder, struct problem *problem)
{
	switch (result) {
	case RESULT_NOT_FOUND:
		problem_set(problem, "key-missing",
			    "make the keys with `knooppunt keygen`, or "
			    "name the right folder",
			    "there is no such key file");
		break;
	case RESULT_DENIED:
		problem_set(problem, "key-permission",
			    "chown both to the user that runs this "
			    "program; chmod 0700 the folder and 0600 the file",
			    "the key file or its folder %s is not ours alone", folder);
		break;
	case RESULT_DAMAGED:
		problem_set(problem, "key-damaged",
			    "restore the file from a backup; if there is "
			    "none, make a new key and have it enrolled",
			    "the key file is damaged");
		break;
	case RESULT_UNSUPPORTED:
		problem_set(problem, "key-version", "install the version of Knooppunt that made it",
			    "the key file has a format that this version does not know");
		break;
	case RESULT_MALFORMED:
		problem_set(problem, "key-name", "use 1 to 40 of a-z, 0-9 and '-'",
			    "this cannot be the name of a key");
		break;
	default:
		problem_set(problem, "key-io", "check the disk and the system log",
			    "the key file cannot be read: %s", result_name(result));
		break;
	}
}

// What can go wrong while unlocking it.
static void explain_unlock(enum result result, const struct unlock *unlock, struct problem *problem)
{
	const char *what = unlock->key_file ? "the unlock file" : "the passphrase";
	switch (result) {
	case RESULT_BAD_SIGNATURE:
		problem_set(problem, "key-locked", "give the one with which the key was made",
			    "%s does not open this key", what);
		break;
	case RESULT_NO_MEMORY:
		problem_set(problem, "key-memory",
			    "raise the memory limits of this program "
			    "(LimitMEMLOCK for locked memory; a passphrase needs 64 MiB)",
			    "there is not enough (locked) memory to open the key");
		break;
	case RESULT_NOT_FOUND:
	case RESULT_DENIED:
	case RESULT_CONFIG:
		problem_set(problem, "key-unlock",
			    "name a file of 32 bytes with mode 0600 that "
			    "belongs to this user, or give the passphrase",
			    "%s cannot be used: %s", what, result_name(result));
		break;
	default:
		problem_set(problem, "key-io", "check the disk and the system log",
			    "%s cannot be read: %s", what, result_name(result));
		break;
	}
}

static enum result check_use(const struct file_image *image, enum key_kind kind,
			     const struct unlock *unlock, struct problem *problem)
{
	if (image->kind != (uint8_t)kind) {
		problem_set(problem, "key-kind", "put each key back under its own name",
			    "the file holds another kind of key (%d) than its name says (%d)",
			    image->kind, (int)kind);
		return RESULT_CONFIG;
	}
	if (image->kdf != (uint8_t)kdf_of(unlock)) {
		bool by_file = image->kdf == KDF_KEY_FILE;
		problem_set(problem, "key-unlock",
			    by_file ? "name the unlock file" : "give the passphrase",
			    "the key was made to be unlocked by %s",
			    by_file ? "an unlock file" : "a passphrase");
		return RESULT_CONFIG;
	}
	return RESULT_OK;
}

enum result keyfile_open(const struct keyfile *file, const struct unlock *unlock,
			 struct private_key *ret_key, struct problem *problem)
{
	char path[PATH_MAX] = "";
	struct file_image image;
	enum result result = path_of(file, path);
	problem_set_file(problem, path);
	if (result == RESULT_OK)
		result = folder_check_private(file->folder);
	if (result == RESULT_OK)
		result = image_read(path, &image);
	if (result != RESULT_OK) {
		explain_file(result, file->folder, problem);
		return result;
	}
	result = check_use(&image, file->kind, unlock, problem);
	if (result != RESULT_OK)
		return result;
	result = image_open(&image, unlock, ret_key);
	if (result != RESULT_OK)
		explain_unlock(result, unlock, problem);
	return result;
}

enum result unlock_file_create(const char *path)
{
	uint8_t *material;
	enum result result = secret_alloc(UNLOCK_LEN, &material);
	if (result != RESULT_OK)
		return result;
	random_bytes(material, UNLOCK_LEN);
	result = file_create(path, bytes_make(material, UNLOCK_LEN), 0600);
	secret_free(material);
	return result;
}

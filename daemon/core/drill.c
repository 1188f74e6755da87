// SPDX-License-Identifier: EUPL-1.2
// knooppuntd restore --drill: can this backup be used? In a folder of its own, with the keys of the
// house, a start is made of it as it would be made in earnest: the keystore is opened, every order
// to erase is carried out again, state is replayed, and all of the log is verified. Nothing of the
// house's own data is touched, a daemon may run beside it; the folder is removed, its keys
// overwritten, however it ends.
#include "core/drill.h"

#include "base/clock.h"
#include "base/file.h"
#include "crypto/secret.h"
#include "keystore/copy.h"
#include "parent/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_STEP ((size_t)1 << 20)

static const char usage[] =
	"usage: knooppuntd [-c FILE] restore --drill --scratch DIR --key DIR --out FILE BACKUP\n"
	"                  [--keystore FILE] [--unlock-file FILE]\n"
	"  Tries whether BACKUP (backup/log/MOMENT) can be used: opens it in the new folder DIR,\n"
	"  erases again what was ordered erased, verifies all of it, and writes a report that the\n"
	"  role whose key folder is --key signs (FILE, and FILE.act). Exits 1 when it cannot.\n"
	"  --keystore FILE     a sealed copy other than the one of the same moment\n"
	"  --unlock-file FILE  what opens the key of the role; unlock.key in its folder if not "
	"given\n";

enum result drill_fail(struct drill *drill, enum result result, enum reason reason,
		       const char *file, const char *what)
{
	if (!result || drill->problem.code)
		return result;
	problem_set_file(&drill->problem, file);
	problem_set(&drill->problem, reason_code(reason), reason_fix(reason), "%s (%s)", what,
		    result_name(result));
	return result;
}

void drill_path(char out[BACKUP_PATH_MAX], const char *folder, const char *name)
{
	snprintf(out, BACKUP_PATH_MAX, "%s/%s", folder, name);
}

// ---- what is copied --------------------------------------------------------------------------

static enum result copy_bytes(int from, int to, uint64_t size)
{
	uint8_t *room = malloc(COPY_STEP);
	enum result r = room ? RESULT_OK : RESULT_NO_MEMORY;
	for (uint64_t at = 0; !r && at < size;) {
		uint64_t left = size - at;
		size_t len = left < COPY_STEP ? (size_t)left : COPY_STEP;
		r = file_read_at(from, room, len, at);
		if (!r)
			r = file_write_at(to, bytes_make(room, len), at);
		at += len;
	}
	free(room);
	return r;
}

// Opening a database writes beside it, and a backup is not to be written to.
static enum result copy_log(struct drill *drill)
{
	char path[BACKUP_PATH_MAX], target[BACKUP_PATH_MAX];
	struct stat st;
	drill_path(target, drill->scratch, "log");
	enum result r = folder_ensure(target);
	drill_path(path, drill->backup, "data.mdb");
	drill_path(target, drill->scratch, "log/data.mdb");
	int from = open(path, O_RDONLY | O_CLOEXEC);
	if (from < 0 || fstat(from, &st) != 0)
		r = RESULT_NOT_FOUND;
	int to = r ? -1 : open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (!r && to < 0)
		r = RESULT_IO;
	if (!r)
		r = copy_bytes(from, to, (uint64_t)st.st_size);
	if (!r)
		drill->log_bytes = (uint64_t)st.st_size;
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return r == RESULT_NOT_FOUND
		       ? drill_fail(drill, r, REASON_FILE_MISSING, path,
				    "there is no log in this backup")
		       : drill_fail(drill, r, r == RESULT_FULL ? REASON_FULL : REASON_IO, target,
				    "the log cannot be copied");
}

// The checkpoint of the backup is the guard of the drill: the log must be that, to the entry.
static enum result copy_beside(struct drill *drill)
{
	char path[BACKUP_PATH_MAX], target[BACKUP_PATH_MAX];
	struct buffer content;
	buffer_init(&content, GENESIS_FILE_MAX);
	drill_path(path, drill->backup, "genesis");
	drill_path(target, drill->scratch, "genesis");
	enum result r = file_read(path, GENESIS_FILE_MAX, &content);
	if (!r)
		r = file_create(target, buffer_view(&content), 0600);
	if (!r) {
		drill_path(path, drill->backup, "checkpoint");
		drill_path(target, drill->scratch, "guard");
		r = file_read(path, CHECKPOINT_MAX, &content);
	}
	if (!r)
		r = guard_create(target, buffer_view(&content));
	buffer_done(&content);
	return drill_fail(drill, r, r == RESULT_NOT_FOUND ? REASON_FILE_MISSING : REASON_IO, path,
			  "the file cannot be used");
}

static enum result open_receive(struct drill *drill, struct private_key keys[2], size_t *ret_count)
{
	static const char *const names[] = {"receive", "receive-next"};
	const struct unlock unlock = {.key_file = drill->settings.unlock_file};
	struct problem problem = {.code = NULL};
	size_t count = 0;
	for (size_t i = 0; i < 2; i++) {
		const struct keyfile file = {drill->settings.keys, names[i], KEY_KIND_SEALING};
		problem = (struct problem){.code = NULL};
		enum result r = keyfile_open(&file, &unlock, &keys[count], &problem);
		count += r == RESULT_OK;
		*ret_count = count; // of those opened before one that is not, too: they are wiped
		if (r && !(r == RESULT_NOT_FOUND && (count > 0 || i == 0))) {
			drill->problem = problem;
			return r;
		}
	}
	return RESULT_OK;
}

static enum result open_keystore(struct drill *drill)
{
	struct private_key keys[2] = {{.secret = NULL}, {.secret = NULL}};
	const uint8_t *secrets[2];
	char target[BACKUP_PATH_MAX], what[120];
	struct stat st;
	uint64_t offset = 0;
	size_t count = 0;
	enum result r = open_receive(drill, keys, &count);
	for (size_t i = 0; i < count; i++)
		secrets[i] = keys[i].secret;
	const struct keystore_copy_source source = {drill->keystore, secrets, count};
	drill_path(target, drill->scratch, "keystore");
	if (!r)
		r = keystore_copy_open(&source, target, &drill->keystore_size, &offset);
	for (size_t i = 0; i < count; i++)
		private_key_done(&keys[i]);
	if (!r && stat(drill->keystore, &st) == 0)
		drill->keystore_bytes = (uint64_t)st.st_size;
	snprintf(what, sizeof what, "the copy of the keystore does not open from byte %llu on",
		 (unsigned long long)offset);
	if (r == RESULT_DAMAGED)
		return drill_fail(drill, r, REASON_DAMAGED, drill->keystore, what);
	if (r == RESULT_DENIED)
		return drill_fail(drill, r, REASON_WRONG_UNLOCK, drill->keystore,
				  "it is sealed for other receive keys than those in keys");
	return drill_fail(drill, r, r == RESULT_NOT_FOUND ? REASON_FILE_MISSING : REASON_IO,
			  drill->keystore, "the copy of the keystore cannot be opened");
}

// ---- the drill -------------------------------------------------------------------------------

static uint64_t count_erased(struct keystore *keystore)
{
	uint8_t key[KEYSTORE_KEY_LEN];
	uint64_t count = 0;
	for (uint64_t i = KEYSTORE_FIRST_FREE; i < keystore_filled(keystore); i++)
		count += keystore_get(keystore, i, key) == RESULT_ERASED;
	secret_wipe(key, sizeof key);
	return count;
}

static enum result count_before(struct drill *drill, uint64_t *ret_count)
{
	char path[BACKUP_PATH_MAX];
	struct keystore *keystore;
	drill_path(path, drill->scratch, "keystore");
	enum result r = keystore_open_to_read(path, &keystore);
	if (r)
		return drill_fail(drill, r, REASON_IO, path, "the keystore cannot be opened");
	*ret_count = count_erased(keystore);
	keystore_close(keystore);
	return RESULT_OK;
}

// A start signs anew whatever log it finds; the backup says up to where its own goes.
static enum result read_checkpoint(struct drill *drill, const struct core *core)
{
	char path[BACKUP_PATH_MAX];
	struct buffer note;
	buffer_init(&note, CHECKPOINT_MAX);
	drill_path(path, drill->backup, "checkpoint");
	enum result r = file_read(path, CHECKPOINT_MAX, &note);
	if (!r)
		r = log_keys_verify(&core->signing.keys, buffer_view(&note), &drill->checkpoint);
	buffer_done(&note);
	return r;
}

static enum result check(struct drill *drill, struct core *core)
{
	char what[80] = "the log of the backup is not what its checkpoint says";
	const struct backup_room room = {&core->stored_parts, &core->stored_content, NULL};
	enum result r = read_checkpoint(drill, core);
	if (!r)
		r = backup_check(core->journal, &drill->checkpoint, &room, &drill->found);
	if (r && drill->found.has_bad)
		snprintf(what, sizeof what, "entry %llu of the log does not verify",
			 (unsigned long long)drill->found.bad);
	return drill_fail(drill, r, REASON_DAMAGED, drill->backup, what);
}

// What a start could not use is named to the entry, where one is to blame.
static void find_entry(struct drill *drill)
{
	char path[BACKUP_PATH_MAX];
	struct keystore *keystore = NULL;
	struct journal *journal = NULL;
	struct buffer parts, content;
	const struct backup_room room = {&parts, &content, NULL};
	buffer_init(&parts, STORED_MAX);
	buffer_init(&content, STORED_MAX);
	drill_path(path, drill->scratch, "keystore");
	enum result r = keystore_open_to_read(path, &keystore);
	drill_path(path, drill->scratch, "log");
	if (!r)
		r = journal_open(path, (size_t)drill->settings.map_log_mib << 20, keystore, true,
				 &journal);
	if (!r) {
		const struct checkpoint own = {.size = journal_size(journal),
					       .root = journal_root(journal)};
		r = backup_check(journal, &own, &room, &drill->found);
	}
	if (r == RESULT_DAMAGED && drill->found.has_bad)
		snprintf(drill->problem.message, sizeof drill->problem.message,
			 "entry %llu of the log does not verify",
			 (unsigned long long)drill->found.bad);
	journal_close(journal);
	keystore_close(keystore);
	buffer_wipe(&parts);
	buffer_wipe(&content);
}

static enum result use(struct drill *drill)
{
	struct core *core = calloc(1, sizeof *core);
	uint64_t before = 0;
	if (!core)
		return drill_fail(drill, RESULT_NO_MEMORY, REASON_IO, drill->scratch, "no memory");
	enum result r = count_before(drill, &before);
	if (!r)
		r = core_open(core, &drill->settings, &drill->problem);
	if (r == RESULT_DAMAGED)
		find_entry(drill);
	if (!r) {
		drill->erased_again = count_erased(core->keystore) - before;
		r = check(drill, core);
		drill->took_ms = clock_monotonic_ms() - drill->begun;
		if (!r)
			r = drill_report(drill, core);
		core_close(core);
	}
	free(core);
	return r;
}

static enum result run(struct drill *drill)
{
	drill->begun = clock_monotonic_ms();
	enum result r = copy_log(drill);
	if (!r)
		r = copy_beside(drill);
	if (!r)
		r = open_keystore(drill);
	snprintf(drill->settings.data, sizeof drill->settings.data, "%s", drill->scratch);
	drill->settings.guard[0] = '\0';
	return r ? r : use(drill);
}

// 1: the backup is no good; 4: what the drill was given is not right; else the machine is.
static int exit_of(const struct drill *drill, enum result r)
{
	const char *code = drill->problem.code;
	if (r == RESULT_DAMAGED || (code && (strcmp(code, reason_code(REASON_DAMAGED)) == 0 ||
					     strcmp(code, reason_code(REASON_BEHIND_GUARD)) == 0)))
		return PROGRAM_NO;
	int exit_code = result_exit_code(r);
	return exit_code == PROGRAM_NO ? PROGRAM_CONFIG : exit_code;
}

static int tell(const struct drill *drill, enum result r)
{
	if (!r)
		return 0;
	fprintf(stderr, "knooppuntd: %s: %s: %s. %s\n", drill->problem.file,
		drill->problem.code ? drill->problem.code : "io",
		drill->problem.message[0] ? drill->problem.message : result_name(r),
		drill->problem.fix);
	return exit_of(drill, r);
}

static int try_backup(struct drill *drill)
{
	return tell(drill, run(drill));
}

// ---- the words -------------------------------------------------------------------------------

// The copy of the same moment: backup/keystore/MOMENT.sealed beside backup/log/MOMENT.
static bool find_keystore(struct drill *drill)
{
	char folder[BACKUP_PATH_MAX];
	snprintf(folder, sizeof folder, "%s", drill->backup);
	size_t len = strlen(folder);
	while (len > 1 && folder[len - 1] == '/')
		folder[--len] = '\0';
	char *moment = strrchr(folder, '/');
	if (!moment)
		return false;
	*moment++ = '\0';
	char *above = strrchr(folder, '/');
	if (above)
		*above = '\0';
	snprintf(drill->keystore, sizeof drill->keystore, "%.300s/" BACKUP_KEYSTORE "/%.40s%s",
		 above ? folder : ".", moment, BACKUP_SEALED);
	return true;
}

static bool parse(struct drill *drill, int argc, char **argv)
{
	static const struct option options[] = {
		{"drill", no_argument, NULL, 'd'},
		{"scratch", required_argument, NULL, 's'},
		{"key", required_argument, NULL, 'k'},
		{"out", required_argument, NULL, 'o'},
		{"keystore", required_argument, NULL, 'y'},
		{"unlock-file", required_argument, NULL, 'u'},
		{NULL, 0, NULL, 0},
	};
	bool drilling = false;
	int option;
	optind = 0; // begin anew: main() read the line before the subcommand in another mode
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'd')
			drilling = true;
		else if (option == 's')
			drill->scratch = optarg;
		else if (option == 'k')
			drill->key = optarg;
		else if (option == 'o')
			drill->out = optarg;
		else if (option == 'y')
			snprintf(drill->keystore, sizeof drill->keystore, "%s", optarg);
		else if (option == 'u')
			drill->role_unlock = optarg;
		else
			return false;
	}
	if (!drilling || !drill->scratch || !drill->key || !drill->out || optind + 1 != argc)
		return false;
	drill->backup = argv[optind];
	drill_path(drill->unlock_path, drill->key, "unlock.key");
	if (!drill->role_unlock)
		drill->role_unlock = drill->unlock_path;
	return strlen(drill->backup) < BACKUP_PATH_MAX - 80 &&
	       strlen(drill->scratch) < sizeof drill->settings.data - 20 &&
	       (drill->keystore[0] || find_keystore(drill));
}

static int run_drill(struct drill *drill, const char *settings_file)
{
	enum result r = crypto_start();
	if (!r)
		r = confine_start();
	if (!r)
		r = settings_read(settings_file ? settings_file : SETTINGS_STANDARD_FILE,
				  &drill->settings, &drill->problem);
	drill_hold_end();
	if (!r)
		r = drill_make_scratch(drill);
	if (r) {
		drill_let_end();
		return tell(drill, r);
	}
	int code = drill_in_child(drill, try_backup);
	if (drill_clear_scratch(drill->scratch)) {
		fprintf(stderr,
			"knooppuntd: %s could not be removed, and holds keys; remove it by hand\n",
			drill->scratch);
		code = code ? code : result_exit_code(RESULT_IO);
	}
	drill_let_end();
	return code;
}

int restore_main(const char *settings_file, int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[argc - 1], "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	struct drill *drill = calloc(1, sizeof *drill);
	if (!drill)
		return result_exit_code(RESULT_NO_MEMORY);
	int code = PROGRAM_USAGE;
	if (parse(drill, argc, argv))
		code = run_drill(drill, settings_file);
	else
		fputs(usage, stderr);
	free(drill);
	return code;
}

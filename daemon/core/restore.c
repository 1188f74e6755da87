// SPDX-License-Identifier: EUPL-1.2
// knooppuntd restore: the words of the command, and what is around them all: the work is done in a
// child, for a page that is damaged can end whoever opens a database; nothing of the house's own
// data is touched but by --order, and the folder is removed, its keys overwritten, however it ends.
#include "core/drill.h"

#include "crypto/secret.h"
#include "parent/confine.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define SCRATCH ".herstel" // below the data, which it takes the place of

static const char usage[] =
	"usage: knooppuntd [-c FILE] restore --drill --scratch DIR --key DIR --out FILE BACKUP\n"
	"                  [--keystore FILE] [--unlock-file FILE]\n"
	"       knooppuntd [-c FILE] restore --propose --scratch DIR --origin ORIGIN\n"
	"                  --opdrachten geen|opnieuw|onbekend --reden TEXT --out FILE\n"
	"                  [--seen FILE]... [--keystore FILE] BACKUP\n"
	"       knooppuntd [-c FILE] restore --order FILE --act FILE --act FILE\n"
	"                  [--keystore FILE] BACKUP\n"
	"  --drill tries whether BACKUP (backup/log/MOMENT) can be used: opens it in the new "
	"folder\n"
	"  DIR, erases again what was ordered erased, verifies all of it, and writes a report "
	"that\n"
	"  the role whose key folder is --key signs (FILE, and FILE.act). --propose tries it\n"
	"  likewise, and writes the text by which the log would go on from it after a loss, under\n"
	"  the new origin ORIGIN: beheerder and privacy officer sign it (knooppunt act). --order "
	"has\n"
	"  it go on so. Exits 1 when the backup is no good.\n"
	"  --keystore FILE     a sealed copy other than the one of the same moment\n"
	"  --unlock-file FILE  what opens the key of the role; unlock.key in its folder if not "
	"given\n"
	"  --opdrachten WORD   whether orders of two roles, or revocations, are in what is lost:\n"
	"                      none (geen), they are given again (opnieuw), or not known "
	"(onbekend)\n"
	"  --reden TEXT        why; it stays in the log, and names no person\n"
	"  --seen FILE         a checkpoint that somebody holds: how far the log had come\n"
	"  --order FILE        the text that was signed\n"
	"  --act FILE          the act of a role about it\n";

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

static enum result run(struct drill *drill)
{
	enum result r = drill_run(drill);
	return r || drill->use != herstel_record ? r : herstel_install(drill);
}

static int attempt(struct drill *drill)
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

static bool take_option(struct drill *drill, int option)
{
	switch (option) {
	case 'd':
	case 'p':
		drill->use = option == 'd' ? drill_report : herstel_propose;
		return true;
	case 'f':
		drill->use = herstel_record;
		drill->order = optarg;
		return true;
	case 's':
		drill->scratch = optarg;
		return true;
	case 'k':
		drill->key = optarg;
		return true;
	case 'o':
		drill->out = optarg;
		return true;
	case 'y':
		snprintf(drill->keystore, sizeof drill->keystore, "%s", optarg);
		return true;
	case 'u':
		drill->role_unlock = optarg;
		return true;
	case 'g':
		snprintf(drill->herstel.log, sizeof drill->herstel.log, "%s", optarg);
		return strlen(optarg) < sizeof drill->herstel.log;
	case 'w':
		drill->told_opdrachten = true;
		return herstel_opdrachten_of(optarg, &drill->herstel.opdrachten) == RESULT_OK;
	case 'r':
		snprintf(drill->herstel.reden, sizeof drill->herstel.reden, "%s", optarg);
		return strlen(optarg) < sizeof drill->herstel.reden;
	case 'n':
		if (drill->seen_count == DRILL_SEEN_MAX)
			return false;
		drill->seen[drill->seen_count++] = optarg;
		return true;
	case 'a':
		if (drill->act_count == 2)
			return false;
		drill->acts[drill->act_count++] = optarg;
		return true;
	}
	return false;
}

// Each of the three takes its own words, and needs them all.
static bool words_fit(const struct drill *drill)
{
	const bool drilling = drill->use == drill_report;
	const bool proposing = drill->use == herstel_propose;
	const bool ordering = drill->use == herstel_record;
	const bool of_role = drill->key || drill->role_unlock;
	const bool of_text = drill->herstel.log[0] || drill->herstel.reden[0] ||
			     drill->told_opdrachten || drill->seen_count > 0;
	if (drilling)
		return drill->scratch && drill->key && drill->out && !of_text &&
		       drill->act_count == 0;
	if (proposing)
		return drill->scratch && drill->out && drill->herstel.log[0] &&
		       drill->herstel.reden[0] && drill->told_opdrachten && !of_role &&
		       drill->act_count == 0;
	return ordering && !drill->scratch && !drill->out && !of_role && !of_text &&
	       drill->act_count > 0;
}

static bool parse(struct drill *drill, int argc, char **argv)
{
	static const struct option options[] = {
		{"drill", no_argument, NULL, 'd'},
		{"propose", no_argument, NULL, 'p'},
		{"order", required_argument, NULL, 'f'},
		{"scratch", required_argument, NULL, 's'},
		{"key", required_argument, NULL, 'k'},
		{"out", required_argument, NULL, 'o'},
		{"keystore", required_argument, NULL, 'y'},
		{"unlock-file", required_argument, NULL, 'u'},
		{"origin", required_argument, NULL, 'g'},
		{"opdrachten", required_argument, NULL, 'w'},
		{"reden", required_argument, NULL, 'r'},
		{"seen", required_argument, NULL, 'n'},
		{"act", required_argument, NULL, 'a'},
		{NULL, 0, NULL, 0},
	};
	int option;
	optind = 0; // begin anew: main() read the line before the subcommand in another mode
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!take_option(drill, option))
			return false;
	if (!words_fit(drill) || optind + 1 != argc)
		return false;
	drill->backup = argv[optind];
	if (drill->key && !drill->role_unlock) {
		drill_path(drill->unlock_path, drill->key, "unlock.key");
		drill->role_unlock = drill->unlock_path;
	}
	return strlen(drill->backup) < BACKUP_PATH_MAX - 80 &&
	       (!drill->scratch || strlen(drill->scratch) < sizeof drill->settings.data - 20) &&
	       (drill->keystore[0] || find_keystore(drill));
}

// ---- all of it -------------------------------------------------------------------------------

// A daemon that runs holds this lock: nobody else may write there.
static enum result lock_data(struct drill *drill)
{
	int fd = open(drill->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return RESULT_OK; // held until the process ends
	return drill_fail(drill, RESULT_CONFIG, fd >= 0 ? REASON_IN_USE : REASON_FILE_MISSING,
			  drill->data, "the data folder cannot be locked");
}

// Where the house has its data; what becomes of the log there is not yet decided.
static enum result look_at_house(struct drill *drill)
{
	struct core_paths paths;
	core_paths(&drill->settings, &paths);
	snprintf(drill->data, sizeof drill->data, "%s", drill->settings.data);
	snprintf(drill->guard, sizeof drill->guard, "%s", paths.guard);
	if (drill->use == drill_report)
		return RESULT_OK;
	enum result r = herstel_may(drill);
	if (!r && drill->use == herstel_record) {
		drill_path(drill->own_scratch, drill->data, SCRATCH);
		drill->scratch = drill->own_scratch;
		r = lock_data(drill);
	}
	return r;
}

static enum result prepare(struct drill *drill, const char *settings_file)
{
	enum result r = crypto_start();
	if (!r)
		r = confine_start();
	if (!r)
		r = settings_read(settings_file ? settings_file : SETTINGS_STANDARD_FILE,
				  &drill->settings, &drill->problem);
	if (!r)
		r = look_at_house(drill);
	drill_hold_end();
	return r ? r : drill_make_scratch(drill);
}

static int run_restore(struct drill *drill, const char *settings_file)
{
	enum result r = prepare(drill, settings_file);
	if (r) {
		drill_let_end();
		return tell(drill, r);
	}
	int code = drill_in_child(drill, attempt);
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
		code = run_restore(drill, settings_file);
	else
		fputs(usage, stderr);
	free(drill);
	return code;
}
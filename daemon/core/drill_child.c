// SPDX-License-Identifier: EUPL-1.2
// The child that a drill is made in, and what ends it.
#include "core/drill.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// What ends a process that is asked to, and was not started to pass it over (nohup).
static sigset_t of_end(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction before;
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaddset(&set, numbers[i]);
	return set;
}

void drill_hold_end(void)
{
	sigset_t set = of_end();
	sigaddset(&set, SIGCHLD);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

void drill_let_end(void)
{
	sigset_t set = of_end();
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

// Until it ends by itself, or the drill is asked to.
static enum result wait_child(pid_t pid, int *ret_status)
{
	sigset_t set = of_end();
	int number = 0;
	pid_t found = 0;
	sigaddset(&set, SIGCHLD);
	while ((found = waitpid(pid, ret_status, WNOHANG)) == 0) {
		if (sigwait(&set, &number) != 0 || number == SIGCHLD)
			continue;
		fprintf(stderr, "knooppuntd: the drill was ended by %s; nothing is left of it\n",
			strsignal(number));
		kill(pid, SIGKILL);
		found = waitpid(pid, ret_status, 0);
		raise(number); // held, until what the drill made is gone
		return RESULT_CLOSED;
	}
	return found == pid ? RESULT_OK : RESULT_IO;
}

// LMDB gives up a page that it cannot make sense of by an abort, or follows it to nowhere.
static bool is_of_damage(int number)
{
	return number == SIGBUS || number == SIGSEGV || number == SIGABRT || number == SIGFPE;
}

static int tell_killed(const struct drill *drill, int number)
{
	const bool damaged = is_of_damage(number);
	const enum reason reason = damaged ? REASON_DAMAGED : REASON_IO;
	char what[120];
	snprintf(what, sizeof what,
		 "the process that tried it was ended (%s), which says nothing of it",
		 strsignal(number));
	fprintf(stderr, "knooppuntd: %s: %s: %s. %s\n", drill->backup, reason_code(reason),
		damaged ? "its log cannot be opened, a page of it is damaged" : what,
		damaged ? reason_fix(reason) : "Try again, with enough memory.");
	return damaged ? PROGRAM_NO : PROGRAM_BROKEN;
}

int drill_in_child(struct drill *drill, int (*attempt)(struct drill *drill))
{
	const pid_t parent = getpid();
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		if (getppid() != parent) // it was gone before
			_exit(PROGRAM_BROKEN);
		int code = attempt(drill);
		fflush(NULL);
		_exit(code);
	}
	if (pid < 0 || wait_child(pid, &status))
		return PROGRAM_BROKEN;
	return WIFEXITED(status) ? WEXITSTATUS(status) : tell_killed(drill, WTERMSIG(status));
}

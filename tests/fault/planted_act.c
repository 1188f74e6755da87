// SPDX-License-Identifier: EUPL-1.2
// What an attacker would do who runs code inside a process of the daemon: linked into one that is
// never installed. SIGUSR2 with a number (sigqueue(3)) does that act in the process that gets it,
// and says on standard error what came of it; a process that is killed for it says nothing.
//
// KNP_PLANTED_OFF names steps of the sandbox that are left out (user, capabilities, landlock,
// seccomp, dumps), so that a test sees what each of them stops alone, and that nothing else does.
#include "parent/layers.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH_LEN 400

// ---- steps left out ------------------------------------------------------------------------

enum result __real_identity_become(const struct identity *identity);
enum result __wrap_identity_become(const struct identity *identity);
void __real_capabilities_bound(uint64_t keep);
void __wrap_capabilities_bound(uint64_t keep);
enum result __real_capabilities_keep(uint64_t keep);
enum result __wrap_capabilities_keep(uint64_t keep);
enum result __real_landlock_enter(enum role_kind kind, const struct settings *settings);
enum result __wrap_landlock_enter(enum role_kind kind, const struct settings *settings);
enum result __real_calls_seal(enum role_kind kind);
enum result __wrap_calls_seal(enum role_kind kind);
enum result __real_confine_start(void);
enum result __wrap_confine_start(void);

static bool is_off(const char *step)
{
	const char *off = getenv("KNP_PLANTED_OFF");
	return off && strstr(off, step);
}

enum result __wrap_identity_become(const struct identity *identity)
{
	return is_off("user") ? RESULT_OK : __real_identity_become(identity);
}

void __wrap_capabilities_bound(uint64_t keep)
{
	if (!is_off("capabilities"))
		__real_capabilities_bound(keep);
}

enum result __wrap_capabilities_keep(uint64_t keep)
{
	return is_off("capabilities") ? RESULT_OK : __real_capabilities_keep(keep);
}

enum result __wrap_landlock_enter(enum role_kind kind, const struct settings *settings)
{
	return is_off("landlock") ? RESULT_OK : __real_landlock_enter(kind, settings);
}

enum result __wrap_calls_seal(enum role_kind kind)
{
	return is_off("seccomp") ? RESULT_OK : __real_calls_seal(kind);
}

// Whatever asks prctl afterwards sees that it is not in force: so only best-effort runs without.
enum result __wrap_confine_start(void)
{
	return is_off("dumps") ? RESULT_OK : __real_confine_start();
}

// ---- acts ----------------------------------------------------------------------------------

static bool opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool opens_in(const char *variable, const char *name, int flags)
{
	char path[PATH_LEN];
	const char *folder = getenv(variable);
	snprintf(path, sizeof path, "%s/%s", folder ? folder : "", name);
	return opens(path, flags);
}

static bool read_database(void)
{
	return opens_in("KNP_PLANTED_DATA", "log/data.mdb", O_RDONLY);
}

static bool write_keystore(void)
{
	return opens_in("KNP_PLANTED_DATA", "keystore", O_RDWR);
}

static bool read_key(void)
{
	return opens_in("KNP_PLANTED_KEYS", "log.key", O_RDONLY);
}

static bool read_elsewhere(void)
{
	return opens("/etc/passwd", O_RDONLY);
}

static bool write_elsewhere(void)
{
	char path[PATH_LEN];
	snprintf(path, sizeof path, "/tmp/knp-planted-%d", (int)getpid());
	bool made = opens(path, O_WRONLY | O_CREAT | O_EXCL);
	if (made)
		unlink(path);
	return made;
}

// Where it works another program takes the place of this one, and says so itself.
static bool execute(void)
{
	execl("/bin/sh", "sh", "-c", "echo event=planted act=execute result=done >&2", NULL);
	return false;
}

static bool open_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool trace_parent(void)
{
	pid_t parent = getppid();
	if (ptrace(PTRACE_ATTACH, parent, NULL, NULL) != 0)
		return false;
	waitpid(parent, NULL, 0);
	ptrace(PTRACE_DETACH, parent, NULL, NULL);
	return true;
}

static bool signal_parent(void)
{
	return kill(getppid(), 0) == 0;
}

static bool read_memory_of_parent(void)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/mem", (int)getppid());
	return opens(path, O_RDONLY);
}

static bool start_process(void)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	return pid > 0 && waitpid(pid, NULL, 0) == pid;
}

static bool map_executable(void)
{
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return false;
	munmap(memory, 4096);
	return true;
}

static bool become_root(void)
{
	return setresuid(0, 0, 0) == 0;
}

// By number, as planted_test.py has them.
static const struct {
	const char *name;
	bool (*act)(void);
} acts[] = {
	{"read-database", read_database},
	{"write-keystore", write_keystore},
	{"read-key", read_key},
	{"read-elsewhere", read_elsewhere},
	{"write-elsewhere", write_elsewhere},
	{"execute", execute},
	{"open-socket", open_socket},
	{"trace-parent", trace_parent},
	{"signal-parent", signal_parent},
	{"read-memory-of-parent", read_memory_of_parent},
	{"start-process", start_process},
	{"map-executable", map_executable},
	{"become-root", become_root},
};

static void on_order(int signal, siginfo_t *info, void *context)
{
	char line[120];
	size_t number = (size_t)info->si_value.sival_int;
	(void)signal;
	(void)context;
	if (number >= sizeof acts / sizeof acts[0])
		return;
	errno = 0;
	bool done = acts[number].act();
	int len = snprintf(line, sizeof line, "event=planted act=%s result=%s\n", acts[number].name,
			   done ? "done" : strerrorname_np(errno));
	if (write(STDERR_FILENO, line, (size_t)len) != len)
		abort();
}

__attribute__((constructor)) static void plant(void)
{
	const struct sigaction action = {.sa_sigaction = on_order,
					 .sa_flags = SA_SIGINFO | SA_RESTART};
	sigaction(SIGUSR2, &action, NULL);
}

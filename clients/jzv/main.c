// SPDX-License-Identifier: EUPL-1.2
// knooppunt-jzv: JZV Meldingen 1.0 over HTTPS at the partner's side. One loop in one thread: what
// requests there are, then what is due towards the knooppunt.
#include "jzv/http.h"

#include "base/log.h"
#include "base/standard.h"
#include "door/program.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STANDARD_FILE KNP_CONF_DIR "/jzv.yaml"
#define WAIT_MAX_MS 60000
#define DUTY_LATEST_MS 1000 // requests that never stop do not keep the outbox waiting

struct options {
	struct program program;
	const char *file;
	bool check;
};

static const char help[] =
	"usage: knooppunt-jzv [-c FILE] [--check] [--json]\n"
	"\n"
	"Takes meldingen as JZV Meldingen 1.0 over HTTPS and sends them to the knooppunt.\n"
	"\n"
	"  -c FILE     settings, instead of " STANDARD_FILE "\n"
	"  --check     checks settings, certificates and keys, and says what is wrong; also "
	"beside\n"
	"              a gateway that runs\n"
	"  --json      one JSON object a line on standard output\n"
	"  --help      this text\n"
	"  --version   the version\n";

// ---- the command line --------------------------------------------------------------------------

// -1: go on, else the exit code.
static int read_options(int argc, char **argv, struct options *ret_options)
{
	program_find_json(&ret_options->program, argc, argv);
	for (int i = 1; i < argc; i++) {
		int said = program_introduce(&ret_options->program, argv[i]);
		if (said >= 0)
			return said;
		if (strcmp(argv[i], "-c") == 0 && i + 1 < argc)
			ret_options->file = argv[++i];
		else if (strcmp(argv[i], "--check") == 0)
			ret_options->check = true;
		else if (strcmp(argv[i], "--json") != 0)
			return program_misused(&ret_options->program);
	}
	return -1;
}

// A gateway that runs has the spool; then keys and spool are fine.
static int check(const struct options *options, const struct jzv_settings *settings)
{
	struct problem problem = {.code = NULL};
	struct client *client = NULL;
	enum result result = http_check(settings, &problem);
	if (result == RESULT_OK) {
		result = client_open(&settings->client, &client, &problem);
		result = result == RESULT_AGAIN ? RESULT_OK : result;
	}
	client_close(client);
	if (result != RESULT_OK)
		return program_give_up(&options->program, result, &problem);
	return program_fine(&options->program);
}

// ---- running -----------------------------------------------------------------------------------

static int wait_ms(const struct http *http, int64_t due)
{
	int64_t ms = due - clock_monotonic_ms(), http_ms = http_timeout(http);
	if (http_ms >= 0 && http_ms < ms)
		ms = http_ms;
	return ms < 0 ? 0 : ms > WAIT_MAX_MS ? WAIT_MAX_MS : (int)ms;
}

static enum result loop(struct gateway *gateway, struct http *http, int signals)
{
	struct pollfd fds[] = {{.fd = http_fd(http), .events = POLLIN},
			       {.fd = signals, .events = POLLIN}};
	int64_t due = 0, done = 0;
	for (;;) {
		http_run(http);
		// An answer that is ready goes before the knooppunt is waited for.
		int64_t now = clock_monotonic_ms();
		if (http_timeout(http) != 0 || now - done >= DUTY_LATEST_MS) {
			due = gateway_duty(gateway, now);
			done = now;
		}
		log_settle();
		if (poll(fds, 2, wait_ms(http, due)) < 0 && errno != EINTR)
			return RESULT_IO;
		if (fds[1].revents != 0)
			return RESULT_OK;
	}
}

static enum result serve(struct gateway *gateway, struct problem *problem)
{
	struct http *http = NULL;
	int signals = program_open_signals();
	bool v6 = strchr(gateway->settings->address, ':') != NULL;
	enum result result = signals < 0 ? RESULT_IO : http_open(gateway, &http, problem);
	if (result == RESULT_OK) {
		printf("event=ready endpoint=https://%s%s%s:%u\n", v6 ? "[" : "",
		       gateway->settings->address, v6 ? "]" : "", http_port(http));
		if (fflush(stdout) == 0)
			result = loop(gateway, http, signals);
		else
			result = RESULT_IO;
	}
	http_close(http);
	if (signals >= 0)
		close(signals);
	return result;
}

static int run(const struct options *options, const struct jzv_settings *settings)
{
	struct problem problem = {.code = NULL};
	struct gateway gateway;
	log_open("jzv", LOG_LEVEL_NOTICE);
	enum result result = gateway_open(settings, &gateway, &problem);
	if (result == RESULT_OK) {
		result = serve(&gateway, &problem);
		gateway_close(&gateway);
	}
	log_close();
	return result == RESULT_OK ? 0 : program_give_up(&options->program, result, &problem);
}

int main(int argc, char **argv)
{
	struct options options = {.program = {.name = "knooppunt-jzv", .help = help},
				  .file = STANDARD_FILE};
	struct jzv_settings settings;
	struct problem problem = {.code = NULL};
	if (standard_hold() != RESULT_OK)
		return result_exit_code(RESULT_IO); // and there is nowhere to say so
	int code = read_options(argc, argv, &options);
	if (code >= 0)
		return code;
	enum result result = jzv_settings_read(options.file, &settings, &problem);
	if (result != RESULT_OK)
		return program_give_up(&options.program, result, &problem);
	code = options.check ? check(&options, &settings) : run(&options, &settings);
	jzv_settings_done(&settings);
	return code;
}

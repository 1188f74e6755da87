// SPDX-License-Identifier: EUPL-1.2
// One e-mail by SMTP. Nothing in it is of any melding: sender, recipients and the text below.
#include "attendering/attendering.h"

#include "base/clock.h"
#include "crypto/secret.h"
#include "melding/reason.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define TIMEOUT_MS 10000L
#define MESSAGE_MAX 4096
#define URL_MAX (ATTENDERING_SERVER_MAX + ATTENDERING_ADDRESS_MAX + 2)

// ---- what it says ------------------------------------------------------------------------------

static const char text[] =
	"Er staat iets voor u klaar in het knooppunt. Haal het op met het programma\r\n"
	"waarmee u dat altijd doet.\r\n"
	"\r\n"
	"Dit bericht zegt met opzet niet wat het is, van wie of over wie. Er komt geen\r\n"
	"nieuw bericht voordat het is opgehaald. Antwoorden leest niemand.\r\n";

static void write_date(struct buffer *out, int64_t now_ms)
{
	// By hand: what strftime calls them is for the language of the machine.
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t now = (time_t)(now_ms / MS_PER_SECOND);
	struct tm tm;
	if (!gmtime_r(&now, &tm))
		return;
	buffer_append_format(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n",
			     days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
			     tm.tm_hour, tm.tm_min, tm.tm_sec);
}

// The part of an address behind the @.
static const char *domain_of(const char *address)
{
	const char *at = strchr(address, '@');
	return at ? at + 1 : address;
}

void attendering_write(const struct attendering_settings *settings, bool oefening, int64_t now_ms,
		       struct buffer *out)
{
	uint8_t unique[16];
	char hex[2 * sizeof unique + 1];
	random_bytes(unique, sizeof unique);
	hex_encode(hex, bytes_make(unique, sizeof unique));
	write_date(out, now_ms);
	buffer_append_format(out, "From: <%s>\r\nTo: ", settings->from);
	for (size_t i = 0; i < settings->to_count; i++)
		buffer_append_format(out, "%s<%s>", i > 0 ? ",\r\n " : "", settings->to[i]);
	buffer_append_format(out, "\r\nMessage-ID: <%s@%s>\r\n", hex, domain_of(settings->from));
	buffer_append_format(out, "Subject: %sEr staat iets voor u klaar\r\n",
			     oefening ? "OEFENING: " : "");
	buffer_append_text(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
				"Content-Type: text/plain; charset=us-ascii\r\n\r\n");
	buffer_append_text(out, text);
}

// ---- sending it --------------------------------------------------------------------------------

struct upload {
	struct bytes rest;
};

static size_t give(char *data, size_t size, size_t count, void *context)
{
	struct upload *upload = context;
	size_t len = size * count < upload->rest.len ? size * count : upload->rest.len;
	memcpy(data, upload->rest.data, len);
	upload->rest = bytes_make(upload->rest.data + len, upload->rest.len - len);
	return len;
}

// A certificate of another name or issuer is refused, whatever the settings.
static bool set_tls(CURL *curl, const struct attendering_settings *settings)
{
	long level = settings->here ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL;
	bool ok = curl_easy_setopt(curl, CURLOPT_USE_SSL, level) == CURLE_OK &&
		  curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ==
			  CURLE_OK;
	if (ok && settings->ca_file[0])
		ok = curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca_file) == CURLE_OK;
	return ok;
}

// The greeting names the domain of the sender, not this machine.
static bool set_way(CURL *curl, const struct attendering_settings *settings)
{
	char url[URL_MAX];
	snprintf(url, sizeof url, "%s/%s", settings->server, domain_of(settings->from));
	return curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOPROXY, "*") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS) == CURLE_OK &&
	       set_tls(curl, settings);
}

static enum result set_login(CURL *curl, const struct attendering_settings *settings,
			     struct problem *problem)
{
	struct buffer password;
	if (!settings->user[0])
		return RESULT_OK;
	buffer_init(&password, MESSAGE_MAX);
	enum result result = attendering_password(settings, &password, problem);
	if (result == RESULT_OK) {
		buffer_append_u8(&password, '\0');
		bool ok = password.status == RESULT_OK &&
			  curl_easy_setopt(curl, CURLOPT_USERNAME, settings->user) == CURLE_OK &&
			  curl_easy_setopt(curl, CURLOPT_PASSWORD, (const char *)password.data) ==
				  CURLE_OK;
		result = ok ? RESULT_OK : RESULT_NO_MEMORY;
	}
	buffer_wipe(&password);
	return result;
}

// How it ended, by the code of libcurl; `status` is what the server said last, 0 nothing.
static enum result tell(const struct attendering_settings *settings, CURLcode code, long status,
			struct problem *problem)
{
	static const struct {
		CURLcode code;
		enum reason reason;
		const char *fix;
	} rows[] = {
		{CURLE_LOGIN_DENIED, REASON_NOT_ADMITTED, "Correct user and password_file."},
		{CURLE_USE_SSL_FAILED, REASON_NOT_PROVEN,
		 "Name a server with TLS: without it nothing is sent over a network."},
		{CURLE_SSL_CONNECT_ERROR, REASON_NOT_PROVEN,
		 "Check the port: smtps:// is for one that speaks TLS from the start."},
		{CURLE_PEER_FAILED_VERIFICATION, REASON_NOT_PROVEN,
		 "Name the server as its certificate does, and its authority under ca_file."},
		{CURLE_SSL_CACERT_BADFILE, REASON_FILE_MISSING, "Correct ca_file."},
		{CURLE_SEND_ERROR, REASON_BAD_VALUE,
		 "The server does not take it: correct from and to, or ask who runs it."},
	};
	enum reason reason = REASON_UNREACHABLE;
	const char *fix = "Check server and network: it is tried again, after pauses that grow.";
	if (code == CURLE_OK)
		return RESULT_OK;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].code == code) {
			reason = rows[i].reason;
			fix = rows[i].fix;
		}
	}
	if (reason == REASON_BAD_VALUE && status < 500) { // it says that this can pass
		reason = REASON_UNREACHABLE;
		fix = rows[sizeof rows / sizeof rows[0] - 1].fix;
	}
	problem_set(problem, reason_code(reason), fix, "the attendering did not go to %s: %s",
		    settings->server, curl_easy_strerror(code));
	return RESULT_AGAIN;
}

static enum result send_by(CURL *curl, const struct attendering_settings *settings,
			   struct upload *upload, struct problem *problem)
{
	struct curl_slist *to = NULL;
	char address[ATTENDERING_ADDRESS_MAX + 2];
	long status = 0;
	bool ok = set_way(curl, settings);
	enum result result = set_login(curl, settings, problem);
	for (size_t i = 0; ok && i < settings->to_count; i++) {
		snprintf(address, sizeof address, "<%s>", settings->to[i]);
		struct curl_slist *longer = curl_slist_append(to, address);
		ok = longer != NULL;
		to = longer ? longer : to;
	}
	snprintf(address, sizeof address, "<%s>", settings->from);
	ok = ok && curl_easy_setopt(curl, CURLOPT_MAIL_FROM, address) == CURLE_OK &&
	     curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to) == CURLE_OK &&
	     curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
	     curl_easy_setopt(curl, CURLOPT_READFUNCTION, give) == CURLE_OK &&
	     curl_easy_setopt(curl, CURLOPT_READDATA, upload) == CURLE_OK;
	if (result == RESULT_OK && !ok)
		result = RESULT_NO_MEMORY;
	if (result == RESULT_OK) {
		CURLcode code = curl_easy_perform(curl);
		if (curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
			status = 0;
		result = tell(settings, code, status, problem);
	}
	curl_slist_free_all(to);
	return result;
}

enum result attendering_send(const struct attendering_settings *settings, bool oefening,
			     struct problem *problem)
{
	struct buffer message;
	CURL *curl = curl_easy_init();
	if (!curl)
		return RESULT_NO_MEMORY;
	buffer_init(&message, MESSAGE_MAX);
	attendering_write(settings, oefening, clock_wall_ms(), &message);
	struct upload upload = {buffer_view(&message)};
	enum result result = message.status;
	if (result == RESULT_OK)
		result = send_by(curl, settings, &upload, problem);
	buffer_done(&message);
	curl_easy_cleanup(curl);
	return result;
}

// SPDX-License-Identifier: EUPL-1.2
#include "jzv/http.h"
#include "jzv/reply.h"

#include "base/file.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PEM_MAX (1024 * 1024)
#define CONNECTIONS_MAX 64
#define CONNECTION_MEMORY (64 * 1024)
#define IDLE_S 30
#define API_VERSION "1.0.0"
#define PRIORITIES "SECURE256:+SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

// The files of the settings as texts with a NUL.
struct pems {
	struct buffer certificate, key, clients;
};
struct http {
	struct gateway *gateway;
	struct MHD_Daemon *daemon;
	struct pems pems;
};

// One request while its body comes in.
struct upload {
	struct buffer body;
};

// ---- files -------------------------------------------------------------------------------------

static enum result fail_file(struct problem *problem, const char *path, const char *field,
			     const char *what, const char *fix)
{
	problem_set_file(problem, path);
	problem_set_field(problem, "%s", field);
	problem_set(problem, reason_code(REASON_BAD_VALUE), fix, "%s", what);
	return RESULT_CONFIG;
}

static enum result read_pem(const char *path, const char *field, bool is_private,
			    struct buffer *out, struct problem *problem)
{
	buffer_init(out, PEM_MAX);
	enum result result = is_private ? file_read_private(path, PEM_MAX - 1, out)
					: file_read(path, PEM_MAX - 1, out);
	buffer_append_u8(out, '\0');
	if (result == RESULT_OK && out->status == RESULT_OK)
		return RESULT_OK;
	problem_set_file(problem, path);
	problem_set_field(problem, "%s", field);
	enum reason reason = result == RESULT_NOT_FOUND ? REASON_FILE_MISSING
			     : result == RESULT_DENIED  ? REASON_FILE_MODE
							: REASON_IO;
	problem_set(problem, reason_code(reason), reason_fix(reason), "the file cannot be read: %s",
		    result_name(result));
	return result == RESULT_IO ? RESULT_IO : RESULT_CONFIG;
}

static void pems_done(struct pems *pems)
{
	buffer_wipe(&pems->certificate);
	buffer_wipe(&pems->key);
	buffer_wipe(&pems->clients);
}

static gnutls_datum_t datum_of(const struct buffer *pem)
{
	return (gnutls_datum_t){.data = pem->data, .size = (unsigned)pem->len - 1};
}

static const char *text_of(const struct buffer *pem)
{
	return (const char *)pem->data;
}

static enum result read_pems(const struct jzv_settings *settings, struct pems *pems,
			     struct problem *problem)
{
	memset(pems, 0, sizeof *pems);
	enum result result =
		read_pem(settings->certificate, "certificate", false, &pems->certificate, problem);
	if (result == RESULT_OK)
		result = read_pem(settings->key, "key", true, &pems->key, problem);
	if (result == RESULT_OK)
		result = read_pem(settings->clients, "clients", false, &pems->clients, problem);
	return result;
}

// An expired certificate shows when somebody connects; better that it shows here.
static enum result check_expiry(const struct jzv_settings *settings, const struct pems *pems,
				struct problem *problem)
{
	gnutls_x509_crt_t certificate;
	gnutls_datum_t pem = datum_of(&pems->certificate);
	enum result result = RESULT_OK;
	if (gnutls_x509_crt_init(&certificate) != 0)
		return RESULT_NO_MEMORY;
	if (gnutls_x509_crt_import(certificate, &pem, GNUTLS_X509_FMT_PEM) != 0)
		result = fail_file(problem, settings->certificate, "certificate",
				   "this is no certificate", "give a PEM file");
	else if (gnutls_x509_crt_get_expiration_time(certificate) < time(NULL))
		result = fail_file(problem, settings->certificate, "certificate",
				   "the certificate has expired", "have a new one issued");
	gnutls_x509_crt_deinit(certificate);
	return result;
}

static enum result check_pems(const struct jzv_settings *settings, const struct pems *pems,
			      struct problem *problem)
{
	gnutls_certificate_credentials_t credentials;
	gnutls_datum_t certificate = datum_of(&pems->certificate), key = datum_of(&pems->key);
	gnutls_datum_t clients = datum_of(&pems->clients);
	if (gnutls_certificate_allocate_credentials(&credentials) != 0)
		return RESULT_NO_MEMORY;
	enum result result = check_expiry(settings, pems, problem);
	if (result == RESULT_OK &&
	    gnutls_certificate_set_x509_key_mem(credentials, &certificate, &key,
						GNUTLS_X509_FMT_PEM) < 0)
		result = fail_file(problem, settings->key, "key",
				   "this is not the key of the certificate",
				   "give the PEM file with its private key, without a password");
	if (result == RESULT_OK &&
	    gnutls_certificate_set_x509_trust_mem(credentials, &clients, GNUTLS_X509_FMT_PEM) < 1)
		result = fail_file(problem, settings->clients, "clients",
				   "there is no certificate in it",
				   "give a PEM file with the certificate of who issues those of "
				   "clients");
	gnutls_certificate_free_credentials(credentials);
	return result;
}

enum result http_check(const struct jzv_settings *settings, struct problem *problem)
{
	struct pems pems;
	enum result result = read_pems(settings, &pems, problem);
	if (result == RESULT_OK)
		result = check_pems(settings, &pems, problem);
	pems_done(&pems);
	return result;
}

// ---- who it is ---------------------------------------------------------------------------------

// 0, or the status with which a client without a good certificate is sent away.
static unsigned judge_peer(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	gnutls_typed_vdata_st purpose = {
		.type = GNUTLS_DT_KEY_PURPOSE_OID,
		.data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_CLIENT,
		.size = 0};
	unsigned status = 0, count = 0;
	if (!info || !info->tls_session)
		return 401;
	gnutls_session_t session = info->tls_session;
	if (!gnutls_certificate_get_peers(session, &count) || count == 0)
		return 401;
	int failed = gnutls_certificate_verify_peers(session, &purpose, 1, &status);
	return failed == 0 && status == 0 ? 0 : 403;
}

static void fail_peer(struct http_reply *reply, unsigned status)
{
	struct problem problem = {.code = NULL};
	problem_set(&problem, reason_code(REASON_NOT_ADMITTED),
		    "Connect with a certificate in force from who issues those of this gateway.",
		    "%s",
		    status == 401 ? "the client showed no certificate"
				  : "the client's certificate is not accepted");
	reply_problem(reply, status, &problem);
}

// ---- answering ---------------------------------------------------------------------------------

static const char *header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static bool add_headers(struct MHD_Response *response, const struct http_reply *reply)
{
	char retry[12];
	snprintf(retry, sizeof retry, "%u", reply->retry_s);
	const struct {
		const char *name, *value;
	} headers[] = {
		{"api-version", API_VERSION},
		{"Cache-Control", "no-store"},
		{"X-Content-Type-Options", "nosniff"},
		{"Content-Type", reply->type},
		{"Location", reply->location[0] ? reply->location : NULL},
		{"Allow", reply->allow[0] ? reply->allow : NULL},
		{"Retry-After", reply->retry_s ? retry : NULL},
	};
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		if (headers[i].value &&
		    MHD_add_response_header(response, headers[i].name, headers[i].value) != MHD_YES)
			return false;
	}
	return true;
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, const struct http_reply *reply)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
		reply->body.len, reply->body.data, MHD_RESPMEM_MUST_COPY);
	if (!response)
		return MHD_NO;
	enum MHD_Result result = MHD_NO;
	if (add_headers(response, reply))
		result = MHD_queue_response(connection, reply->status, response);
	MHD_destroy_response(response);
	return result;
}

// Before a body is read: what can be said already.
static bool refuse_early(struct MHD_Connection *connection, struct http_reply *reply)
{
	const char *length = header(connection, "Content-Length");
	unsigned status = judge_peer(connection);
	if (status != 0)
		fail_peer(reply, status);
	else if (length && strtoull(length, NULL, 10) > BODY_MAX)
		reply_reason(reply, 413, REASON_TOO_LONG, "A melding has at most 1 MiB.");
	return reply->status != 0;
}

static void answer(struct http *http, struct MHD_Connection *connection,
		   const struct http_request *request, struct http_reply *reply)
{
	struct http_request whole = *request;
	whole.content_type = header(connection, "Content-Type");
	whole.after = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "na");
	gateway_answer(http->gateway, &whole, reply);
}

static enum MHD_Result begin(struct MHD_Connection *connection, void **context)
{
	struct http_reply reply;
	struct upload *upload = calloc(1, sizeof *upload);
	if (!upload)
		return MHD_NO;
	buffer_init(&upload->body, BODY_MAX);
	*context = upload;
	reply_init(&reply);
	enum MHD_Result result = MHD_YES;
	if (refuse_early(connection, &reply))
		result = send_reply(connection, &reply);
	reply_done(&reply);
	return result;
}

static enum MHD_Result finish(struct http *http, struct MHD_Connection *connection,
			      const struct upload *upload, const struct http_request *request)
{
	struct http_reply reply;
	struct http_request whole = *request;
	whole.body = buffer_view(&upload->body);
	reply_init(&reply);
	if (upload->body.status == RESULT_TOO_LARGE)
		reply_reason(&reply, 413, REASON_TOO_LONG, "A melding has at most 1 MiB.");
	else if (upload->body.status != RESULT_OK)
		reply_reason(&reply, 503, REASON_IO, NULL);
	else
		answer(http, connection, &whole, &reply);
	enum MHD_Result result = send_reply(connection, &reply);
	reply_done(&reply);
	return result;
}

// Its shape is libmicrohttpd's: a body comes in pieces, and after the last one nothing more.
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *data,
			      size_t *size, void **upload_context)
{
	struct upload *upload = *upload_context;
	(void)version;
	if (!upload)
		return begin(connection, upload_context);
	if (*size > 0) {
		buffer_append(&upload->body, bytes_make(data, *size));
		*size = 0;
		return MHD_YES;
	}
	return finish(context, connection, upload,
		      &(struct http_request){.method = method, .path = url});
}

static void completed(void *context, struct MHD_Connection *connection, void **upload_context,
		      enum MHD_RequestTerminationCode code)
{
	struct upload *upload = *upload_context;
	(void)context;
	(void)connection;
	(void)code;
	if (!upload)
		return;
	buffer_wipe(&upload->body);
	free(upload);
	*upload_context = NULL;
}

// What it has to say is about strangers, and quotes them.
static void say_nothing(void *context, const char *format, va_list args)
{
	(void)context;
	(void)format;
	(void)args;
}

// ---- listening ---------------------------------------------------------------------------------

static enum result fail_listen(struct problem *problem, const char *what)
{
	problem_set_field(problem, "address");
	problem_set(problem, reason_code(REASON_IN_USE),
		    "give an address of this machine and a free port", "%s", what);
	return RESULT_IO;
}

static enum result start(struct http *http, const struct jzv_settings *settings,
			 struct problem *problem)
{
	char port[8];
	struct addrinfo *found,
		hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
	snprintf(port, sizeof port, "%u", settings->port);
	if (getaddrinfo(settings->address, port, &hints, &found) != 0)
		return fail_listen(problem, "the address is no IPv4 or IPv6 address");
	unsigned flags = MHD_USE_TLS | MHD_USE_EPOLL | MHD_USE_ERROR_LOG |
			 (found->ai_family == AF_INET6 ? MHD_USE_IPv6 : 0U);
	http->daemon = MHD_start_daemon(
		flags, (uint16_t)settings->port, NULL, NULL, handle, http,
		MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL, MHD_OPTION_SOCK_ADDR, found->ai_addr,
		MHD_OPTION_HTTPS_MEM_CERT, text_of(&http->pems.certificate),
		MHD_OPTION_HTTPS_MEM_KEY, text_of(&http->pems.key), MHD_OPTION_HTTPS_MEM_TRUST,
		text_of(&http->pems.clients), MHD_OPTION_HTTPS_PRIORITIES, PRIORITIES,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_END);
	freeaddrinfo(found);
	return http->daemon ? RESULT_OK : fail_listen(problem, "nothing can listen there");
}

enum result http_open(struct gateway *gateway, struct http **ret_http, struct problem *problem)
{
	const struct jzv_settings *settings = gateway->settings;
	struct http *http = calloc(1, sizeof *http);
	if (!http)
		return RESULT_NO_MEMORY;
	http->gateway = gateway;
	enum result result = read_pems(settings, &http->pems, problem);
	if (result == RESULT_OK)
		result = check_pems(settings, &http->pems, problem);
	if (result == RESULT_OK)
		result = start(http, settings, problem);
	if (result == RESULT_OK)
		*ret_http = http;
	else
		http_close(http);
	return result;
}

void http_close(struct http *http)
{
	if (!http)
		return;
	if (http->daemon)
		MHD_stop_daemon(http->daemon);
	pems_done(&http->pems);
	free(http);
}

unsigned http_port(const struct http *http)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT);
	return info ? info->port : 0;
}

int http_fd(const struct http *http)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	return info ? info->epoll_fd : -1;
}

int64_t http_timeout(const struct http *http)
{
	MHD_UNSIGNED_LONG_LONG ms;
	return MHD_get_timeout(http->daemon, &ms) == MHD_YES ? (int64_t)ms : -1;
}

void http_run(struct http *http)
{
	MHD_run(http->daemon);
}

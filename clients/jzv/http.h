// SPDX-License-Identifier: EUPL-1.2
// HTTP over TLS with client certificates, by libmicrohttpd and GnuTLS: the only file that includes
// them. It has no thread of its own: http_run does what can be done without waiting.
#ifndef KNP_JZV_HTTP_H
#define KNP_JZV_HTTP_H

#include "jzv/gateway.h"

struct http;

// RESULT_CONFIG when certificate, key or the certificates of clients cannot be used together;
// RESULT_DENIED when others can read the key; RESULT_IO when nothing can listen there.
enum result http_open(struct gateway *gateway, struct http **ret_http,
		      struct problem *problem) KNP_MUST_CHECK;
void http_close(struct http *http); // NULL allowed
// Reads the files and checks them, and opens nothing.
enum result http_check(const struct jzv_settings *settings, struct problem *problem) KNP_MUST_CHECK;
unsigned http_port(const struct http *http);
int http_fd(const struct http *http);          // readable when there is something to do
int64_t http_timeout(const struct http *http); // ms until there is, -1: nothing is known
void http_run(struct http *http);

#endif

// SPDX-License-Identifier: EUPL-1.2
#include "witness/post.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#define ANSWER_MAX 16384
#define WAIT_MS 10000
#define URL_MAX 400

static size_t take(char *data, size_t size, size_t count, void *context)
{
	struct buffer *body = context;
	buffer_append(body, bytes_make(data, size * count));
	return body->status == RESULT_OK ? size * count : 0;
}

static bool prepare(CURL *curl, const char *url, struct bytes body, struct post_answer *answer)
{
	return curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOPROXY, "*") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)WAIT_MS) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer->body) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.len) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (const char *)body.data) == CURLE_OK;
}

enum result post_body(const char *url, struct bytes body, struct post_answer *ret_answer)
{
	char path[URL_MAX];
	long status = 0;
	size_t len = strlen(url);
	buffer_init(&ret_answer->body, ANSWER_MAX);
	CURL *curl = curl_easy_init();
	if (!curl)
		return RESULT_NO_MEMORY;
	int made = snprintf(path, sizeof path, "%s%sadd-checkpoint", url,
			    len > 0 && url[len - 1] == '/' ? "" : "/");
	bool sent = made > 0 && (size_t)made < sizeof path &&
		    prepare(curl, path, body, ret_answer) && curl_easy_perform(curl) == CURLE_OK &&
		    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK;
	curl_easy_cleanup(curl);
	ret_answer->status = (unsigned)status;
	return sent && status > 0 ? RESULT_OK : RESULT_CLOSED;
}

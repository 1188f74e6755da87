// SPDX-License-Identifier: EUPL-1.2
#include "jzv/webhook.h"
#include "jzv/gateway.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define HEADER_MAX 240

struct webhook {
	CURL *curl;
	char source[96];
};

// What the other side says beside its status is of no use to us.
static size_t ignore(char *data, size_t size, size_t count, void *context)
{
	(void)data;
	(void)context;
	return size * count;
}

// It shows the gateway's own certificate to who asks for one.
static bool set_tls(CURL *curl, const struct jzv_settings *settings)
{
	bool ok = curl_easy_setopt(curl, CURLOPT_SSLCERT, settings->certificate) == CURLE_OK &&
		  curl_easy_setopt(curl, CURLOPT_SSLKEY, settings->key) == CURLE_OK &&
		  curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ==
			  CURLE_OK;
	if (ok && settings->webhook_ca[0])
		ok = curl_easy_setopt(curl, CURLOPT_CAINFO, settings->webhook_ca) == CURLE_OK;
	return ok;
}

static bool set_all(CURL *curl, const struct jzv_settings *settings)
{
	return curl_easy_setopt(curl, CURLOPT_URL, settings->webhook) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOPROXY, "*") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)DUTY_WAIT_MS) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore) == CURLE_OK &&
	       set_tls(curl, settings);
}

enum result webhook_open(const struct jzv_settings *settings, struct webhook **ret_webhook,
			 struct problem *problem)
{
	struct webhook *webhook = calloc(1, sizeof *webhook);
	if (!webhook)
		return RESULT_NO_MEMORY;
	snprintf(webhook->source, sizeof webhook->source, "urn:nld:oin:%s:systeem:%s",
		 settings->client.oin.text, settings->client.systeem);
	webhook->curl = curl_easy_init();
	if (webhook->curl && set_all(webhook->curl, settings)) {
		*ret_webhook = webhook;
		return RESULT_OK;
	}
	webhook_close(webhook);
	problem_set_field(problem, "webhook");
	problem_set(problem, reason_code(REASON_BAD_VALUE), "correct the URL",
		    "nothing can be posted to the webhook");
	return RESULT_CONFIG;
}

void webhook_close(struct webhook *webhook)
{
	if (!webhook)
		return;
	curl_easy_cleanup(webhook->curl);
	free(webhook);
}

static struct curl_slist *add(struct curl_slist *headers, const char *name, const char *value)
{
	char header[HEADER_MAX];
	struct curl_slist *added = NULL;
	int made = snprintf(header, sizeof header, "%s:%s%s", name, value[0] ? " " : "", value);
	if (made > 0 && (size_t)made < sizeof header)
		added = curl_slist_append(headers, header);
	if (!added)
		curl_slist_free_all(headers);
	return added;
}

static struct curl_slist *make_headers(const struct webhook *webhook,
				       const struct webhook_event *event)
{
	char id[FUNCTIE_MAX + 24], time[21], type[40];
	const struct {
		const char *name, *value;
	} rows[] = {
		{"Content-Type", "application/json"},
		{"ce-specversion", "1.0"},
		{"ce-id", id},
		{"ce-source", webhook->source},
		{"ce-type", type},
		{"ce-time", time},
		{"Expect", ""}, // nobody waits for a go-ahead
	};
	struct curl_slist *headers = NULL;
	snprintf(type, sizeof type, "nl.knooppunt.%s", event->soort);
	snprintf(id, sizeof id, "%s-%" PRIu64, event->functie, event->number);
	time_format(time, clock_wall_ms());
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		headers = add(headers, rows[i].name, rows[i].value);
		if (!headers)
			return NULL;
	}
	return headers;
}

unsigned webhook_post(struct webhook *webhook, const struct webhook_event *event)
{
	long status = 0;
	CURL *curl = webhook->curl;
	struct curl_slist *headers = make_headers(webhook, event);
	bool sent =
		headers && curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)event->body.len) == CURLE_OK &&
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (const char *)event->body.data) ==
			CURLE_OK &&
		curl_easy_perform(curl) == CURLE_OK &&
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK;
	curl_slist_free_all(headers);
	if (!sent || status <= 0)
		return WEBHOOK_NOT_SENT;
	return status >= 200 && status < 300 ? 0 : (unsigned)status;
}

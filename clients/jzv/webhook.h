// SPDX-License-Identifier: EUPL-1.2
// Posts verstrekkingen to a URL of the partner, with the headers of the NL GOV profile for
// CloudEvents 1.0 (binary mode). By libcurl, without redirects, proxies or cookies.
#ifndef KNP_JZV_WEBHOOK_H
#define KNP_JZV_WEBHOOK_H

#include "jzv/settings.h"

struct webhook; // opaque

struct webhook_event {
	const char *functie;
	uint64_t number;   // with the functie it is the event's id: the same event has the same one
	const char *soort; // as in its body
	struct bytes body; // JSON
};

enum result webhook_open(const struct jzv_settings *settings, struct webhook **ret_webhook,
			 struct problem *problem) KNP_MUST_CHECK;
void webhook_close(struct webhook *webhook); // NULL allowed
// 0 when a 2xx says that the other side has it durably; else the status, or WEBHOOK_NOT_SENT when
// there was none within DUTY_WAIT_MS.
#define WEBHOOK_NOT_SENT 599
unsigned webhook_post(struct webhook *webhook, const struct webhook_event *event) KNP_MUST_CHECK;

#endif

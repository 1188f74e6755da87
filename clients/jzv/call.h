// SPDX-License-Identifier: EUPL-1.2
// Answering one request: what the files with resources share; inside this folder only.
#ifndef KNP_JZV_CALL_H
#define KNP_JZV_CALL_H

#include "jzv/reply.h"

#define CALL_ARENA_EXTRA (256 * 1024)

// A request that is answered: `rest` is what its path has behind that of the resource.
struct call {
	struct gateway *gateway;
	const struct http_request *request;
	const char *rest;
	struct http_reply *reply;
};

// The id of the first attempt at a melding or uitkomst with this registratienummer.
void jzv_make_id(const struct gateway *gateway, const char *what, struct bytes number,
		 char ret_id[ID_MAX + 1]);
// The id at the knooppunt of a melding or uitkomst with this registratienummer: under which it is
// pushed, or under which it was pushed last. After a refusal for its time (a clock that was wrong,
// a knooppunt that was away for a month), or any but a *conflict* that the outbox has let go of, it
// is pushed under a next one.
enum result jzv_id_to_push(const struct gateway *gateway, const char *what, struct bytes number,
			   char ret_id[ID_MAX + 1]) KNP_MUST_CHECK;
enum result jzv_id_pushed(const struct gateway *gateway, const char *what, struct bytes number,
			  char ret_id[ID_MAX + 1]) KNP_MUST_CHECK;
// Members of an object that is open: why something is kept, nothing when it is not.
void jzv_write_kept(struct json_out *out, const struct problem *kept);
// How it stands.
void jzv_write_standing(const struct call *call, struct json_out *out, struct bytes number,
			const struct item_status *status);
void jzv_show_standing(const struct call *call, unsigned status, const char *id,
		       struct bytes number);
// The same of what was pushed last under this number.
void jzv_show_last(const struct call *call, const char *what, struct bytes number);
// It is in the outbox: 201 with its place after POST, 200 after PUT.
void jzv_show_pushed(const struct call *call, const char *resource, const char *id,
		     struct bytes number);

void jzv_post_melding(const struct call *call);
void jzv_get_meldingen(const struct call *call);
void jzv_get_melding(const struct call *call);
void jzv_delete_melding(const struct call *call);
void jzv_get_proof(const struct call *call);
void jzv_post_uitkomst(const struct call *call);
void jzv_get_uitkomst(const struct call *call);
void jzv_post_opvolging(const struct call *call);
void jzv_get_opvolging(const struct call *call);
void jzv_get_verstrekkingen(const struct call *call);
void jzv_delete_verstrekking(const struct call *call);
void jzv_get_status(const struct call *call);
void jzv_get_openapi(const struct call *call);

#endif

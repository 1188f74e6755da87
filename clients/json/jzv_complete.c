// SPDX-License-Identifier: EUPL-1.2
// What JZV lacks: the block `knooppunt` of the document, then the settings. What the document says
// may not be said again in the block; what the settings would say may.
#include "json/jzv.h"

#include <stdio.h>
#include <string.h>

#define POSTCODE_FIX                                                                               \
	"Give the gemeente in /knooppunt/kenmerken/gemeente, or a postcode in "                    \
	"/knooppunt/postcode or /incident/locatie that the settings of this gateway know."

// ---- the block ---------------------------------------------------------------------------------

static enum result fail_twice(const struct jzv *jzv, const char *path)
{
	char pointer[JZV_POINTER_MAX];
	if (snprintf(pointer, sizeof pointer, "/knooppunt%s", path) < 0)
		pointer[0] = '\0';
	return jzv_fail(jzv, REASON_DUPLICATE, pointer,
			"JZV says this itself: leave it out of the block.");
}

static enum result merge_rubriek(const struct jzv *jzv, json_t *holder, const char *path,
				 json_t *given)
{
	const char *key, *name = strrchr(path, '/') + 1;
	json_t *value, *there = json_object_get(holder, name);
	if (!there)
		return json_object_set_new(holder, name, json_deep_copy(given)) == 0
			       ? RESULT_OK
			       : RESULT_NO_MEMORY;
	if (!json_is_object(there) || !json_is_object(given))
		return fail_twice(jzv, path);
	json_object_foreach(given, key, value)
	{
		char pointer[JZV_POINTER_MAX];
		// A key that is no name is told by the reader that judges all of it.
		if (json_object_get(there, key)) {
			if (snprintf(pointer, sizeof pointer, "%s/%s", path, key) < 0)
				pointer[0] = '\0';
			return fail_twice(jzv, pointer);
		}
		if (json_object_set_new(there, key, json_deep_copy(value)) != 0)
			return RESULT_NO_MEMORY;
	}
	return RESULT_OK;
}

static bool is_name(const char *key)
{
	size_t len = strlen(key);
	return len > 0 && len <= 40 && strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789.-") == len;
}

static enum result merge_person(const struct jzv *jzv, json_t *person, size_t n, json_t *given)
{
	const char *key;
	json_t *value;
	char pointer[JZV_POINTER_MAX];
	json_object_foreach(given, key, value)
	{
		snprintf(pointer, sizeof pointer, "/betrokkenen/%zu/%s", n,
			 is_name(key) ? key : "");
		if (!is_name(key)) {
			snprintf(pointer, sizeof pointer, "/knooppunt/betrokkenen/%zu", n);
			return jzv_fail(jzv, REASON_UNKNOWN_FIELD, pointer, NULL);
		}
		enum result result = merge_rubriek(jzv, person, pointer, value);
		if (result != RESULT_OK)
			return result;
	}
	return RESULT_OK;
}

// The first one is the natuurlijkPersoon, where there is one.
static enum result merge_betrokkenen(struct jzv *jzv, json_t *given)
{
	char pointer[JZV_POINTER_MAX];
	json_t *list = json_object_get(jzv->out, "betrokkenen");
	if (!json_is_array(given))
		return jzv_fail(jzv, REASON_BAD_VALUE, "/knooppunt/betrokkenen",
				"Write a list of betrokkenen, also for one.");
	if (!list) {
		list = json_array();
		if (json_object_set_new(jzv->out, "betrokkenen", list) != 0)
			return RESULT_NO_MEMORY;
	}
	for (size_t n = 0; n < json_array_size(given); n++) {
		json_t *item = json_array_get(given, n);
		if (!json_is_object(item)) {
			snprintf(pointer, sizeof pointer, "/knooppunt/betrokkenen/%zu", n);
			return jzv_fail(jzv, REASON_BAD_VALUE, pointer,
					"Write an object with rubrieken for each betrokkene.");
		}
		if (n >= json_array_size(list) && json_array_append_new(list, json_object()) != 0)
			return RESULT_NO_MEMORY;
		enum result result = merge_person(jzv, json_array_get(list, n), n, item);
		if (result != RESULT_OK)
			return result;
	}
	return RESULT_OK;
}

enum result jzv_add_extension(struct jzv *jzv)
{
	const char *key;
	json_t *value;
	json_object_foreach(jzv_get(jzv, "/knooppunt"), key, value)
	{
		char pointer[JZV_POINTER_MAX];
		snprintf(pointer, sizeof pointer, "/%s", is_name(key) ? key : "");
		enum result result;
		if (strcmp(key, "postcode") == 0)
			result = RESULT_OK;
		else if (strcmp(key, "betrokkenen") == 0)
			result = merge_betrokkenen(jzv, value);
		else if (!is_name(key) || !rubriek_row_named(bytes_of_text(key)))
			result = jzv_fail(jzv, REASON_UNKNOWN_FIELD, "/knooppunt",
					  "The block has rubrieken, betrokkenen and postcode.");
		else
			result = merge_rubriek(jzv, jzv->out, pointer, value);
		if (result != RESULT_OK)
			return result;
	}
	return RESULT_OK;
}

// ---- the gemeente ------------------------------------------------------------------------------

static bool is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// A Dutch postcode at the start of a text: 1234AB or 1234 AB, not part of a longer word. Its
// number, 0 for none.
static unsigned postcode_at(struct bytes text)
{
	unsigned number = 0;
	if (text.len < 6 || text.data[0] == '0')
		return 0;
	for (size_t i = 0; i < 4; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return 0;
		number = 10 * number + (text.data[i] - '0');
	}
	size_t at = text.data[4] == ' ' ? 5 : 4;
	if (text.len < at + 2 || text.data[at] < 'A' || text.data[at] > 'Z' ||
	    text.data[at + 1] < 'A' || text.data[at + 1] > 'Z')
		return 0;
	return text.len > at + 2 && is_alnum(text.data[at + 2]) ? 0 : number;
}

static const char *gemeente_of(const struct jzv_defaults *defaults, unsigned postcode)
{
	for (size_t i = 0; i < defaults->postcode_count; i++) {
		if (postcode >= defaults->postcodes[i].van &&
		    postcode <= defaults->postcodes[i].tot)
			return defaults->postcodes[i].gemeente;
	}
	return NULL;
}

// The gemeente of the postcodes in the location: none, one, or they do not agree.
static enum result gemeente_of_location(const struct jzv *jzv, const char **ret_gemeente)
{
	struct bytes text = jzv_text(jzv_get(jzv, "/incident/locatie"));
	for (size_t i = 0; i < text.len; i++) {
		if (i > 0 && is_alnum(text.data[i - 1]))
			continue;
		unsigned postcode = postcode_at(bytes_make(text.data + i, text.len - i));
		const char *found =
			postcode ? gemeente_of(jzv->input->defaults, postcode) : *ret_gemeente;
		if (!found && postcode)
			return jzv_fail(jzv, REASON_BAD_VALUE, "/incident/locatie", POSTCODE_FIX);
		if (*ret_gemeente && strcmp(found, *ret_gemeente) != 0)
			return jzv_fail(jzv, REASON_BAD_VALUE, "/incident/locatie",
					"It names places in two gemeenten: give the one in "
					"/knooppunt/kenmerken/gemeente.");
		*ret_gemeente = found;
	}
	return RESULT_OK;
}

static enum result find_gemeente(const struct jzv *jzv, const char **ret_gemeente)
{
	json_t *given = jzv_get(jzv, "/knooppunt/postcode");
	const struct jzv_defaults *defaults = jzv->input->defaults;
	if (given) {
		unsigned postcode = postcode_at(jzv_text(given));
		*ret_gemeente = postcode && jzv_text(given).len <= 7
					? gemeente_of(defaults, postcode)
					: NULL;
		return *ret_gemeente ? RESULT_OK
				     : jzv_fail(jzv, REASON_BAD_VALUE, "/knooppunt/postcode",
						"Write it as 1234AB, one that the settings of this "
						"gateway know.");
	}
	*ret_gemeente = NULL;
	enum result result = gemeente_of_location(jzv, ret_gemeente);
	if (result == RESULT_OK && !*ret_gemeente && defaults->gemeente[0])
		*ret_gemeente = defaults->gemeente;
	if (result == RESULT_OK && !*ret_gemeente)
		return jzv_fail(jzv, REASON_MISSING_FIELD, "/knooppunt/kenmerken/gemeente",
				POSTCODE_FIX);
	return result;
}

// ---- the settings ------------------------------------------------------------------------------

// What is there already stays.
static enum result put_default(struct jzv *jzv, bool of_person, const char *names[2], json_t *value)
{
	enum result result = jzv_put(jzv, of_person, names[0], names[1], value);
	return result == RESULT_EXISTS ? RESULT_OK : result;
}

static enum result put_kenmerk(struct jzv *jzv, const char *veld, const char *code)
{
	if (code[0] == '\0')
		return RESULT_OK;
	return put_default(jzv, false, (const char *[]){"kenmerken", veld}, json_string(code));
}

static enum result put_themas(struct jzv *jzv, const struct jzv_soort *soort)
{
	if (soort->thema_count == 0)
		return RESULT_OK;
	json_t *list = json_array();
	for (size_t i = 0; i < soort->thema_count; i++) {
		if (json_array_append_new(list, json_string(soort->thema[i])) != 0) {
			json_decref(list);
			return RESULT_NO_MEMORY;
		}
	}
	return put_default(jzv, false, (const char *[]){"kenmerken", "thema"}, list);
}

static enum result put_soort(struct jzv *jzv)
{
	struct bytes name = jzv_text(jzv_get(jzv, "/soort"));
	const struct jzv_soort *soort = &jzv->input->defaults->soorten[0];
	for (size_t n = 0; n < JZV_SOORTEN; n++) {
		if (bytes_equal(bytes_of_text(jzv_soort_name(n)), name))
			soort = &jzv->input->defaults->soorten[n];
	}
	json_t *kenmerken = json_object_get(jzv->out, "kenmerken");
	if (soort->soort[0] == '\0' && !json_object_get(kenmerken, "soort"))
		return jzv_fail(jzv, REASON_MISSING_FIELD, "/knooppunt/kenmerken/soort",
				"Give it there; the settings of this gateway do not say what this "
				"soort is.");
	enum result result = put_kenmerk(jzv, "soort", soort->soort);
	if (result == RESULT_OK)
		result = put_kenmerk(jzv, "klasse", soort->klasse);
	if (result == RESULT_OK)
		result = put_kenmerk(jzv, "urgentie", soort->urgentie);
	return result == RESULT_OK ? put_themas(jzv, soort) : result;
}

// JZV says neither a role nor whether an address may be known: then it is treated as one that may
// not.
static enum result put_person(struct jzv *jzv)
{
	json_t *list = json_object_get(jzv->out, "betrokkenen");
	if (!jzv_get(jzv, "/natuurlijkPersoon") || json_array_size(list) == 0)
		return RESULT_OK;
	enum result result = put_default(jzv, true, (const char *[]){"betrokkenheid", "rol"},
					 json_string("betrokkene"));
	if (result == RESULT_OK &&
	    json_is_object(json_object_get(json_array_get(list, 0), "verblijfadres")))
		result = put_default(jzv, true, (const char *[]){"verblijfadres", "afgeschermd"},
				     json_true());
	return result;
}

enum result jzv_add_defaults(struct jzv *jzv)
{
	const char *gemeente = "";
	enum result result = RESULT_OK;
	json_t *kenmerken = json_object_get(jzv->out, "kenmerken");
	if (!json_object_get(kenmerken, "gemeente"))
		result = find_gemeente(jzv, &gemeente);
	if (result == RESULT_OK)
		result = put_kenmerk(jzv, "gemeente", gemeente);
	if (result == RESULT_OK)
		result = put_soort(jzv);
	return result == RESULT_OK ? put_person(jzv) : result;
}

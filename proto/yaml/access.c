// SPDX-License-Identifier: EUPL-1.2
#include "base/guess.h"
#include "yaml/node.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define KEY_SHOWN 60 // of a key that is quoted in a message
#define FIX_MAX 240  // as in struct problem

const struct yaml_node *yaml_root(const struct yaml *yaml)
{
	return yaml->count ? node_at(yaml, 1) : NULL;
}

enum yaml_kind yaml_kind(const struct yaml_node *node)
{
	switch (node->raw->type) {
	case YAML_SEQUENCE_NODE:
		return YAML_SEQUENCE;
	case YAML_MAPPING_NODE:
		return YAML_MAPPING;
	default:
		return YAML_SCALAR;
	}
}

unsigned yaml_line(const struct yaml_node *node)
{
	return (unsigned)node->raw->start_mark.line + 1;
}

struct bytes yaml_scalar(const struct yaml_node *node)
{
	if (node->raw->type != YAML_SCALAR_NODE)
		return (struct bytes){0};
	return bytes_make(node->raw->data.scalar.value, node->raw->data.scalar.length);
}

size_t yaml_count(const struct yaml_node *node)
{
	const yaml_node_t *raw = node->raw;
	if (raw->type == YAML_SEQUENCE_NODE)
		return (size_t)(raw->data.sequence.items.top - raw->data.sequence.items.start);
	if (raw->type == YAML_MAPPING_NODE)
		return (size_t)(raw->data.mapping.pairs.top - raw->data.mapping.pairs.start);
	return 0;
}

const struct yaml_node *yaml_item(const struct yaml_node *node, size_t n)
{
	assert(n < yaml_count(node));
	if (node->raw->type == YAML_SEQUENCE_NODE)
		return node_at(node->yaml, node->raw->data.sequence.items.start[n]);
	return node_at(node->yaml, node->raw->data.mapping.pairs.start[n].value);
}

static const struct yaml_node *key_node(const struct yaml_node *mapping, size_t n)
{
	return node_at(mapping->yaml, mapping->raw->data.mapping.pairs.start[n].key);
}

struct bytes yaml_key(const struct yaml_node *node, size_t n)
{
	assert(node->raw->type == YAML_MAPPING_NODE && n < yaml_count(node));
	return yaml_scalar(key_node(node, n));
}

const struct yaml_node *yaml_find(const struct yaml_node *mapping, const char *key)
{
	if (mapping->raw->type != YAML_MAPPING_NODE)
		return NULL;
	for (size_t n = 0; n < yaml_count(mapping); n++) {
		if (bytes_equal(yaml_key(mapping, n), bytes_of_text(key)))
			return yaml_item(mapping, n);
	}
	return NULL;
}

void yaml_problem(const struct yaml *yaml, const struct yaml_node *node, struct problem *problem,
		  const char *code, const char *fix, const char *format, ...)
{
	if (!problem)
		return;
	char message[sizeof problem->message];
	va_list args;
	va_start(args, format);
	if (vsnprintf(message, sizeof message, format, args) < 0)
		message[0] = '\0';
	va_end(args);
	problem_set_file(problem, yaml->file);
	problem->line = node ? yaml_line(node) : 0;
	problem_set(problem, code, fix, "%s", message);
}

static const char *nearest(struct bytes key, const char *const *allowed)
{
	struct guess guess = guess_of(key);
	for (; *allowed; allowed++)
		guess_offer(&guess, *allowed);
	return guess.best;
}

static bool is_allowed(struct bytes key, const char *const *allowed)
{
	for (; *allowed; allowed++) {
		if (bytes_equal(key, bytes_of_text(*allowed)))
			return true;
	}
	return false;
}

// A file of another kind shows by them.
static void list_allowed(const char *const *allowed, char fix[FIX_MAX])
{
	snprintf(fix, FIX_MAX, "Remove the key, or use one that belongs here: ");
	struct name_list list = name_list_in(fix, FIX_MAX);
	for (; *allowed; allowed++)
		name_list_add(&list, *allowed);
}

static int shown(struct bytes key)
{
	return (int)(key.len < KEY_SHOWN ? key.len : KEY_SHOWN);
}

enum result yaml_only_keys(const struct yaml *yaml, const struct yaml_node *node,
			   const char *const *allowed, struct problem *problem)
{
	if (!node || node->raw->type != YAML_MAPPING_NODE) {
		yaml_problem(yaml, node, problem, "bad-type", "Write keys with values here.",
			     "A mapping (keys with values) is expected here.");
		return RESULT_CONFIG;
	}
	for (size_t n = 0; n < yaml_count(node); n++) {
		struct bytes key = yaml_key(node, n);
		if (is_allowed(key, allowed))
			continue;
		char fix[FIX_MAX];
		const char *guess = nearest(key, allowed);
		if (guess)
			snprintf(fix, sizeof fix, "Write \"%s\", or remove the key.", guess);
		else
			list_allowed(allowed, fix);
		yaml_problem(yaml, key_node(node, n), problem, "unknown-keyword", fix,
			     "The key \"%.*s\" is not known here.", shown(key),
			     (const char *)key.data);
		return RESULT_CONFIG;
	}
	return RESULT_OK;
}

// A quoted "ja" or "5" is a text: whoever quotes it means the letters.
static struct bytes plain_scalar(const struct yaml_node *node)
{
	if (node->raw->type != YAML_SCALAR_NODE ||
	    node->raw->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return (struct bytes){0};
	return yaml_scalar(node);
}

enum result yaml_bool(const struct yaml *yaml, const struct yaml_node *node, bool *ret_value,
		      struct problem *problem)
{
	struct bytes text = plain_scalar(node);
	bool yes =
		bytes_equal(text, bytes_of_text("ja")) || bytes_equal(text, bytes_of_text("true"));
	bool no = bytes_equal(text, bytes_of_text("nee")) ||
		  bytes_equal(text, bytes_of_text("false"));
	if (!yes && !no) {
		yaml_problem(yaml, node, problem, "bad-type",
			     "Write ja or nee (or true or false), without quotes.",
			     "A yes or no is expected here.");
		return RESULT_CONFIG;
	}
	*ret_value = yes;
	return RESULT_OK;
}

static bool is_decimal(struct bytes text)
{
	size_t at = text.len > 0 && text.data[0] == '-';
	if (at == text.len || (text.data[at] == '0' && text.len > 1))
		return false;
	for (; at < text.len; at++) {
		if (text.data[at] < '0' || text.data[at] > '9')
			return false;
	}
	return true;
}

enum result yaml_int(const struct yaml *yaml, const struct yaml_node *node, int64_t *ret_value,
		     struct problem *problem)
{
	struct bytes text = plain_scalar(node);
	if (!is_decimal(text)) {
		yaml_problem(yaml, node, problem, "bad-type",
			     "Write a decimal number: only digits, no quotes, no unit.",
			     "A whole number is expected here.");
		return RESULT_CONFIG;
	}
	bool negative = text.data[0] == '-';
	int64_t value = 0;
	for (size_t i = negative; i < text.len; i++) {
		// Negative all the way: the smallest int64 has no positive counterpart.
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, text.data[i] - '0', &value))
			goto too_large;
	}
	if (!negative && __builtin_sub_overflow(0, value, &value))
		goto too_large;
	*ret_value = value;
	return RESULT_OK;
too_large:
	yaml_problem(yaml, node, problem, "out-of-range", "Write a smaller number.",
		     "The number is too large.");
	return RESULT_CONFIG;
}

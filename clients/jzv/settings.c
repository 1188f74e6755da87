// SPDX-License-Identifier: EUPL-1.2
#include "jzv/settings.h"

#include "door/defaults.h"

#include <stdio.h>
#include <string.h>

#define PORT_STANDARD 8443
#define FETCH_STANDARD 10
#define FETCH_S_MAX 3600

// ---- plain values ------------------------------------------------------------------------------

static enum result read_address(const struct reading *reading, const struct yaml_node *root,
				struct jzv_settings *out)
{
	const struct yaml_node *node = yaml_find(root, "address");
	if (!node)
		return RESULT_OK;
	struct bytes value = yaml_scalar(node);
	if (value.len == 0 || value.len >= sizeof out->address)
		return reading_refuse(reading, node, "address", "give an IPv4 or IPv6 address");
	memcpy(out->address, value.data, value.len);
	out->address[value.len] = '\0';
	return RESULT_OK;
}

static bool is_here(struct bytes rest)
{
	static const char *const hosts[] = {"127.0.0.1", "[::1]", "localhost"};
	for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
		struct bytes behind = rest;
		if (bytes_take_text(&behind, hosts[i]) &&
		    (behind.len == 0 || behind.data[0] == ':' || behind.data[0] == '/'))
			return true;
	}
	return false;
}

// Content never goes over a network without TLS.
static enum result read_webhook(const struct reading *reading, const struct yaml_node *root,
				struct jzv_settings *out)
{
	const struct yaml_node *node = yaml_find(root, "webhook");
	if (!node)
		return RESULT_OK;
	struct bytes url = yaml_scalar(node), rest = url;
	bool clean = url.len > 0 && url.len < sizeof out->webhook;
	for (size_t i = 0; i < url.len; i++)
		clean = clean && url.data[i] > ' ' && url.data[i] < 0x7f && url.data[i] != '@';
	bool safe = bytes_take_text(&rest, "https://")
			    ? rest.len > 0 && rest.data[0] != '/'
			    : bytes_take_text(&rest, "http://") && is_here(rest);
	if (!clean || !safe)
		return reading_refuse(
			reading, node, "webhook",
			"give an https:// URL, or an http:// one of this machine, without a "
			"user or password in it");
	if (out->functie_count == 0)
		return reading_refuse(reading, node, "webhook", "name the functies whose it is");
	memcpy(out->webhook, url.data, url.len);
	out->webhook[url.len] = '\0';
	return yaml_find(root, "webhook_ca")
		       ? reading_path(reading, root, "webhook_ca", out->webhook_ca)
		       : RESULT_OK;
}

// ---- lists -------------------------------------------------------------------------------------

static enum result read_functies(const struct reading *reading, const struct yaml_node *root,
				 struct jzv_settings *out)
{
	const struct yaml_node *node = yaml_find(root, "functies");
	if (!node)
		return RESULT_OK;
	if (yaml_kind(node) != YAML_SEQUENCE || yaml_count(node) > JZV_FUNCTIES_MAX)
		return reading_refuse(reading, node, "functies", "give a list of functies");
	for (size_t i = 0; i < yaml_count(node); i++) {
		struct bytes value = yaml_scalar(yaml_item(node, i));
		if (!functie_is_valid(value))
			return reading_refuse(reading, yaml_item(node, i), "functies",
					      "a functie has 1 to 32 of a-z, 0-9 and '-'");
		memcpy(out->functies[i], value.data, value.len);
		out->functie_count = i + 1;
	}
	return RESULT_OK;
}

// ---- the file ----------------------------------------------------------------------------------

static enum result read_all(const struct reading *reading, const struct yaml_node *root, void *into)
{
	static const char *const keys[] = {"client",    "address",    "port",     "certificate",
					   "key",       "clients",    "functies", "fetch_s",
					   "webhook",   "webhook_ca", "gemeente", "soorten",
					   "postcodes", NULL};
	struct jzv_settings *out = into;
	enum result result = yaml_only_keys(reading->yaml, root, keys, reading->problem);
	if (result == RESULT_OK)
		result = reading_path(reading, root, "client", out->client_file);
	if (result == RESULT_OK)
		result = reading_path(reading, root, "certificate", out->certificate);
	if (result == RESULT_OK)
		result = reading_path(reading, root, "key", out->key);
	if (result == RESULT_OK)
		result = reading_path(reading, root, "clients", out->clients);
	if (result == RESULT_OK)
		result = read_address(reading, root, out);
	if (result == RESULT_OK)
		result = reading_number(reading, root, "port", 65535, &out->port);
	if (result == RESULT_OK)
		result = reading_number(reading, root, "fetch_s", FETCH_S_MAX, &out->fetch_s);
	if (result == RESULT_OK && out->fetch_s == 0)
		result = reading_refuse(reading, yaml_find(root, "fetch_s"), "fetch_s",
					"give 1 to 3600");
	if (result == RESULT_OK)
		result = read_functies(reading, root, out);
	if (result == RESULT_OK)
		result = read_webhook(reading, root, out);
	if (result == RESULT_OK)
		result = defaults_read(reading, root, &out->defaults);
	return result == RESULT_OK
		       ? client_settings_read(out->client_file, &out->client, reading->problem)
		       : result;
}

enum result jzv_settings_read(const char *path, struct jzv_settings *ret_settings,
			      struct problem *problem)
{
	struct jzv_settings read = {
		.address = "127.0.0.1", .port = PORT_STANDARD, .fetch_s = FETCH_STANDARD};
	enum result result = reading_file(path, read_all, &read, problem);
	if (result == RESULT_OK)
		*ret_settings = read;
	else
		jzv_settings_done(&read);
	return result;
}

void jzv_settings_done(struct jzv_settings *settings)
{
	defaults_done(&settings->defaults);
}

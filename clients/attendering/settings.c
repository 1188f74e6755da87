// SPDX-License-Identifier: EUPL-1.2
#include "attendering/attendering.h"

#include "base/file.h"

#include <string.h>

#define PASSWORD_MAX 512

// ---- the server --------------------------------------------------------------------------------

// "127.0.0.1", "127.x.y.z" or "[::1]": a name may lead anywhere.
static bool is_here(struct bytes host)
{
	return bytes_equal(host, bytes_of_text("[::1]")) ||
	       (bytes_take_text(&host, "127.") && host.len > 0 &&
		strspn((const char *)host.data, "0123456789.") >= host.len);
}

static bool is_port(struct bytes text)
{
	unsigned port = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9' || i > 4)
			return false;
		port = 10 * port + (unsigned)(text.data[i] - '0');
	}
	return port >= 1 && port <= 65535;
}

static bool is_host(struct bytes host)
{
	bool bracketed = host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']';
	for (size_t i = bracketed; i < host.len - bracketed; i++) {
		uint8_t c = host.data[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '.' || c == '-';
		if (!plain && !(bracketed && c == ':'))
			return false;
	}
	return host.len > 0;
}

static enum result read_server(const struct reading *reading, const struct yaml_node *root,
			       struct attendering_settings *out)
{
	const struct yaml_node *node = yaml_find(root, "server");
	if (!node)
		return reading_lack(reading, root, "server");
	struct bytes rest = yaml_scalar(node);
	bool fits = rest.len < sizeof out->server &&
		    (bytes_take_text(&rest, "smtps://") || bytes_take_text(&rest, "smtp://"));
	size_t colon = rest.len;
	while (colon > 0 && rest.data[colon - 1] != ':')
		colon--;
	struct bytes host = bytes_make(rest.data, colon > 0 ? colon - 1 : 0);
	struct bytes port = bytes_make(rest.data + colon, rest.len - colon);
	if (!fits || colon == 0 || !is_host(host) || !is_port(port))
		return reading_refuse(reading, node, "server",
				      "give smtps://host:port, or smtp://host:port for one that "
				      "begins TLS itself");
	out->here = is_here(host);
	return reading_text(reading, node, "server", out->server, sizeof out->server);
}

// ---- addresses ---------------------------------------------------------------------------------

// Plain enough to stand in a header as it is.
static bool is_address(struct bytes text)
{
	static const char others[] = ".!#$%&'*+-/=?^_`{|}~";
	size_t at = 0, ats = 0;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || (c != 0 && strchr(others, c));
		if (c == '@') {
			at = i;
			ats++;
		} else if (!plain) {
			return false;
		}
	}
	return ats == 1 && at > 0 && at + 1 < text.len && text.len < ATTENDERING_ADDRESS_MAX;
}

static enum result read_address(const struct reading *reading, const struct yaml_node *node,
				const char *name, char out[ATTENDERING_ADDRESS_MAX])
{
	if (!is_address(yaml_scalar(node)))
		return reading_refuse(reading, node, name, "give an address, as naam@voorbeeld.nl");
	return reading_text(reading, node, name, out, ATTENDERING_ADDRESS_MAX);
}

static enum result read_to(const struct reading *reading, const struct yaml_node *root,
			   struct attendering_settings *out)
{
	const struct yaml_node *list = yaml_find(root, "to");
	if (!list)
		return reading_lack(reading, root, "to");
	if (yaml_kind(list) != YAML_SEQUENCE || yaml_count(list) == 0 ||
	    yaml_count(list) > ATTENDERING_TO_MAX)
		return reading_refuse(reading, list, "to", "give a list of 1 to 8 addresses");
	for (size_t i = 0; i < yaml_count(list); i++) {
		enum result result = read_address(reading, yaml_item(list, i), "to", out->to[i]);
		if (result != RESULT_OK)
			return result;
		out->to_count = i + 1;
	}
	return RESULT_OK;
}

// ---- who we are there --------------------------------------------------------------------------

static enum result read_login(const struct reading *reading, const struct yaml_node *root,
			      struct attendering_settings *out)
{
	const struct yaml_node *user = yaml_find(root, "user");
	const struct yaml_node *file = yaml_find(root, "password_file");
	struct buffer password;
	if (!user && !file)
		return RESULT_OK;
	if (!user || !file)
		return reading_lack(reading, root, user ? "password_file" : "user");
	enum result result = reading_text(reading, user, "user", out->user, sizeof out->user);
	if (result == RESULT_OK)
		result = reading_path(reading, root, "password_file", out->password_file);
	if (result != RESULT_OK)
		return result;
	buffer_init(&password, PASSWORD_MAX);
	result = attendering_password(out, &password, reading->problem);
	buffer_wipe(&password);
	return result;
}

static enum result read_all(const struct reading *reading, const struct yaml_node *root, void *into)
{
	static const char *const keys[] = {"server",        "from",    "to", "user",
					   "password_file", "ca_file", NULL};
	struct attendering_settings *out = into;
	const struct yaml_node *from = yaml_find(root, "from");
	enum result result = yaml_only_keys(reading->yaml, root, keys, reading->problem);
	if (result == RESULT_OK)
		result = read_server(reading, root, out);
	if (result == RESULT_OK)
		result = from ? read_address(reading, from, "from", out->from)
			      : reading_lack(reading, root, "from");
	if (result == RESULT_OK)
		result = read_to(reading, root, out);
	if (result == RESULT_OK)
		result = read_login(reading, root, out);
	if (result == RESULT_OK && yaml_find(root, "ca_file"))
		result = reading_path(reading, root, "ca_file", out->ca_file);
	return result;
}

enum result attendering_settings_read(const char *path, struct attendering_settings *ret_settings,
				      struct problem *problem)
{
	struct attendering_settings read = {.here = false};
	enum result result = reading_file(path, read_all, &read, problem);
	if (result == RESULT_OK)
		*ret_settings = read;
	return result;
}

enum result attendering_password(const struct attendering_settings *settings,
				 struct buffer *ret_password, struct problem *problem)
{
	enum result result = file_read_private(settings->password_file, PASSWORD_MAX, ret_password);
	if (result == RESULT_OK && ret_password->len > 0 &&
	    ret_password->data[ret_password->len - 1] == '\n')
		ret_password->len--;
	bool clean = result == RESULT_OK && ret_password->len > 0;
	for (size_t i = 0; clean && i < ret_password->len; i++)
		clean = ret_password->data[i] >= ' ';
	if (clean)
		return RESULT_OK;
	problem_set(problem, reason_code(REASON_FILE_MODE),
		    "Put the password there in one line, in a file that is only yours (chmod 600).",
		    "the file of the password cannot be used");
	problem_set_file(problem, settings->password_file);
	problem_set_field(problem, "password_file");
	return RESULT_CONFIG;
}

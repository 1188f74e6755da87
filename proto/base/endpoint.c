// SPDX-License-Identifier: EUPL-1.2
#include "base/endpoint.h"

#include <string.h>

#define SCHEME "tcp://"
#define PORT_MAX 65535

// Of [address]: what stands between the brackets is for the resolver to judge; without brackets a
// colon would be taken for that of the port.
static bool host_is_valid(struct bytes host)
{
	bool bracketed = host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']';
	if (bracketed)
		host = bytes_make(host.data + 1, host.len - 2);
	for (size_t i = 0; i < host.len; i++) {
		uint8_t c = host.data[i];
		if (c <= ' ' || c >= 0x7f || c == '/' || c == ';' || c == '[' || c == ']' ||
		    (c == ':' && !bracketed))
			return false;
	}
	return host.len > 0 && (!bracketed || memchr(host.data, ':', host.len));
}

static bool port_is_valid(struct bytes digits)
{
	long port = 0;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9' || port > PORT_MAX)
			return false;
		port = 10 * port + (digits.data[i] - '0');
	}
	return digits.len > 0 && port <= PORT_MAX;
}

bool endpoint_is_valid(struct bytes text)
{
	const size_t scheme = sizeof SCHEME - 1;
	if (text.len <= scheme || memcmp(text.data, SCHEME, scheme) != 0)
		return false;
	const uint8_t *host = text.data + scheme, *end = text.data + text.len;
	const uint8_t *colon = memrchr(host, ':', text.len - scheme);
	return colon && host_is_valid(bytes_make(host, (size_t)(colon - host))) &&
	       port_is_valid(bytes_make(colon + 1, (size_t)(end - colon - 1)));
}

bool endpoint_is_reachable(struct bytes text)
{
	static const char *const all[] = {"*", "0.0.0.0", "[::]"};
	if (!endpoint_is_valid(text))
		return false;
	const uint8_t *colon = memrchr(text.data, ':', text.len);
	struct bytes host = bytes_make(text.data + sizeof SCHEME - 1,
				       (size_t)(colon - text.data) - (sizeof SCHEME - 1));
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (bytes_equal(host, bytes_of_text(all[i])))
			return false;
	for (const uint8_t *digit = colon + 1; digit < text.data + text.len; digit++)
		if (*digit != '0')
			return true;
	return false;
}

// SPDX-License-Identifier: EUPL-1.2
#include "audit/pagina.h"

#include <string.h>

void pagina_begin(struct buffer *out, const char *title, bool oefening)
{
	pagina_text(out, "<!DOCTYPE html>\n<html lang=\"nl\"><head><meta charset=\"utf-8\"><title>",
		    title, "</title><style>");
	buffer_append_text(
		out, "@page{size:A4;margin:2cm}"
		     "body{font:12pt/1.5 sans-serif;max-width:42em;margin:2em auto;padding:0 1em}"
		     "h2{border-top:1px solid #999;padding-top:.6em}h3{margin-bottom:.2em}"
		     "ul{margin-top:.2em}.oefening{border:2px solid #900;padding:.3em 1em}"
		     "table{border-collapse:collapse;width:100%}"
		     "td,th{border-bottom:1px solid #ccc;padding:.2em .5em;text-align:left}"
		     "td.getal,th.getal{text-align:right}"
		     "@media print{body{margin:0}h2,h3{break-after:avoid}}"
		     "</style></head><body>\n");
	if (oefening)
		buffer_append_text(out, "<p class=\"oefening\">OEFENING</p>\n");
}

void pagina_end(struct buffer *out)
{
	buffer_append_text(out, "</body></html>\n");
}

void pagina_bytes(struct buffer *out, struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char *safe = text.data[i] == '<'   ? "&lt;"
				   : text.data[i] == '>' ? "&gt;"
				   : text.data[i] == '&' ? "&amp;"
				   : text.data[i] == '"' ? "&quot;"
							 : NULL;
		if (safe)
			buffer_append_text(out, safe);
		else
			buffer_append(out, bytes_make(&text.data[i], 1));
	}
}

void pagina_text(struct buffer *out, const char *before, const char *text, const char *after)
{
	buffer_append_text(out, before);
	pagina_bytes(out, bytes_of_text(text));
	buffer_append_text(out, after);
}

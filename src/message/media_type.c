/* SPDX-License-Identifier: MIT */
/* Media types and dispositions, looked at whole: in a file of its own, so that who names the features links
 * no more than is wanted. */
#include "compose.h"

/* Passes what the pattern says: 't', a token (RFC 2045 section 5.1); 'v', a token or a quoted string; ' ', a
 * blank or none; anything else, itself. Returns where that ends, or NULL. */
static const char *type_match(const char *text, const char *pattern)
{
    for (; *pattern != '\0'; pattern++) {
        const char *begin = text;

        if (*pattern == 'v' && *text == '"') {
            while (*++text != '"') {
                text += *text == '\\';
                if (*text == '\0')
                    return NULL;
            }
            text++;
        } else if (*pattern >= 't') {
            while ((unsigned char)*text > ' ' && !postino_compose_is_special(*text, "()<>@,;:\\\"/[]?="))
                text++;
        } else if (*text == *pattern) {
            text++;
        }
        if (text == begin && *pattern != ' ')
            return NULL;
    }
    return text;
}

int postino_message_type(const char *text, int subtype)
{
    text = type_match(text, subtype ? "t/t" : "t");
    while (text != NULL && *text != '\0')
        text = type_match(text, " ; t=v");
    return text != NULL ? 0 : -1;
}

/* SPDX-License-Identifier: MIT */
/* The extensions that the session only has to recognise, and the list of all extensions. */
#include "reply.h"
#include "state.h"

#define KEYWORD(name, keyword, bit)                                                                     \
    const struct postino_extension postino_extension_##name = {POSTINO_TEXT(keyword), NULL, NULL, NULL, \
                                                               POSTINO_CAPABILITY_##bit}

KEYWORD(enhancedstatuscodes, "ENHANCEDSTATUSCODES", ENHANCEDSTATUSCODES);
KEYWORD(starttls, "STARTTLS", STARTTLS);
KEYWORD(smtputf8, "SMTPUTF8", SMTPUTF8);
KEYWORD(dsn, "DSN", DSN);
KEYWORD(deliverby, "DELIVERBY", DELIVERBY);
KEYWORD(futurerelease, "FUTURERELEASE", FUTURERELEASE);
KEYWORD(mt_priority, "MT-PRIORITY", MT_PRIORITY);
KEYWORD(requiretls, "REQUIRETLS", REQUIRETLS);
KEYWORD(vrfy, "VRFY", VRFY);
KEYWORD(expn, "EXPN", EXPN);
KEYWORD(help, "HELP", HELP);
KEYWORD(etrn, "ETRN", ETRN);

/* The extensions that check each mail come first. LIMITS is the last of them: it counts the mails that
 * begin, so no other check may refuse a mail behind it. */
const struct postino_extension *const postino_extensions_all[] = {
    &postino_extension_size,          &postino_extension_8bitmime,
    &postino_extension_pipelining,    &postino_extension_chunking,
    &postino_extension_binarymime,    &postino_extension_limits,
    &postino_extension_auth,          &postino_extension_enhancedstatuscodes,
    &postino_extension_starttls,      &postino_extension_smtputf8,
    &postino_extension_dsn,           &postino_extension_deliverby,
    &postino_extension_futurerelease, &postino_extension_mt_priority,
    &postino_extension_requiretls,    &postino_extension_vrfy,
    &postino_extension_expn,          &postino_extension_help,
    &postino_extension_etrn,          NULL};

const char *postino_capability_name(uint32_t capability)
{
    const struct postino_extension *const *extension = postino_extensions_all;

    for (; *extension != NULL; extension++) {
        if ((*extension)->capability == capability)
            return (*extension)->keyword;
    }
    return "unknown extension";
}

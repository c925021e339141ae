/* SPDX-License-Identifier: MIT */
/* LIMITS (RFC 9422): the limits of one session and of one transaction. Invariant: a limit that the server
 * did not tell, or told as 0, is 0 here and limits nothing. */
#include "mails.h"
#include "reply.h"
#include "state.h"

static void limits_take(struct postino_session *session);

static uint16_t limits_number(struct postino_session *session)
{
    size_t number = postino_extensions_number(session);

    session->take_word = limits_take;
    return number > UINT16_MAX ? 0 : (uint16_t)number;
}

static void limits_mails(struct postino_session *session)
{
    session->mails_max = limits_number(session);
}

static void limits_recipients(struct postino_session *session)
{
    session->recipients_max = limits_number(session);
}

static void limits_domains(struct postino_session *session)
{
    session->domains_max = limits_number(session);
}

static void limits_other(struct postino_session *session)
{
    (void)limits_number(session);
}

/* Takes the name of a limit; its value follows as the next word. */
static void limits_take(struct postino_session *session)
{
    static const struct {
        const char *name;
        void (*take)(struct postino_session *session);
    } limits[] = {
        {"MAILMAX", limits_mails},
        {"RCPTMAX", limits_recipients},
        {"RCPTDOMAINMAX", limits_domains},
    };
    size_t i;

    session->take_word = limits_other;
    for (i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        if (postino_extensions_is(session, limits[i].name))
            session->take_word = limits[i].take;
    }
}

/* Returns 1 where the server takes all recipients in one transaction, else 0. */
static int limits_fit(const struct postino_session *session, const struct postino_mail *mail, size_t domains)
{
    const struct postino_recipient *recipient;
    size_t recipients = 0;

    for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next)
        recipients++;
    return (session->recipients_max == 0 || recipients <= session->recipients_max) &&
           domains <= session->domains_max;
}

static int limits_begin(struct postino_session *session, struct postino_mail *mail)
{
    size_t domains = 0;

    /* The first transaction of the mail counts the domains; they stay the same in the others. */
    if (session->domains_max != 0 && mail->recipients->domain == NULL)
        domains = postino_domains(mail);
    /* A mail for all recipients or none cannot be split. */
    if (mail->delivery == NULL && !limits_fit(session, mail, domains))
        return POSTINO_ERROR_RECIPIENTS;
    if (session->mails_max != 0 && session->mails_begun >= session->mails_max)
        return POSTINO_ERROR_MAIL_LIMIT;
    session->mails_begun++;
    return POSTINO_OK;
}

const struct postino_extension postino_extension_limits = {POSTINO_TEXT("LIMITS"), limits_take, limits_begin,
                                                           NULL, POSTINO_CAPABILITY_LIMITS};

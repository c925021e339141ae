// SPDX-License-Identifier: MIT
// A Haraka plugin for tests: who gets mail, and where it goes; see haraka_server.py.

'use strict';

const fs = require('fs');
const path = require('path');

const dsn = require('haraka-dsn');

// The code, and the subject and detail of the enhanced one.
const SENDERS = {'refused@mail.test': [550, 7, 1], 'later@mail.test': [450, 7, 1]};
const RECIPIENTS = {'nobody@mail.test': [550, 1, 1], 'later@mail.test': [450, 2, 0], 'full@mail.test': [452, 5, 3]};

let count = 0;

exports.register = function () {
    this.folder = this.config.get('postino_folder');
    this.register_hook('mail', 'take_sender');
    this.register_hook('rcpt', 'take_recipient');
    this.register_hook('queue', 'store');
    // What comes from those who authenticated goes this way.
    this.register_hook('queue_outbound', 'store');
};

function answer(next, refusal, text) {
    if (!refusal) return next(OK);
    const [code, subject, detail] = refusal;
    return next(code < 500 ? DENYSOFT : DENY, dsn.create(code, text, subject, detail));
}

exports.take_sender = function (next, connection, params) {
    answer(next, SENDERS[params[0].address], 'this sender is refused');
};

exports.take_recipient = function (next, connection, params) {
    answer(next, RECIPIENTS[params[0].address], 'this recipient is refused');
};

// The .json comes last and whole: once it is there, the mail is complete.
exports.store = function (next, connection) {
    const transaction = connection.transaction;
    const stem = path.join(this.folder, String(++count).padStart(6, '0'));
    const file = fs.createWriteStream(stem + '.eml');
    file.on('finish', () => {
        fs.writeFileSync(stem + '.part', JSON.stringify({
            peer: connection.remote.ip,
            helo: connection.hello.host,
            login: connection.notes.auth_user || null,
            mail_from: transaction.mail_from.address,
            rcpt_tos: transaction.rcpt_to.map((recipient) => recipient.address),
        }));
        fs.renameSync(stem + '.part', stem + '.json');
        next(OK, 'stored');
    });
    transaction.message_stream.pipe(file, {line_endings: '\r\n'});
};

// SPDX-License-Identifier: MIT
// nodemailer's smtp-server for tests: node smtp_server.js FOLDER PORT ADDRESS...; see smtp_server.py.

'use strict';

const fs = require('fs');
const path = require('path');
const {SMTPServer} = require('smtp-server');

const ACCOUNTS = {'alice@mail.test': 'secret', 'bob@mail.test': 'hunter2 with space'};
const LARGEST_OCTETS = 64 * 1024 * 1024;

const [folder, port, ...addresses] = process.argv.slice(2);
let count = 0;

function refusal(code, text) {
    return Object.assign(new Error(text), {responseCode: code});
}

function authenticate(auth, session, done) {
    if (ACCOUNTS[auth.username] === undefined || ACCOUNTS[auth.username] !== auth.password) {
        return done(refusal(535, '5.7.8 no such account'));
    }
    return done(null, {user: auth.username});
}

function takeSender(sender, session, done) {
    const code = {'refused@mail.test': 550, 'later@mail.test': 450}[sender.address];
    done(code && refusal(code, 'this sender is refused'));
}

function takeRecipient(recipient, session, done) {
    const code = {'nobody@mail.test': 550, 'later@mail.test': 450, 'full@mail.test': 452}[recipient.address];
    done(code && refusal(code, 'this recipient is refused'));
}

// The .json comes last and whole: once it is there, the mail is complete.
function store(stream, session, done) {
    const stem = path.join(folder, String(++count).padStart(6, '0'));
    const file = fs.createWriteStream(stem + '.eml');
    const envelope = session.envelope;
    file.on('finish', () => {
        fs.writeFileSync(stem + '.part', JSON.stringify({
            peer: session.remoteAddress,
            helo: session.hostNameAppearsAs,
            login: session.user || null,
            mail_from: envelope.mailFrom.address,
            mail_options: envelope.mailFrom.args,
            rcpt_tos: envelope.rcptTo.map((recipient) => recipient.address),
        }));
        fs.renameSync(stem + '.part', stem + '.json');
        done(null, 'stored');
    });
    stream.pipe(file);
}

for (const address of addresses) {
    const server = new SMTPServer({
        name: 'smtp-server.mail.test',
        disabledCommands: ['STARTTLS'],
        authMethods: ['PLAIN', 'LOGIN'],
        authOptional: true,
        allowInsecureAuth: true,
        disableReverseLookup: true,
        hideDSN: false,
        hideENHANCEDSTATUSCODES: false,
        size: LARGEST_OCTETS,
        onAuth: authenticate,
        onMailFrom: takeSender,
        onRcptTo: takeRecipient,
        onData: store,
    });
    server.on('error', (error) => console.error(error.message));
    server.listen(Number(port), address);
}

// SPDX-License-Identifier: MIT
// nodemailer's smtp-server for tests: node smtp_server.js SETTINGS, in JSON; see smtp_server.py.

'use strict';

const fs = require('fs');
const path = require('path');
const {SMTPServer} = require('smtp-server');

const ACCOUNTS = {'alice@mail.test': 'secret', 'bob@mail.test': 'hunter2 with space'};
const LARGEST_OCTETS = 64 * 1024 * 1024;

// listeners: {port, and what else smtp-server is told of it; cert and key as file names}.
const {folder, addresses, listeners} = JSON.parse(process.argv[2]);
let count = 0;

function refusal(code, text) {
    return Object.assign(new Error(text), {responseCode: code});
}

// A token is the user's name, a blank and the second until which it is good.
function isGood(token, username) {
    const [user, until] = token.split(' ');
    return user === username && Number(until) > Date.now() / 1000;
}

function authenticate(auth, session, done) {
    const password = ACCOUNTS[auth.username];
    if (auth.method === 'XOAUTH2') {
        if (password !== undefined && isGood(auth.accessToken, auth.username)) return done(null, {user: auth.username});
        return done(null, {data: {status: '401', schemes: 'bearer mac', scope: 'https://mail.test/'}});
    }
    const right = auth.method === 'CRAM-MD5' ? password !== undefined && auth.validatePassword(password)
        : password !== undefined && password === auth.password;
    return right ? done(null, {user: auth.username}) : done(refusal(535, '5.7.8 no such account'));
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
            tls: session.tlsOptions && session.tlsOptions.version || null,
            mail_from: envelope.mailFrom.address,
            mail_options: envelope.mailFrom.args,
            rcpt_tos: envelope.rcptTo.map((recipient) => recipient.address),
        }));
        fs.renameSync(stem + '.part', stem + '.json');
        done(null, 'stored');
    });
    stream.pipe(file);
}

function readFiles(options) {
    const read = {};
    for (const name of ['cert', 'key', 'ca']) if (options[name]) read[name] = fs.readFileSync(options[name]);
    return {...options, ...read};
}

for (const address of addresses) {
    for (const {port, ...options} of listeners) {
        const server = new SMTPServer({
            name: 'smtp-server.mail.test',
            authOptional: true,
            disableReverseLookup: true,
            hideDSN: false,
            hideENHANCEDSTATUSCODES: false,
            size: LARGEST_OCTETS,
            onAuth: authenticate,
            onMailFrom: takeSender,
            onRcptTo: takeRecipient,
            onData: store,
            ...readFiles(options),
        });
        server.on('error', (error) => console.error(error.message));
        server.listen(port, address);
    }
}

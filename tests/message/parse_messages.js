// SPDX-License-Identifier: MIT
// Parses messages with mailparser. Usage: node parse_messages.js FOLDER_OF_NPM; input: messages, each after its length
// (32 bits, little endian); output: a line of JSON for each.
"use strict";
const path = require("path");
const { simpleParser } = require(path.join(path.resolve(process.argv[2]), "node_modules", "mailparser"));

function mailboxes(field) {
    return field ? field.value.flatMap((one) => one.group || [one]).map((one) => [one.name, one.address]) : [];
}

async function main() {
    const chunks = [];
    for await (const chunk of process.stdin) chunks.push(chunk);
    const input = Buffer.concat(chunks);
    for (let at = 0; at < input.length; ) {
        const length = input.readUInt32LE(at);
        const mail = await simpleParser(input.subarray(at + 4, at + 4 + length), {
            skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true, skipImageLinks: true,
        });
        at += 4 + length;
        console.log(JSON.stringify({
            subject: mail.subject, from: mailboxes(mail.from), to: mailboxes(mail.to), cc: mailboxes(mail.cc),
            date: mail.date && mail.date.getTime() / 1000, id: mail.messageId, bcc: mail.headers.has("bcc"),
            references: [].concat(mail.references || []),
            files: mail.attachments.map((one) => ({
                type: one.contentType, name: one.filename, cid: one.contentId, disposition: one.contentDisposition,
                data: one.content.toString("base64"),
            })),
        }));
    }
}

main();

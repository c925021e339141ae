#!/bin/bash
# SPDX-License-Identifier: MIT
# usage: look_at_message.sh PROGRAM PICTURE.png
# Shows a message as a reader does. PROGRAM writes a message, mailparser takes it apart, and the script puts
# each part that the HTML names by Content-ID in its place. Chromium draws the result. The script is for a look
# by hand; ./dev test has fetched mailparser into build/parsers.
set -eu

cd "$(dirname "$0")/.."
if [ $# != 2 ]; then
    sed -n '3,6s/^# //p' "$0" >&2
    exit 2
fi
readonly parsers=$PWD/build/parsers/npm
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$1" >"$folder/message"
"$parsers/node" -e '
    const { simpleParser } = require(process.argv[1] + "/node_modules/mailparser");
    simpleParser(require("fs").readFileSync(0)).then((mail) => {
        console.log("<!DOCTYPE html><meta charset=utf-8>");
        const shown = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
        console.log("<div>From: " + shown(mail.from.text) + "</div>");
        console.log("<div>To: " + shown(mail.to.text) + "</div>");
        console.log("<div>Subject: " + shown(mail.subject) + "</div>");
        // mailparser replaces links to image/png and the like itself, but none to image/svg+xml.
        console.log("<hr>" + mail.html.replace(/\bcid:([^"\s]+)/g, (link, id) => {
            const image = mail.attachments.find((one) => one.cid === id);
            return image ? "data:" + image.contentType + ";base64," + image.content.toString("base64") : link;
        }));
    });' "$parsers" <"$folder/message" >"$folder/message.html"
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=640,560 \
    --user-data-dir="$folder/profile" --screenshot="$(realpath -m "$2")" "file://$folder/message.html" \
    >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }

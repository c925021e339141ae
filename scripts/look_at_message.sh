#!/bin/bash
# SPDX-License-Identifier: MIT
# usage: look_at_message.sh PROGRAM PICTURE.png
# Shows a message as a reader does: PROGRAM writes one, mailparser takes it apart, what its HTML names by Content-ID is put
# in its place, and Chromium draws that. For a look by hand; ./dev test has fetched mailparser into build/parsers.
set -eu

cd "$(dirname "$0")/.."
if [ $# != 2 ]; then
    sed -n '3,5s/^# //p' "$0" >&2
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
        for (const [name, value] of [["From", mail.from.text], ["To", mail.to.text], ["Subject", mail.subject]])
            console.log("<div>" + name + ": " + value.replace(/&/g, "&amp;").replace(/</g, "&lt;") + "</div>");
        // It replaces links to image/png and the like itself, but none to image/svg+xml.
        console.log("<hr>" + mail.html.replace(/\bcid:([^"\s]+)/g, (link, id) => {
            const image = mail.attachments.find((one) => one.cid === id);
            return image ? "data:" + image.contentType + ";base64," + image.content.toString("base64") : link;
        }));
    });' "$parsers" <"$folder/message" >"$folder/message.html"
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=640,560 --user-data-dir="$folder/profile" \
    --screenshot="$(realpath -m "$2")" "file://$folder/message.html" >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }

// SPDX-License-Identifier: Apache-2.0
// The world `text` in JavaScript.
import stdin from "wasi:cli/stdin@0.3.0";
import stdout from "wasi:cli/stdout@0.3.0";

export function sum(values) {
    return values.reduce((a, b) => a + b, 0);
}

export function mean(values) {
    return values.length > 0 ? sum(values) / values.length : null;
}

export function reverse(text) {
    return [...text].reverse().join("");
}

export function words(text) {
    const times = new Map();
    for (const word of text.split(" ").filter((word) => word.length > 0)) {
        times.set(word, (times.get(word) ?? 0) + 1);
    }
    return [...times].map(([word, times]) => ({ word, times }));
}

async function* capitals(chunks) {
    for await (const chunk of chunks) {
        yield chunk.map((byte) => (byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte));
    }
}

export const run = {
    async run() {
        const [input, end] = stdin.readViaStream();
        end.drop();
        const written = stdout.writeViaStream(capitals(input));
        await written.read();
    },
};

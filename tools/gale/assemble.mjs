// SPDX-License-Identifier: Apache-2.0
// Assembles every *.wat of a directory, by the wasm-tools that jco carries: N.wat becomes N.wasm, or N.err with what is
// wrong with it. Usage: node assemble.mjs DIRECTORY, with GALE_NODE_MODULES naming the directory that holds jco.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const tools = join(process.env.GALE_NODE_MODULES, "@bytecodealliance/jco-transpile/dist/wasm-tools.js");
const { parse } = await import(pathToFileURL(tools));

function message(error) {
    return String(error.payload ?? error.message ?? error);
}

const directory = process.argv[2];
for (const name of readdirSync(directory).filter((name) => name.endsWith(".wat"))) {
    const path = join(directory, name.slice(0, -4));
    try {
        writeFileSync(`${path}.wasm`, await parse(readFileSync(`${path}.wat`, "utf8")));
    } catch (error) {
        writeFileSync(`${path}.err`, message(error));
    }
}

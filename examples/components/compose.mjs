// SPDX-License-Identifier: Apache-2.0
// Composes components by a text that says how: node compose.mjs PLAN.wat OUT.wasm NAME=COMPONENT.wasm...
// A line `;; component NAME` of the plan becomes that component, called $NAME. GALE_NODE_MODULES as in component.mjs.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const tools = join(process.env.GALE_NODE_MODULES, "@bytecodealliance/jco-transpile/dist/wasm-tools.js");
const { parse, print } = await import(pathToFileURL(tools));

const [plan, out, ...parts] = process.argv.slice(2);
let text = readFileSync(plan, "utf8");
for (const part of parts) {
    const [name, path] = part.split("=");
    const printed = await print(readFileSync(path));
    text = text.replace(`;; component ${name}\n`, () => printed.replace(/^\(component\b/, `(component $${name}`) + "\n");
}
writeFileSync(out, await parse(text));

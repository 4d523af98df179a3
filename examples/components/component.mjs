// SPDX-License-Identifier: Apache-2.0
// Makes a component of a core module: node component.mjs CORE.wasm WORLD.wit WORLD OUT.wasm [utf16]
// The interfaces of WASI come from wasi-cli.wit beside this file. GALE_NODE_MODULES is the directory that holds jco.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const tools = join(process.env.GALE_NODE_MODULES, "@bytecodealliance/jco-transpile/dist/wasm-tools.js");
const { componentEmbed, componentNew } = await import(pathToFileURL(tools));

const [core, wit, world, out, stringEncoding = "utf8"] = process.argv.slice(2);
const wasi = readFileSync(new URL("wasi-cli.wit", import.meta.url), "utf8");
const witSource = readFileSync(wit, "utf8") + wasi;
const binary = await componentEmbed({ binary: readFileSync(core), witSource, world, stringEncoding, dummy: false });
writeFileSync(out, await componentNew(binary, []));

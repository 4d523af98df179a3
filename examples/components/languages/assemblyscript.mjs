// SPDX-License-Identifier: Apache-2.0
// Compiles a guest in AssemblyScript to a core module: node assemblyscript.mjs GUEST.ts OUT.wasm
// A name of the Canonical ABI that the language cannot write stands below. GALE_NODE_MODULES as in component.mjs.
import { writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const modules = process.env.GALE_NODE_MODULES;
const asc = await import(pathToFileURL(join(modules, "assemblyscript/dist/asc.js")));
const { parse } = await import(pathToFileURL(join(modules, "@bytecodealliance/jco-transpile/dist/wasm-tools.js")));

const names = {
    run: "[async-lift]wasi:cli/run@0.3.0#run",
    run_callback: "[callback][async-lift]wasi:cli/run@0.3.0#run",
};

const [guest, out] = process.argv.slice(2);
const options = ["--baseDir", dirname(guest), "-O2", "--use", "abort=", "--textFile", "out.wat"];
let text = "";
const { error, stderr } = await asc.main([basename(guest), ...options], {
    writeFile: (_name, contents) => void (text = contents),
});
if (error !== null) {
    console.error(stderr.toString());
    process.exit(1);
}
for (const [name, abi] of Object.entries(names)) {
    text = text.replace(`(export "${name}" `, `(export "${abi}" `);
}
writeFileSync(out, await parse(text));

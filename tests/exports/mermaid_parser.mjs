// Reads a diagram with Mermaid's own parser: node mermaid_parser.mjs NODE_MODULES FILE
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, file] = process.argv.slice(2).map((name) => resolve(name));
const { JSDOM } = createRequire(join(modules, "x.js"))("jsdom");
const { window } = new JSDOM("<!doctype html><body></body>");
Object.assign(globalThis, { window, document: window.document, Element: window.Element });
const { default: mermaid } = await import(pathToFileURL(join(modules, "mermaid/dist/mermaid.core.mjs")));
mermaid.initialize({ startOnLoad: false });

const text = readFileSync(file, "utf8");
const { diagramType } = await mermaid.parse(text);
const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
const actors = [...db.getActors().values()].map((actor) => actor.description);
const messages = db.getMessages().map((message) => [message.from, message.to, message.message]);
console.log(JSON.stringify({ type: diagramType, actors, messages }));

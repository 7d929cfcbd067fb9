// json-schema-faker: records of a JSON Schema as JSON Lines.
// usage: node json_schema_faker.mjs w3 ROWS OUT SCHEMA (in the folder that has node_modules)
import { readFileSync, openSync, writeSync, closeSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , , rows, out, schemaPath] = process.argv;
const library = process.cwd() + "/node_modules/json-schema-faker/dist/index.js";
const { generate } = await import(pathToFileURL(library).href);
const schema = JSON.parse(readFileSync(schemaPath, "utf8"));
const file = openSync(out + "/records.jsonl", "w");
for (let i = 0; i < Number(rows); i++) {
  const record = await generate(schema, { seed: i + 1 });
  writeSync(file, JSON.stringify(record) + "\n");
}
closeSync(file);

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { run } from "../../src/process/run";
import { activeInterpreters, interpreterIn, interpretersOf, onPath } from "../../src/server/environments";
import { type Candidate, invocation, probe } from "../../src/server/installation";

const folder = mkdtempSync(join(tmpdir(), "specdsl-unit-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A program that a shell runs. */
function program(path: string, script: string): string {
  const full = join(folder, path);
  mkdirSync(join(full, ".."), { recursive: true });
  writeFileSync(full, `#!/bin/sh\n${script}\n`);
  chmodSync(full, 0o755);
  return full;
}

function candidate(kind: Candidate["kind"], path: string): Candidate {
  return { kind, program: path, source: "a test", isChosen: true };
}

const good = 'case "$*" in *--version) echo "specdsl 0.2.0";; *"lsp --help") exit 0;; esac';

test("an executable that tells its version and serves is found", async () => {
  const path = program("good/specdsl", good);
  const answer = await probe(candidate("executable", path));
  assert.ok("found" in answer);
  assert.equal(answer.found.version, "0.2.0");
});

const bad: readonly (readonly [string, Candidate["kind"], string, RegExp])[] = [
  ["another program", "executable", "echo GNU bash", /is not specdsl; it says: GNU bash/],
  ["one that is silent", "executable", "exit 0", /is not specdsl/],
  ["one without a server", "executable", 'case "$*" in *--version) echo "specdsl 0.1.0";; *) exit 2;; esac', /has no language server/],
  ["an interpreter without it", "interpreter", 'echo "$0: No module named specdsl" >&2; exit 1', /not installed in the environment/],
  ["one whose server lacks a package", "interpreter", `case "$*" in *--version) echo "specdsl 0.2.0";; *) echo "ModuleNotFoundError: No module named 'pygls'" >&2; exit 1;; esac`, /lacks the package `pygls`/],
];
for (const [name, kind, script, expected] of bad) {
  test(`${name} is told in one sentence`, async () => {
    const answer = await probe(candidate(kind, program(`${name.replaceAll(" ", "-")}/program`, script)));
    assert.ok("message" in answer);
    assert.match(answer.message, expected);
    assert.doesNotMatch(answer.message, /\n/);
  });
}

test("a path that is not there is told in one sentence", async () => {
  const answer = await probe(candidate("executable", join(folder, "nothing")));
  assert.deepEqual(answer, { problem: "missing", message: `\`${join(folder, "nothing")}\` cannot be run: there is no such program` });
});

test("an interpreter runs the module, an executable itself", () => {
  assert.deepEqual(invocation(candidate("interpreter", "python"), "lsp"), { command: "python", args: ["-m", "specdsl", "lsp"] });
  assert.deepEqual(invocation(candidate("executable", "specdsl"), "lsp"), { command: "specdsl", args: ["lsp"] });
});

test("environments of a folder come in the usual order, and active ones are known", () => {
  const root = join(folder, "workspace");
  const [second, first] = [program("workspace/env/bin/python", ""), program("workspace/.venv/bin/python", "")];
  assert.deepEqual(interpretersOf(root), [first, second]);
  assert.equal(interpreterIn(root), undefined);
  assert.deepEqual(activeInterpreters({ VIRTUAL_ENV: join(root, "env"), CONDA_PREFIX: "" }), [second]);
  assert.equal(onPath({ PATH: `/nothing:${join(root, ".venv/bin")}` }, "python3", "python"), first);
});

test("a program that is cancelled may clean up first", async () => {
  const path = program("slow", "trap 'echo cleaned; exit 130' INT\necho started >&2\nwhile :; do sleep 0.05; done");
  let stop = (): void => undefined;
  const outcome = await run(
    { command: path, args: [] },
    { cancelled: (end) => (stop = end), onLine: (line) => line === "started" && stop() },
  );
  assert.deepEqual([outcome.status, outcome.stdout, outcome.wasCancelled], [130, "cleaned\n", true]);
});

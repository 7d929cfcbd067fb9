/** A specdsl that can be run. Free of VS Code's API. */
import { type Invocation, run } from "../process/run";

/** Where a candidate comes from, in the words that the user is told. */
export interface Candidate {
  /** The executable `specdsl`, or the interpreter of an environment that may have it. */
  readonly kind: "executable" | "interpreter";
  readonly program: string;
  readonly source: string;
  /** The user has named it: nothing else is looked for when it does not work. */
  readonly isChosen: boolean;
}

export interface Installation extends Candidate {
  readonly version: string;
}

export type Probe =
  | { readonly found: Installation }
  | { readonly problem: "missing" | "absent" | "old" | "other"; readonly message: string };

const PROBE_TIMEOUT = 30_000;

/** How a candidate's `specdsl` is called with some arguments. */
export function invocation(candidate: Candidate, ...args: readonly string[]): Invocation {
  const before = candidate.kind === "executable" ? [] : ["-m", "specdsl"];
  return { command: candidate.program, args: [...before, ...args] };
}

/**
 * Whether a candidate is a specdsl with a language server. The problems: `missing`, the program cannot be run;
 * `absent`, the interpreter has no specdsl; `old`, it has one without a server; `other`, it is something else.
 */
export async function probe(candidate: Candidate): Promise<Probe> {
  const how = { timeout: PROBE_TIMEOUT };
  const [told, serves] = await Promise.all([
    run(invocation(candidate, "--version"), how),
    run(invocation(candidate, "lsp", "--help"), how),
  ]);
  const { program } = candidate;
  if (told.failure !== undefined) return { problem: "missing", message: `\`${program}\` cannot be run: ${told.failure}` };
  if (candidate.kind === "interpreter" && /No module named '?specdsl/.test(told.stderr)) {
    return { problem: "absent", message: `specdsl is not installed in the environment of \`${program}\`` };
  }
  const version = /^specdsl (\d+\.\S+)/m.exec(told.stdout)?.[1];
  if (told.status !== 0 || version === undefined) {
    const why = lastLine(told.stderr) ?? lastLine(told.stdout);
    const said = why === undefined ? "" : `; it says: ${why}`;
    return candidate.kind === "interpreter"
      ? { problem: "other", message: `\`${program}\` cannot run specdsl${said}` }
      : { problem: "other", message: `\`${program}\` is not specdsl${said}` };
  }
  if (serves.status !== 0) {
    const missing = /No module named '?(\w+)/.exec(serves.stderr)?.[1];
    return missing === undefined
      ? { problem: "old", message: `specdsl ${version} (\`${program}\`) has no language server; a newer one has` }
      : { problem: "old", message: `specdsl ${version} (\`${program}\`) lacks the package \`${missing}\`; installing it anew brings it` };
  }
  return { found: { ...candidate, version } };
}

function lastLine(text: string): string | undefined {
  return text.trim().split(/\r?\n/).pop()?.trim() || undefined;
}

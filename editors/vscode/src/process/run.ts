/** Running a program to its end. Free of VS Code's API. */
import { spawn } from "node:child_process";

export interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
}

export interface Run {
  readonly cwd?: string | undefined;
  /** Told of each line of standard error as it comes. */
  readonly onLine?: (line: string) => void;
  /** Ends the program when it fires: first as Ctrl-C would, so that it can clean up; after `patience` by force. */
  readonly cancelled?: (stop: () => void) => void;
  /** Milliseconds after which the program is ended. */
  readonly timeout?: number;
}

export interface Outcome {
  /** The exit status; null where the program was ended by a signal or did not start. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it did not start. */
  readonly failure?: string;
  readonly wasCancelled: boolean;
}

const PATIENCE = 5_000;

/** What specdsl needs to know of where it runs: a folder `specdsl` of the user's is not the package; texts are UTF-8. */
export function environment(): NodeJS.ProcessEnv {
  return { ...process.env, PYTHONSAFEPATH: "1", PYTHONUTF8: "1", NO_COLOR: "1" };
}

/** Run a program; never rejects. */
export function run(what: Invocation, how: Run = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(what.command, [...what.args], {
      cwd: how.cwd,
      env: environment(),
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    let stdout = "";
    let stderr = "";
    let pending = "";
    let wasCancelled = false;
    let force: NodeJS.Timeout | undefined;
    const stop = (): void => {
      if (wasCancelled) return;
      wasCancelled = true;
      child.kill("SIGINT");
      force = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
    };
    const timer = how.timeout === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), how.timeout);
    const done = (outcome: Pick<Outcome, "status" | "failure">): void => {
      clearTimeout(timer);
      clearTimeout(force);
      if (pending !== "") how.onLine?.(pending);
      pending = "";
      resolve({ stdout, stderr, wasCancelled, ...outcome });
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      const lines = (pending + text).split(/\r?\n/);
      pending = lines.pop() ?? "";
      for (const line of lines) how.onLine?.(line);
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      done({ status: null, failure: error.code === "ENOENT" ? "there is no such program" : error.message });
    });
    child.on("close", (status) => done({ status }));
    how.cancelled?.(stop);
  });
}

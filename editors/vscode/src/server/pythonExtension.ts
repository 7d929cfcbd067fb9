/**
 * The interpreter that the user has chosen in the Python extension, or in Python Environments, where one of them is
 * there. Nothing here needs them: the few members that are asked for are declared below, and may be missing.
 */
import * as vscode from "vscode";

interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath?(resource?: vscode.Uri): { readonly path: string } | undefined;
    resolveEnvironment?(
      path: unknown,
    ): Promise<{ readonly executable?: { readonly uri?: vscode.Uri | undefined } } | undefined>;
    readonly onDidChangeActiveEnvironmentPath?: vscode.Event<unknown>;
  };
}

interface EnvironmentsApi {
  getEnvironment?(
    scope: vscode.Uri | undefined,
  ): Promise<{ readonly execInfo?: { readonly run?: { readonly executable?: string } } } | undefined>;
  readonly onDidChangeEnvironment?: vscode.Event<unknown>;
}

/** Extensions that know of interpreters, the newer first. */
const ENVIRONMENTS = "ms-python.vscode-python-envs";
const PYTHON = "ms-python.python";
/** Milliseconds that such an extension may take; it may be at looking through the whole disk. */
const PATIENCE = 5_000;

export class PythonExtension implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Another interpreter has been chosen, or one of the extensions has come or gone. */
  readonly onDidChange = this.changed.event;
  private readonly heeded = new Set<string>();
  private readonly parts: vscode.Disposable[] = [this.changed];

  constructor(private readonly log: vscode.LogOutputChannel) {
    let known = this.installed();
    this.parts.push(
      vscode.extensions.onDidChange(() => {
        const now = this.installed();
        if (now !== known) this.changed.fire();
        known = now;
      }),
    );
  }

  /** The chosen interpreter, and by which extension; undefined where none is chosen or none of them is there. */
  async interpreter(scope?: vscode.Uri): Promise<string | undefined> {
    for (const ask of [() => this.fromEnvironments(scope), () => this.fromPython(scope)]) {
      try {
        const path = await within(PATIENCE, ask());
        if (path !== undefined && path !== "") return path;
      } catch (error) {
        this.log.debug(`the Python extension was asked for its interpreter: ${String(error)}`);
      }
    }
    return undefined;
  }

  private installed(): string {
    return [ENVIRONMENTS, PYTHON].filter((id) => vscode.extensions.getExtension(id) !== undefined).join();
  }

  private async fromEnvironments(scope?: vscode.Uri): Promise<string | undefined> {
    const api = await exported<EnvironmentsApi>(ENVIRONMENTS);
    this.heed(ENVIRONMENTS, api?.onDidChangeEnvironment);
    const environment = await api?.getEnvironment?.(scope);
    return environment?.execInfo?.run?.executable;
  }

  private async fromPython(scope?: vscode.Uri): Promise<string | undefined> {
    const environments = (await exported<PythonApi>(PYTHON))?.environments;
    this.heed(PYTHON, environments?.onDidChangeActiveEnvironmentPath);
    const active = environments?.getActiveEnvironmentPath?.(scope);
    if (active === undefined) return undefined;
    return (await environments?.resolveEnvironment?.(active))?.executable?.uri?.fsPath;
  }

  private heed(id: string, event: vscode.Event<unknown> | undefined): void {
    if (event === undefined || this.heeded.has(id)) return;
    this.heeded.add(id);
    this.parts.push(event(() => this.changed.fire()));
  }

  dispose(): void {
    for (const part of this.parts) part.dispose();
  }
}

async function exported<Api>(id: string): Promise<Api | undefined> {
  const extension = vscode.extensions.getExtension<Api>(id);
  if (extension === undefined) return undefined;
  return extension.isActive ? extension.exports : await extension.activate();
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

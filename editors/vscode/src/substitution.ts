/** `${...}` in settings, replaced as VS Code does it in its own. Free of VS Code's API, so that tests run it. */

export interface Surroundings {
  readonly workspaceFolder?: string | undefined;
  readonly userHome: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file that a command is about. */
  readonly file?: string | undefined;
}

/**
 * `text` with its variables replaced, and `~/` at its start. A variable that is not known, or that has no value
 * here, stays as it is: the message about a path that is not there then shows what was written.
 */
export function substitute(text: string, around: Surroundings): string {
  const replaced = text.replace(/\$\{([A-Za-z]+)(?::([^}]*))?\}/g, (whole, name: string, argument?: string) => {
    switch (name) {
      case "workspaceFolder":
      case "workspaceRoot":
        return around.workspaceFolder ?? whole;
      case "userHome":
        return around.userHome;
      case "env":
        return argument === undefined ? whole : (around.env[argument] ?? "");
      case "fileDirname":
        return around.file === undefined ? whole : folderOf(around.file);
      case "fileBasenameNoExtension":
        return around.file === undefined ? whole : nameOf(around.file).replace(/\.[^.]+$/, "");
      default:
        return whole;
    }
  });
  return replaced.replace(/^~(?=$|[/\\])/, () => around.userHome);
}

function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return end <= 0 ? path.slice(0, 1) : path.slice(0, end);
}

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

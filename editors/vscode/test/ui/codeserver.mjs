// code-server: a real VS Code, served to a browser on a free port of this machine.
import { spawn, spawnSync } from "node:child_process";
import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";

import { eventually } from "./eventually.mjs";

// What a person has set in this VS Code. Nothing here helps the extension; it keeps other things from the screen.
const USER_SETTINGS = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
  "workbench.reduceMotion": "on",
  "telemetry.telemetryLevel": "off",
  "files.autoSave": "off", // as on a desktop; in a browser the default is to save after each edit
  "git.enabled": false,
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "security.workspace.trust.enabled": false,
  "chat.disableAIFeatures": true,
  "editor.cursorBlinking": "solid",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
};

/** A running code-server. Make one with `CodeServer.start`; `stop` ends it and all it started. */
export class CodeServer {
  /**
   * @param {{node: string, codeServer: string}} programs
   * @param {string} folder an empty folder for all that the server writes
   * @param {string} vsix the extension to install
   * @returns {Promise<CodeServer>}
   */
  static async start(programs, folder, vsix) {
    const data = path.join(folder, "data");
    const home = path.join(folder, "home");
    for (const made of [path.join(data, "User"), path.join(data, "Machine"), path.join(folder, "extensions"), home]) {
      mkdirSync(made, { recursive: true });
    }
    writeFileSync(path.join(data, "User/settings.json"), JSON.stringify(USER_SETTINGS, null, 2));
    const common = ["--user-data-dir", data, "--extensions-dir", path.join(folder, "extensions")];
    const environment = {
      // No specdsl on PATH: the extension has to find the one of the workspace.
      PATH: `${path.dirname(programs.node)}:/usr/local/bin:/usr/bin:/bin`,
      HOME: home,
      XDG_CONFIG_HOME: path.join(home, ".config"),
      XDG_DATA_HOME: path.join(home, ".local/share"),
      XDG_CACHE_HOME: path.join(home, ".cache"),
      LANG: "C.UTF-8",
      TZ: "UTC",
      EXTENSIONS_GALLERY: "{}",
    };
    const entry = path.join(programs.codeServer, "out/node/entry.js");
    const installed = spawnSync(programs.node, [entry, ...common, "--install-extension", vsix], {
      env: environment,
      encoding: "utf8",
    });
    if (installed.status !== 0) {
      throw new Error(`the extension cannot be installed:\n${installed.stdout}${installed.stderr}`);
    }
    const port = await freePort();
    const log = createWriteStream(path.join(folder, "code-server.log"));
    const child = spawn(
      programs.node,
      [
        entry,
        ...common,
        ...["--bind-addr", `127.0.0.1:${port}`, "--auth", "none", "--disable-telemetry", "--disable-update-check"],
        "--disable-getting-started-override",
      ],
      { env: environment, detached: true, stdio: ["ignore", "pipe", "pipe"] },
    );
    child.stdout.pipe(log);
    child.stderr.pipe(log);
    const server = new CodeServer(child, port, folder);
    await eventually(
      async () => {
        if (child.exitCode !== null) throw new Error(`code-server ended with status ${child.exitCode}`);
        return (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined))?.ok;
      },
      "code-server answers",
      30_000,
    );
    return server;
  }

  constructor(child, port, folder) {
    this.child = child;
    this.port = port;
    this.folder = folder;
  }

  /** Where VS Code and the extensions write their logs. */
  get logs() {
    return path.join(this.folder, "data/logs");
  }

  /** Sets what the person has set, besides what is always set; windows that are opened from now on have it. */
  configure(settings) {
    const file = path.join(this.folder, "data/User/settings.json");
    writeFileSync(file, JSON.stringify({ ...USER_SETTINGS, ...settings }, null, 2));
  }

  /** The address of a window on `workspace`, with `file` (a full path) open in it. */
  address(workspace, file) {
    const host = `127.0.0.1:${this.port}`;
    const query = new URLSearchParams({ folder: workspace });
    if (file) query.set("payload", JSON.stringify([["openFile", `vscode-remote://${host}${file}`]]));
    return `http://${host}/?${query}`;
  }

  /** Ends the whole process group: code-server leaves children behind when only itself is asked. */
  async stop() {
    if (signal(this.child.pid, "SIGTERM")) {
      const gone = () => !signal(this.child.pid, 0);
      await eventually(gone, "code-server has ended", 5_000).catch(() => signal(this.child.pid, "SIGKILL"));
    }
  }
}

function signal(group, name) {
  try {
    process.kill(-group, name);
    return true;
  } catch {
    return false;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const listener = net.createServer();
    listener.on("error", reject);
    listener.listen(0, "127.0.0.1", () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}

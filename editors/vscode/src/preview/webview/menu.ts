/** A context menu. */

import { element } from "./dom";

export interface Entry {
  readonly label: string;
  readonly run: () => void;
  readonly key?: string;
}

/** Opens a menu at a place of the window; `null` among the entries is a line between groups. */
export function openMenu(x: number, y: number, entries: readonly (Entry | null)[]): void {
  closeMenu();
  const before = document.activeElement;
  const menu = element("div", { class: "menu", role: "menu", id: "menu" });
  for (const entry of entries) {
    if (entry === null) {
      menu.append(element("div", { class: "line", role: "separator" }));
      continue;
    }
    const item = element("div", { class: "item", role: "menuitem", tabindex: -1 }, element("span", {}, entry.label));
    if (entry.key !== undefined) {
      item.append(element("span", { class: "shortcut" }, entry.key));
    }
    item.addEventListener("click", () => {
      closeMenu();
      entry.run();
    });
    item.addEventListener("mouseenter", () => item.focus());
    menu.append(item);
  }
  const close = (): void => {
    closeMenu();
    if (before instanceof HTMLElement) {
      before.focus();
    }
  };
  menu.addEventListener("keydown", (event) => {
    event.stopPropagation();
    event.preventDefault();
    const items = [...menu.querySelectorAll<HTMLElement>(".item")];
    const here = items.indexOf(document.activeElement as HTMLElement);
    if (event.key === "ArrowDown") {
      items[(here + 1) % items.length]?.focus();
    } else if (event.key === "ArrowUp") {
      items[(here - 1 + items.length) % items.length]?.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      close();
      items[here]?.click();
    } else if (event.key === "Escape" || event.key === "Tab") {
      close();
    }
  });
  document.body.append(menu);
  menu.style.left = `${Math.max(0, Math.min(x, window.innerWidth - menu.offsetWidth - 4))}px`;
  menu.style.top = `${Math.max(0, Math.min(y, window.innerHeight - menu.offsetHeight - 4))}px`;
  menu.querySelector<HTMLElement>(".item")?.focus();
}

export function closeMenu(): void {
  document.getElementById("menu")?.remove();
}

window.addEventListener("mousedown", (event) => {
  if (!(event.target instanceof Element) || event.target.closest("#menu") === null) {
    closeMenu();
  }
});
window.addEventListener("blur", closeMenu);

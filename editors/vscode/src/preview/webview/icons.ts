/** Small drawings in the colour of the text around them. */

import { svg } from "./dom";

const PATHS = {
  back: "M7 3.5 2.5 8 7 12.5M2.8 8H13.5",
  pin: "M5.5 2.5h5M6.5 2.5V7L4.5 9.5h7L9.5 7V2.5M8 9.5v4.2",
  key: "M6 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 1 0 0-5M8.5 8h5.5v2M11.5 8v1.6",
  unique: "M5.5 5.5 8.5 3v10M6 13h5",
} as const;

export type Icon = keyof typeof PATHS;

/** The drawing of that name, 16 units square. */
export function icon(name: Icon): SVGElement {
  const path = svg("path", {
    d: PATHS[name],
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 1.2,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  });
  return svg("svg", { viewBox: "0 0 16 16", class: `icon icon-${name}`, "aria-hidden": "true" }, path);
}

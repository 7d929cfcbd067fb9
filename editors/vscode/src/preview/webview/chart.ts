/** A column's chart: bars of a histogram, shares of a few values, or how many differ. */

import type { Chart, ExamplesChart, HistogramChart, SharesChart } from "../protocol";
import { element, svg } from "./dom";
import { percent } from "./numbers";

const BOTTOM = 100;
const LEAST_BAR = 4;

/** The drawing and the line beneath it. */
export function chartElement(chart: Chart): HTMLElement {
  switch (chart.kind) {
    case "histogram":
      return element(
        "div",
        { class: "chart" },
        bars(chart),
        element("div", { class: "ends" }, element("span", {}, chart.low), element("span", {}, chart.high)),
      );
    case "shares":
      return element("div", { class: "chart" }, stack(chart), element("div", { class: "caption" }, captionText(chart)));
    case "examples":
      return element(
        "div",
        { class: "chart" },
        different(chart),
        element("div", { class: "caption" }, captionText(chart)),
      );
  }
}

/** The chart in words: for hovering and for screen readers. */
export function chartText(chart: Chart): string {
  const lines = [`of ${chart.rows.toLocaleString()} rows`];
  switch (chart.kind) {
    case "histogram":
      lines.unshift(`${chart.low} to ${chart.high}`);
      break;
    case "shares":
      lines.unshift(...chart.values.map(({ text, share }) => `${text}: ${percent(share)}`));
      if (chart.other > 0) {
        lines.splice(-1, 0, `others: ${percent(chart.other)}`);
      }
      break;
    case "examples":
      lines.unshift(distinctLine(chart.distinct, filled(chart)));
      break;
  }
  if (chart.nulls > 0) {
    lines.push(`${percent(chart.nulls)} null`);
  }
  return lines.join("\n");
}

function filled(chart: Chart): number {
  return Math.round(chart.rows * (1 - chart.nulls));
}

function bars({ bins }: HistogramChart): SVGElement {
  const most = Math.max(...bins, 1);
  const drawn = bins.map((count, at) => {
    const height = count === 0 ? 0 : Math.max((count / most) * BOTTOM, LEAST_BAR);
    return svg("rect", { x: at + 0.06, width: 0.88, y: BOTTOM - height, height });
  });
  const settings = { viewBox: `0 0 ${bins.length} ${BOTTOM}`, preserveAspectRatio: "none", class: "drawing bars" };
  return svg("svg", { ...settings, "aria-hidden": "true" }, ...drawn);
}

function stack({ values, other }: SharesChart): SVGElement {
  let left = 0;
  const parts = [...values.map(({ share }) => share), other].filter((share) => share > 0);
  const drawn = parts.map((share, at) => {
    const isOther = other > 0 && at === parts.length - 1;
    const part = svg("rect", {
      x: left * 100,
      width: share * 100,
      y: 0,
      height: 10,
      class: isOther ? "other" : `part part-${Math.min(at, 5)}`,
    });
    left += share;
    return part;
  });
  const settings = { viewBox: "0 0 100 10", preserveAspectRatio: "none", class: "drawing stack" };
  return svg("svg", { ...settings, "aria-hidden": "true" }, ...drawn);
}

/** How much of the values there differ. */
function different(chart: ExamplesChart): SVGElement {
  const share = chart.distinct / Math.max(filled(chart), 1);
  const bar = [
    svg("rect", { x: 0, width: 100, y: 0, height: 10, class: "all" }),
    svg("rect", { x: 0, width: share * 100, y: 0, height: 10, class: "distinct" }),
  ];
  const settings = { viewBox: "0 0 100 10", preserveAspectRatio: "none", class: "drawing stack thin" };
  return svg("svg", { ...settings, "aria-hidden": "true" }, ...bar);
}

/** The line beneath a chart. */
export function captionText(chart: SharesChart | ExamplesChart): string {
  if (chart.kind === "examples") {
    return distinctLine(chart.distinct, filled(chart));
  }
  const { values, other } = chart;
  const told = values.map(({ text, share }) => `${text} ${percent(share)}`);
  return other > 0 ? [...told, `others ${percent(other)}`].join(" · ") : told.join(" · ");
}

function distinctLine(distinct: number, of: number): string {
  if (of === 0) {
    return "no values";
  }
  return distinct === of ? "all different" : `${distinct.toLocaleString()} of ${of.toLocaleString()} differ`;
}

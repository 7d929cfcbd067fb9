/** The cell that has the focus, and the rectangle of cells from it to where the selection was begun. */

export interface Place {
  /** A place among the rows shown; -1 is the header. */
  readonly row: number;
  readonly column: number;
}

export interface Selection {
  readonly active: Place;
  readonly anchor: Place;
}

export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export interface Extent {
  readonly rows: number;
  readonly columns: number;
  /** The rows that are seen at a time. */
  readonly page: number;
}

/** The cells selected; undefined where the header has the focus. */
export function rectangle({ active, anchor }: Selection): Rectangle | undefined {
  if (active.row < 0) {
    return undefined;
  }
  const begun = Math.max(anchor.row, 0);
  return {
    top: Math.min(active.row, begun),
    bottom: Math.max(active.row, begun),
    left: Math.min(active.column, anchor.column),
    right: Math.max(active.column, anchor.column),
  };
}

export function contains(area: Rectangle, row: number, column: number): boolean {
  return row >= area.top && row <= area.bottom && column >= area.left && column <= area.right;
}

export function at(row: number, column: number): Selection {
  return { active: { row, column }, anchor: { row, column } };
}

export interface Key {
  readonly key: string;
  readonly ctrl: boolean;
  readonly shift: boolean;
}

/** The selection after a key that moves it; undefined for other keys. */
export function moved(selection: Selection, { key, ctrl, shift }: Key, extent: Extent): Selection | undefined {
  const { row, column } = selection.active;
  const [bottom, right] = [extent.rows - 1, extent.columns - 1];
  let to: Place;
  switch (key) {
    case "ArrowUp":
      to = { row: ctrl ? 0 : row - 1, column };
      break;
    case "ArrowDown":
      to = { row: ctrl ? bottom : row + 1, column };
      break;
    case "ArrowLeft":
      to = { row, column: ctrl ? 0 : column - 1 };
      break;
    case "ArrowRight":
      to = { row, column: ctrl ? right : column + 1 };
      break;
    case "PageUp":
      to = { row: Math.max(row - extent.page, 0), column };
      break;
    case "PageDown":
      to = { row: row + extent.page, column };
      break;
    case "Home":
      to = { row: ctrl ? 0 : row, column: 0 };
      break;
    case "End":
      to = { row: ctrl ? bottom : row, column: right };
      break;
    default:
      return undefined;
  }
  const least = shift ? 0 : -1;
  const active = {
    row: Math.min(Math.max(to.row, least), bottom),
    column: Math.min(Math.max(to.column, 0), Math.max(right, 0)),
  };
  return { active, anchor: shift ? selection.anchor : active };
}

/** The selection, within a table that may have become smaller. */
export function within(selection: Selection, extent: Extent): Selection {
  const fit = (place: Place): Place => ({
    row: Math.min(place.row, extent.rows - 1),
    column: Math.max(0, Math.min(place.column, extent.columns - 1)),
  });
  return { active: fit(selection.active), anchor: fit(selection.anchor) };
}

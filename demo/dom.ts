/** The element of the page with this id. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no element with the id "${id}".`);
  return element as E;
}

/** Shows `text` in an element that is hidden while there is nothing to say. */
export function showOrHide(element: HTMLElement, text: string | null): void {
  element.hidden = text === null;
  element.textContent = text ?? "";
}

/** A table row: its first cell is the row's header. */
export function tableRow(cells: readonly string[]): HTMLTableRowElement {
  const row = document.createElement("tr");
  cells.forEach((text, i) => {
    const cell = document.createElement(i === 0 ? "th" : "td");
    if (cell.tagName === "TH") cell.setAttribute("scope", "row");
    cell.textContent = text;
    row.append(cell);
  });
  return row;
}

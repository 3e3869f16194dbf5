/** Files dropped anywhere on the page: a browser would leave the page for them otherwise, and lose what is on it. */
import { signal } from "@preact/signals-core";
import { busy, table } from "../session.ts";
import { latest } from "../ui/loadable.ts";
import { openFile } from "./actions.ts";

/** Whether a file is held over the page. */
export const draggedOver = signal(false);

export function acceptDrops(target: Window = window): void {
  let depth = 0; // enter and leave fire for every element on the way
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  target.addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    depth++;
    draggedOver.value = true;
  });
  target.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    if (depth === 0) draggedOver.value = false;
  });
  target.addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  target.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    depth = 0;
    draggedOver.value = false;
    if (event.defaultPrevented) return; // another place on the page took it
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    if (file) take(file);
  });
}

function take(file: File): void {
  const refuse = (message: string) => {
    table.value = { state: "failed", message, value: latest(table.value) };
  };
  if (/\.safetensors$/i.test(file.name)) {
    refuse(`${file.name} is a model, not a table. Open it under “Take it away”.`);
  } else if (busy.value !== null) {
    refuse("A training is under way. Bring the table when it has ended.");
  } else void openFile(file);
}

/** Hands `bytes` to the browser as a file to be saved. */
export function download(name: string, bytes: BlobPart, type = "application/octet-stream"): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the bytes soon after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

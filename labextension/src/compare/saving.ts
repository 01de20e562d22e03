/** Let the browser save a text as a file; nothing of it is opened. */
export function saveFile(name: string, content: string, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // Later: some browsers read it only after this turn.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}

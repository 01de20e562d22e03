/** Milliseconds after which every browser has read what it saves. */
const READ = 10_000;

/** Let the browser save what is at `href` as a file; nothing of it is opened. */
export function save(href: string, name: string): void {
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

/** Let the browser save bytes as a file. */
export function saveBlob(bytes: Blob, name: string): void {
  const href = URL.createObjectURL(bytes);
  save(href, name);
  setTimeout(() => {
    URL.revokeObjectURL(href);
  }, READ);
}

/** Let the browser save a text as a file. */
export function saveText(text: string, name: string, media: string): void {
  saveBlob(new Blob([text], { type: `${media};charset=utf-8` }), name);
}

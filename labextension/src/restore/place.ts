/** Where a copy goes: pure, without Jupyter. */

/** The folder that is proposed for a copy of the notebook at `path`: beside it, and named after it and the version. */
export function folderFor(path: string, short: string): string {
  const [folder, name] = [path.slice(0, path.lastIndexOf('/') + 1), path.slice(path.lastIndexOf('/') + 1)];
  return `${folder}${name.replace(/\.ipynb$/, '') || 'version'}-${short}`;
}

/** The workspace path of the contents path `path`; null when that lies outside of the workspace. */
export function workspacePath(path: string, prefix: string | null): string | null {
  if (!prefix) {
    return path;
  }
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1) : null;
}

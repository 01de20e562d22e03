/** The packages of another time: pure, without Jupyter. */

/** What differs of an environment besides packages. */
const SETTINGS: ReadonlySet<string> = new Set(['python', 'implementation', 'platform']);

/** The packages that were there then in another version, as a line for a cell; null where there are none. */
export function installLine(differences: Record<string, [string | null, string | null]>): string | null {
  const wanted = Object.entries(differences).flatMap(([name, [then]]) =>
    then && !SETTINGS.has(name) && /^[\w.-]+$/.test(name) && /^[\w.!+-]+$/.test(then) ? [`${name}==${then}`] : []
  );
  return wanted.length ? `%pip install ${wanted.join(' ')}` : null;
}

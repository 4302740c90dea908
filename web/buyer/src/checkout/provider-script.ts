/** A script of the payment provider did not come: no network, or something blocks it. */
export class ScriptMissingError extends Error {
  override readonly name = 'ScriptMissingError';
}

const loading = new Map<string, Promise<void>>();

/**
 * Runs a script of the provider in this page, once; one that did not come is asked for again.
 *
 * @throws {ScriptMissingError}
 */
export function loadScript(url: string, attributes: Readonly<Record<string, string>> = {}) {
  const known = loading.get(url);
  if (known !== undefined) return known;
  const loaded = append(url, attributes);
  loading.set(url, loaded);
  loaded.catch(() => loading.delete(url));
  return loaded;
}

function append(url: string, attributes: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
    script.onload = () => resolve();
    script.onerror = () => {
      script.remove();
      reject(new ScriptMissingError('A script of the payment provider did not come.'));
    };
    document.head.append(script);
  });
}

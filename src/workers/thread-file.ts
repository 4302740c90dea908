/**
 * The file of a thread: beside the module that starts it. Threads run built files only; whoever
 * runs the sources, as tests do, has built them before, and gets those of the bundle.
 */
export function threadFile(name: string, startedBy: string): URL {
  if (startedBy.endsWith('.js')) return new URL(`./${name}.js`, startedBy);
  return new URL(startedBy.replace(/\/src\/workers\/.*$/, `/dist/server/${name}.js`));
}

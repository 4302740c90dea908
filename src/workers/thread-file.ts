/**
 * The file of a thread beside the module that starts it. Threads run built files only; whoever runs
 * the sources, as tests do, has built them before.
 */
export function threadFile(name: string, startedBy: string): URL {
  const isBuilt = startedBy.endsWith('.js');
  const here = isBuilt ? startedBy : startedBy.replace('/src/workers/', '/dist/src/workers/');
  return new URL(`./${name}.js`, here);
}

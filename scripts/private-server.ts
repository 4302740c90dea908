import type { PrivateDirectory } from './private-directory.ts';
import type { PrivateServer, ServerProcess } from './private-process.ts';

/** Starts a server and says how it is reached and ended; one that does not start leaves nothing. */
export async function serverIn(
  home: PrivateDirectory,
  server: ServerProcess,
  { url, port, directory = home.path }: { url: string; port: number; directory?: string },
): Promise<PrivateServer> {
  try {
    await server.start();
  } catch (failure) {
    await home.remove();
    throw failure;
  }
  return {
    url,
    port,
    directory,
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
    start: () => server.start(),
    remove: async () => {
      await server.stop();
      await home.remove();
    },
  };
}

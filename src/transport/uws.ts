import type * as Uws from 'uWebSockets.js';
import { createRequire } from 'node:module';

export type {
  HttpRequest,
  HttpResponse,
  us_listen_socket,
  WebSocket,
  WebSocketBehavior,
} from 'uWebSockets.js';

/** `listen` takes an address and an option together in both builds; the types forget that. */
export interface TemplatedApp extends Omit<Uws.TemplatedApp, 'listen'> {
  listen(
    host: string,
    port: number,
    options: number,
    done: (listening: Uws.us_listen_socket | false) => void,
  ): unknown;
}

/** The part of uWebSockets.js that both builds offer. */
export interface UwsModule extends Pick<typeof Uws, 'DISABLED' | 'us_listen_socket_close'> {
  App(): TemplatedApp;
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number;
}

/** A loaded build and which one it is, for the log and `/metrics`. */
export interface LoadedUws {
  readonly uws: UwsModule;
  readonly build: string;
}

/**
 * Loads the current build, or the frozen one for glibc before 2.38 (Debian 12, Ubuntu 22.04) on
 * Node 20. The latter's native file is loaded by its path, so that its own fallback to plain
 * JavaScript never is. Both are required, not imported: a module that throws while it is imported
 * ends the process on Node 20.
 *
 * @throws {Error} neither loads here; the message says what does
 */
export function loadUws(): LoadedUws {
  const require = createRequire(import.meta.url);
  try {
    return { uws: require('uWebSockets.js'), build: 'current' };
  } catch (cause) {
    return { uws: loadFrozen(require, cause), build: 'glibc-2.27' };
  }
}

function loadFrozen(require: NodeJS.Require, cause: unknown): UwsModule {
  const { platform, arch, versions } = process;
  const file = `uws_${platform}_${arch}_${versions.modules}.node`;
  try {
    return require(`uWebSockets.js-glibc-2.27/binaries/${file}`);
  } catch {
    // The first failure is the one worth reading: the frozen build exists for old glibc alone.
    throw new Error(
      `uWebSockets.js does not load on Node ${versions.node}, ${platform} ${arch}. It runs on ` +
        'Node 20, 22, 24 and 25 with glibc 2.38 or later, on macOS and Windows, and on Node 20 ' +
        'with an older glibc.',
      { cause },
    );
  }
}

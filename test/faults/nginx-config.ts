import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NginxPlace } from '../../scripts/private-nginx.ts';

/** The configuration that is deployed, in front of gateways on these ports of this machine. */
export function nginxConfig(
  ports: readonly number[],
  accessLog: string,
): (place: NginxPlace) => string {
  const deployed = readFileSync(deployedFile(), 'utf8');
  return ({ port, directory }) =>
    deployed
      .replace(/^(\s*)server gateway-\d+:\d+(.*)$/gm, serverOf(ports))
      .replace(/^\s*listen .*$/m, `listen 127.0.0.1:${port};`)
      .replaceAll('/tmp/', `${directory}/`)
      // The harness names both on the command line.
      .replace(/^pid .*$/m, '')
      .replace(/^error_log .*$/m, '')
      .replace(/access_log \S+/m, `access_log ${accessLog}`);
}

/** Every gateway that is named there is one of ours; there are as many. */
function serverOf(
  ports: readonly number[],
): (line: string, indent: string, rest: string) => string {
  const left = [...ports];
  return (line, indent, rest) => {
    const port = left.shift();
    return port === undefined ? line : `${indent}server 127.0.0.1:${port}${rest}`;
  };
}

/** From the build as from the sources. */
function deployedFile(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const root = here.includes(`${path.sep}dist${path.sep}`) ? '../../..' : '../..';
  return path.join(here, root, 'deploy', 'nginx', 'nginx.conf');
}

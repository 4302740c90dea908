// Completes package-lock.json after `npm install`: adds the optional packages of other platforms
// that npm leaves out when the registry in use does not have them. Without them `npm ci` refuses
// the file everywhere. Their content is checked where they are installed, against the version.
//
//   node scripts/lockfile.mjs           after every change of a dependency

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const file = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const systems = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'win32',
];
const processors = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 'riscv64', 's390x', 'loong64'];

const added = [];
for (const [place, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(optionalDependencies)) {
    if (isKnown(place, name)) continue;
    lock.packages[`node_modules/${name}`] = entryOf(name, range, dev);
    added.push(name);
  }
}
const packages = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(
  file,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`,
);
process.stdout.write(`${added.length} packages of other platforms added.\n`);

/** Beside its parent or in any folder above, as Node looks for it. */
function isKnown(place, name) {
  if (`${place}/node_modules/${name}` in lock.packages) return true;
  return `node_modules/${name}` in lock.packages;
}

function entryOf(name, range, dev) {
  const words = name.split(/[-/.]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') ? ['glibc'] : [];
  return {
    version: range.replace(/^[\^~]/, ''),
    ...(cpu.length > 0 && { cpu }),
    ...(dev && { dev }),
    ...(libc.length > 0 && { libc }),
    optional: true,
    ...(os.length > 0 && { os }),
  };
}

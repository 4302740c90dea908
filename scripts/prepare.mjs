// Runs before `npm start`, `npm test` and every other command, each time: what is done stays done.
// Plain JavaScript without dependencies, because it runs before there are any.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const help = `Usage: npm run build

Makes a clone ready to run: installs what package-lock.json names, and builds what is older than its
sources. Every other command does it first by itself.

  --only-install    builds nothing
  --help            this text`;

const options = process.argv.slice(2);
const unknown = options.find((option) => !['--help', '--only-install'].includes(option));
if (unknown !== undefined) {
  fail(`Unknown option '${unknown}'. "npm run build -- --help" lists what there is.`);
}
if (options.includes('--help')) {
  say(help);
  process.exit(0);
}

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19) || major >= 26) {
  fail(`Node ${process.versions.node} is not supported: install Node 20.19 or later, below 26.`);
}

installIfNeeded();
if (!options.includes('--only-install')) buildIfNeeded();

function installIfNeeded() {
  const mark = path.join(root, 'node_modules', '.package-lock.json');
  if (newest(['package-lock.json', ...manifests()]) <= timeOf(mark)) return;
  say('Installing the packages (about a minute the first time) …');
  // No package of ours needs its install script; what one would fetch is not wanted.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Each step, the sources that make it stale, and a file that says when it was last done. */
function buildIfNeeded() {
  const shared = ['tsconfig.base.json', 'package-lock.json'];
  const steps = [
    { name: 'protocol', out: 'protocol/dist', from: ['protocol/src', 'protocol/tsconfig.json'] },
    { name: 'client-sdk', out: 'client-sdk/dist', from: ['protocol/src', 'client-sdk/src'] },
    {
      name: 'server',
      out: 'dist',
      from: ['src', 'scripts', 'bench/src'],
      also: ['test/simulation', 'test/faults', 'test/setup', 'protocol/src', 'client-sdk/src'],
    },
    {
      name: 'server in one file',
      out: 'dist/server',
      from: ['src', 'scripts/bundle.mjs'],
      also: ['protocol/src'],
    },
    {
      name: 'buyer page',
      out: 'web/buyer/dist',
      from: [
        'web/buyer/src',
        'web/buyer/public',
        'web/buyer/index.html',
        'web/buyer/vite.config.ts',
      ],
      also: ['protocol/src', 'client-sdk/src'],
    },
    {
      name: 'scanner',
      out: 'web/scanner/dist',
      from: [
        'web/scanner/src',
        'web/scanner/build',
        'web/scanner/index.html',
        'web/scanner/vite.config.ts',
      ],
      also: ['protocol/src', 'client-sdk/src'],
    },
  ];
  const commands = {
    protocol: [bin('tsc'), '-p', 'protocol'],
    'client-sdk': [bin('tsc'), '-p', 'client-sdk'],
    server: [bin('tsc'), '-p', 'tsconfig.build.json'],
    'server in one file': [path.join(root, 'scripts', 'bundle.mjs')],
    'buyer page': [bin('vite'), 'build', '--logLevel', 'warn', 'web/buyer'],
    scanner: [bin('vite'), 'build', '--logLevel', 'warn', 'web/scanner'],
  };
  for (const { name, out, from, also = [] } of steps) {
    const mark = path.join(root, out, '.built');
    if (newest([...shared, ...from, ...also]) <= timeOf(mark)) continue;
    say(`Building ${name} …`);
    run(process.execPath, commands[name]);
    mkdirSync(path.dirname(mark), { recursive: true });
    writeFileSync(mark, '');
  }
}

function bin(tool) {
  return path.join(root, 'node_modules', '.bin', tool);
}

function manifests() {
  return ['package.json', 'protocol/package.json', 'client-sdk/package.json', 'bench/package.json'];
}

function newest(names) {
  return Math.max(...names.map((name) => newestIn(path.join(root, name))));
}

function newestIn(file) {
  if (!existsSync(file)) return 0;
  const stat = statSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const times = readdirSync(file).map((name) => newestIn(path.join(file, name)));
  return Math.max(stat.mtimeMs, ...times);
}

function timeOf(file) {
  return existsSync(file) ? statSync(file).mtimeMs : -1;
}

function run(command, options) {
  const { status } = spawnSync(command, options, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) fail(`"${command} ${options.join(' ')}" failed; its output above says why.`);
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}
